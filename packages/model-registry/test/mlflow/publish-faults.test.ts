import { describe, expect, test, vi } from 'vitest'

import { samplePackage } from '../../src/testing/index.ts'
import { asked, startMlflow } from './opened.ts'
import { raw } from './raw.ts'

vi.setConfig({ testTimeout: 30_000 })

const name = 'north-evening'

/** Of a first publish, from the search for what is there to the description of the new version. */
async function publishRequests(): Promise<string[]> {
  await using mlflow = await startMlflow()
  await (await mlflow.open()).publish(samplePackage(), { name })
  return asked(mlflow.fake)
}

const requests = await publishRequests()

test('a publish logs and uploads first and makes the version last', () => {
  expect(requests).toEqual([
    'GET model-versions/search',
    'GET experiments/get-by-name',
    'POST experiments/create',
    'GET experiments/get-by-name',
    'POST runs/search',
    'POST runs/create',
    'POST runs/log-batch',
    'POST runs/log-batch',
    'POST runs/log-inputs',
    ...['model.json', 'model.schema.json', 'metrics.json', 'params.json', 'lineage.json'].map(upload),
    ...['model-card.md', 'MLmodel', 'manifest.json'].map(upload),
    'GET artifacts/artifacts',
    'POST runs/update',
    'POST registered-models/create',
    'POST model-versions/create',
    'GET model-versions/search',
    'GET registered-models/get',
  ])
})

function upload(path: string): string {
  return `PUT artifacts/artifacts/1/RUN/artifacts/model/${path}`
}

describe('a publish that breaks off is completed by running it again', () => {
  test.each(requests.map((request, at) => [`${String(at + 1)}. ${request}`, at] as const))(
    'the connection is gone after %s',
    async (_, at) => {
      await using mlflow = await startMlflow()
      const { fake } = mlflow
      fake.fail({ effect: { cut: 'after' }, after: at })
      fake.fail({ effect: { cut: 'before' }, after: at, times: 1000 })
      const first = await mlflow.open()
      await expect(first.publish(samplePackage(), { name })).rejects.toMatchObject({
        name: 'ModelRegistryError',
        code: 'registry-unavailable',
        retryable: true,
      })
      fake.heal()

      const second = await mlflow.open()
      const { version } = await second.publish(samplePackage(), { name })
      expect(version.version).toBe('1.0.0')
      expect(await second.list(name)).toEqual([version])
      expect(await second.fetch(version)).toEqual(samplePackage())
      expect(await raw(fake).versions(name)).toHaveLength(1)
      expect(await raw(fake).runs(name)).toMatchObject([{ info: { status: 'FINISHED' } }])
    },
  )
})

describe('an answer that is lost once is no matter', () => {
  const kinds = requests.map((request) => request.replace(/[^/]+\.(json|md)$/, 'FILE'))
  test.each(kinds.flatMap((kind, at) => (kinds.indexOf(kind) === at ? [[kind, at] as const] : [])))(
    'the answer to %s',
    async (_, at) => {
      await using mlflow = await startMlflow()
      mlflow.fake.fail({ effect: { cut: 'after' }, after: at })
      const registry = await mlflow.open()
      const { version, created } = await registry.publish(samplePackage(), { name })
      expect(created).toBe(true)
      expect(await registry.fetch(version)).toEqual(samplePackage())
      expect(await raw(mlflow.fake).versions(name)).toHaveLength(1)
      expect(await raw(mlflow.fake).runs(name)).toHaveLength(1)
    },
  )
})

describe('two trainers at once', () => {
  test('with different models get a version each, both whole', async () => {
    await using mlflow = await startMlflow()
    const published = await Promise.all(
      [1, 2, 3, 4].map(async (slope) => (await mlflow.open()).publish(samplePackage(slope), { name })),
    )
    const registry = await mlflow.open()
    const versions = await registry.list(name)
    expect(versions.map(({ version }) => version)).toEqual(['1.0.0', '1.1.0', '1.2.0', '1.3.0'])
    for (const [index, { version }] of published.entries()) {
      expect(versions).toContainEqual(version)
      expect(await registry.fetch(version)).toEqual(samplePackage(index + 1))
    }
    expect(await raw(mlflow.fake).versions(name)).toHaveLength(4)
  })

  test('with the same model make one version', async () => {
    await using mlflow = await startMlflow()
    const published = await Promise.all(
      [1, 2, 3].map(async () => (await mlflow.open()).publish(samplePackage(), { name })),
    )
    expect(published.filter(({ created }) => created)).toHaveLength(1)
    expect(new Set(published.map(({ version }) => version.version))).toEqual(new Set(['1.0.0']))
    expect(await raw(mlflow.fake).versions(name)).toHaveLength(1)
  })

  test('that want the same version: one gets it, the other a version-conflict', async () => {
    await using mlflow = await startMlflow()
    const results = await Promise.allSettled(
      [1, 2].map(async (slope) =>
        (await mlflow.open()).publish(samplePackage(slope), { name, version: '2.0.0' }),
      ),
    )
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'version-conflict' },
    })
    expect(await raw(mlflow.fake).versions(name)).toHaveLength(1)
  })

  test('one of which ended before it took its version back: nobody sees it, the next publish removes it', async () => {
    await using mlflow = await startMlflow()
    const registry = await mlflow.open()
    const { version } = await registry.publish(samplePackage(1), { name })
    // What a second trainer leaves that was killed right after making its version.
    const [first] = await raw(mlflow.fake).versions(name)
    const tags = [
      { key: 'semver', value: '1.0.0' },
      { key: 'content_sha256', value: 'f'.repeat(64) },
    ]
    await raw(mlflow.fake).call('POST', 'model-versions/create', {
      name,
      source: first?.source,
      run_id: first?.run_id,
      tags,
    })
    expect(await raw(mlflow.fake).versions(name)).toHaveLength(2)
    expect(await registry.list(name)).toEqual([version])
    expect(await registry.fetch(version)).toEqual(samplePackage(1))
    expect((await registry.publish(samplePackage(2), { name })).version.version).toBe('1.1.0')
    expect((await raw(mlflow.fake).versions(name)).map((each) => each.version).sort()).toEqual(['1', '3'])
  })
})

test('a version that does not get ready is an error, and completed by running again', async () => {
  await using mlflow = await startMlflow({ readyAfterReads: 60 })
  const registry = await mlflow.open({ readyTimeoutMs: 5000 })
  await expect(registry.publish(samplePackage(), { name })).rejects.toMatchObject({
    code: 'registry-unavailable',
    message: expect.stringContaining('north-evening 1.0.0 is still not ready after 5 s') as string,
  })
  expect(await registry.list(name)).toEqual([])
  const patient = await mlflow.open()
  expect(await patient.publish(samplePackage(), { name })).toMatchObject({ version: { version: '1.0.0' } })
  expect(await raw(mlflow.fake).versions(name)).toHaveLength(1)
})

test('an upload that arrives changed in length is noticed before there is a version', async () => {
  await using mlflow = await startMlflow()
  const registry = await mlflow.open()
  const { artifacts } = mlflow.fake
  const set = artifacts.set.bind(artifacts)
  artifacts.set = (path, content) => set(path, path.endsWith('model.json') ? content.subarray(1) : content)
  await expect(registry.publish(samplePackage(), { name })).rejects.toMatchObject({
    code: 'registry-unavailable',
    message: expect.stringMatching(/took model\.json and shows \d+ bytes of it/) as string,
  })
  expect(await registry.list(name)).toEqual([])
})
