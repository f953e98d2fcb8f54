import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'

import { packagePaths } from '../../src/package-files.ts'
import { samplePackage } from '../../src/testing/index.ts'
import type { MlflowFaultEffect } from '../../src/testing/mlflow/index.ts'
import { startMlflow, type Opened } from './opened.ts'

vi.setConfig({ testTimeout: 30_000 })

const name = 'north-evening'
const ref = { name, version: '1.0.0' }
const signature = { inputs: [{ name: 'lag_1', type: 'double' }], outputs: [] } as const
const pkg = samplePackage(1, { signature, description: { title: 'North' } })

async function startWithVersion(): Promise<Opened> {
  const mlflow = await startMlflow()
  await (await mlflow.open()).publish(pkg, { name })
  return mlflow
}

describe('a file that comes otherwise than it was published', () => {
  let mlflow: Opened
  beforeAll(async () => {
    mlflow = await startWithVersion()
  })
  afterAll(() => mlflow.fake.close())

  test.each(
    packagePaths.flatMap((path) => (['changed', 'shortened'] as const).map((how) => [path, how] as const)),
  )('%s, %s, is damaged and not used', async (path, how) => {
    mlflow.fake.fail({ on: ['GET', `/${path}`], effect: { answer: how } })
    const registry = await mlflow.open()
    await expect(registry.fetch(ref)).rejects.toMatchObject({
      name: 'ModelRegistryError',
      code: 'package-damaged',
      message: expect.stringContaining(`models:/${name}/1/${path}`) as string,
    })
    expect(await registry.fetch(ref)).toEqual(pkg)
  })

  test.each(packagePaths)('%s, gone, is damaged', async (path) => {
    const { artifacts } = mlflow.fake
    const [place, content] = [...artifacts].find(([other]) => other.endsWith(`/${path}`)) ?? []
    if (place === undefined || content === undefined) throw new Error(`no ${path}`)
    artifacts.delete(place)
    await expect((await mlflow.open()).fetch(ref)).rejects.toMatchObject({
      code: 'package-damaged',
      message: expect.stringContaining('it is missing') as string,
    })
    artifacts.set(place, content)
  })
})

describe('downloads', () => {
  test('a download that breaks off is asked for again, three times in all', async () => {
    await using mlflow = await startWithVersion()
    const registry = await mlflow.open()
    const breaks = (times: number): void => {
      mlflow.fake.fail({ on: ['GET', 'model.json'], effect: { answer: 'cut' }, times })
    }
    breaks(2)
    expect(await registry.fetch(ref)).toEqual(pkg)
    breaks(3)
    await expect(registry.fetch(ref)).rejects.toMatchObject({ code: 'registry-unavailable', retryable: true })
  })

  test('a damaged latest version does not keep the same model from being published again', async () => {
    await using mlflow = await startWithVersion()
    const { artifacts } = mlflow.fake
    for (const [place, content] of artifacts) if (place.endsWith('/model.json')) content[2] = 0x20
    const { version, created } = await (await mlflow.open()).publish(pkg, { name })
    expect([version.version, created]).toEqual(['1.1.0', true])
  })
})

describe('a server in trouble', () => {
  const lasting = (effect: MlflowFaultEffect) => ({ effect, times: 1000 })

  test('that asks for patience is given as much as it asks for', async () => {
    await using mlflow = await startWithVersion()
    const registry = await mlflow.open()
    mlflow.fake.fail({ effect: { status: 429, errorCode: 'REQUEST_LIMIT_EXCEEDED', retryAfter: '7' } })
    expect(await registry.names()).toEqual([name])
    expect(mlflow.clock.pauses).toEqual([7000])
  })

  test('with 429 and nothing else is asked again after a growing pause', async () => {
    await using mlflow = await startWithVersion()
    const registry = await mlflow.open()
    mlflow.fake.fail({ effect: { status: 429 }, times: 2 })
    expect(await registry.names()).toEqual([name])
    expect(mlflow.clock.pauses).toEqual([250, 500])
  })

  test('writes wait too, the ones that are not sent twice blindly among them', async () => {
    await using mlflow = await startMlflow()
    const registry = await mlflow.open()
    for (const path of ['runs/create', 'model-versions/create', 'log-batch'])
      mlflow.fake.fail({ on: ['POST', path], effect: { status: 429, retryAfter: '3' } })
    expect((await registry.publish(pkg, { name })).created).toBe(true)
    expect(mlflow.clock.pauses).toEqual([3000, 3000, 3000])
  })

  test.each([
    ['429 for good', { status: 429, retryAfter: '2' }, 'rate-limited'],
    ['429 with a wait beyond reason', { status: 429, retryAfter: '86400' }, 'rate-limited'],
    ['500 for good', { status: 500, errorCode: 'INTERNAL_ERROR' }, 'registry-unavailable'],
    ['a page in HTML with 502', { status: 502 }, 'registry-unavailable'],
    ['a page in HTML with 404', { status: 404 }, 'bad-answer'],
    ['a page in HTML with 200', { status: 200 }, 'bad-answer'],
    ['403', { status: 403, errorCode: 'PERMISSION_DENIED' }, 'unauthorized'],
    ['an odd refusal', { status: 400, errorCode: 'INVALID_STATE' }, 'registry-refused'],
    ['no answer', { cut: 'before' }, 'registry-unavailable'],
  ] as const)('%s is told in our words', async (_, effect, code) => {
    await using mlflow = await startWithVersion()
    mlflow.fake.fail(lasting(effect))
    const registry = await mlflow.open()
    for (const call of [registry.list(name), registry.promote(ref, 'production', { reason: 'better' })]) {
      const error: unknown = await call.catch((reason: unknown) => reason)
      expect(error).toMatchObject({ name: 'ModelRegistryError', code })
      expect(error).toHaveProperty('hint')
      expect(String(error)).not.toContain('<')
    }
  })

  test('that trips over two writers at once is asked again', async () => {
    await using mlflow = await startMlflow()
    const message = '(sqlite3.IntegrityError) UNIQUE constraint failed: datasets.experiment_id, datasets.name'
    const effect = { status: 400, errorCode: 'BAD_REQUEST', message }
    for (const path of ['runs/create', 'runs/log-inputs', 'model-versions/create'])
      mlflow.fake.fail({ on: ['POST', path], effect })
    expect((await (await mlflow.open()).publish(pkg, { name })).created).toBe(true)
  })

  test('a burst of 500 is waited out', async () => {
    await using mlflow = await startMlflow()
    mlflow.fake.fail({ on: ['PUT', 'model.json'], effect: { status: 500 }, times: 2 })
    mlflow.fake.fail({ on: ['POST', 'model-versions/create'], effect: { status: 500 }, times: 2 })
    expect((await (await mlflow.open()).publish(pkg, { name })).created).toBe(true)
  })
})

describe('a server that is set up otherwise', () => {
  test('with its proxy for artifacts switched off: refused at once, with what to do', async () => {
    await using mlflow = await startMlflow({ artifacts: 'off' })
    await expect((await mlflow.open()).publish(pkg, { name })).rejects.toMatchObject({
      code: 'registry-refused',
      hint: 'Start the server with --serve-artifacts.',
    })
    expect(mlflow.clock.pauses).toEqual([])
  })

  test('with artifacts in a bucket: refused before there is a run', async () => {
    await using mlflow = await startMlflow({ artifacts: 's3' })
    await expect((await mlflow.open()).publish(pkg, { name })).rejects.toMatchObject({
      code: 'registry-refused',
      message: expect.stringContaining('s3://bucket') as string,
    })
    expect(mlflow.fake.requests.some(({ path }) => path.endsWith('runs/create'))).toBe(false)
  })

  test('with other allowed hosts: told so', async () => {
    await using mlflow = await startMlflow({ allowedHosts: ['mlflow.example'] })
    await expect((await mlflow.open()).names()).rejects.toMatchObject({
      code: 'registry-refused',
      hint: expect.stringContaining('--allowed-hosts') as string,
    })
  })

  test('with the experiment deleted: told so', async () => {
    await using mlflow = await startWithVersion()
    await fetch(`${mlflow.fake.baseUrl}/api/2.0/mlflow/experiments/delete`, {
      method: 'POST',
      body: JSON.stringify({ experiment_id: '1' }),
    })
    await expect((await mlflow.open()).publish(samplePackage(2), { name })).rejects.toMatchObject({
      code: 'registry-refused',
      message: 'The experiment north-evening of MLflow is deleted.',
    })
  })
})
