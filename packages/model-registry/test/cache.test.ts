import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { cachedRegistry } from '../src/cache/index.ts'
import type { ModelRegistry } from '../src/index.ts'
import { samplePackage, type CometFaultEffect } from '../src/testing/index.ts'
import { startComet, type Opened } from './comet/opened.ts'
import { temporaryFolder } from './temporary.ts'

const name = 'north-evening'
const production = { stage: 'production' } as const

interface Inference {
  readonly comet: Opened
  readonly path: string
  readonly warnings: string[]
  /** As a run of its own does it. */
  open(): Promise<ModelRegistry>
}

/** A Comet with one version in production, and an inference that has run once. */
async function afterOneRun(comet: Opened): Promise<Inference> {
  const path = join(await temporaryFolder(), 'cache')
  const warnings: string[] = []
  const trainer = await comet.open()
  const { version } = await trainer.publish(samplePackage(1), { name })
  await trainer.promote(version, 'production', { reason: 'first' })
  const open = async (): Promise<ModelRegistry> =>
    cachedRegistry(await comet.open(), {
      path,
      clock: comet.clock,
      onWarning: (message) => warnings.push(message),
    })
  const inference = { comet, path, warnings, open }
  await runOnce(inference)
  return inference
}

async function runOnce({ open }: Pick<Inference, 'open'>) {
  const registry = await open()
  const version = await registry.resolve(name, production)
  return { version, pkg: version === null ? null : await registry.fetch(version) }
}

function goesDown({ comet }: Inference, effect: CometFaultEffect = { status: 503, html: true }): void {
  comet.fake.fail({ effect, times: Infinity })
}

describe('a registry that cannot be asked', () => {
  test.for([
    [{ status: 503, html: true }, /Comet answers 503/],
    [{ cut: 'before' }, /Looking up north-evening/],
    [{ status: 429, retryAfter: '3600' }, /Comet answers 429/],
    [{ status: 401, sdkErrorCode: 90212 }, /Comet answers 401/],
    [{ status: 200, html: true }, /cannot be read/],
  ] as const)('(%j) gives the last champion, and says since when and why', async ([effect, because]) => {
    await using comet = await startComet()
    const inference = await afterOneRun(comet)
    const said = comet.clock.now()
    comet.clock.leap(3_600_000)
    goesDown(inference, effect)
    const { version, pkg } = await runOnce(inference)
    expect(version).toMatchObject({ version: '1.0.0', stages: ['production'], metrics: { mae: 21.5 } })
    expect(version?.cached?.because).toMatch(because)
    expect(Date.parse(version?.cached?.since ?? '')).toBeLessThanOrEqual(said)
    expect(pkg).toEqual(samplePackage(1))
    expect(inference.warnings).toEqual([])
  })

  test('is not asked again for the package', async () => {
    await using comet = await startComet()
    const inference = await afterOneRun(comet)
    goesDown(inference)
    const registry = await inference.open()
    const version = await registry.resolve(name, production)
    const asked = comet.fake.requests.length
    await registry.fetch(version ?? { name, version: '' })
    expect(comet.fake.requests).toHaveLength(asked)
  })

  test('whose download breaks: the last champion too', async () => {
    await using comet = await startComet()
    const inference = await afterOneRun(comet)
    comet.fake.set({ zip: 'truncated' })
    const { version, pkg } = await runOnce(inference)
    expect(version?.cached?.because).toMatch(/no whole zip/)
    expect(pkg).toEqual(samplePackage(1))
  })

  test('before it ever answered: its own error, and a word on the cache', async () => {
    await using comet = await startComet()
    const path = await temporaryFolder()
    const registry = await cachedRegistry(await comet.open(), { path, clock: comet.clock })
    comet.fake.fail({ effect: { status: 503 }, times: Infinity })
    await expect(registry.resolve(name, production)).rejects.toMatchObject({
      code: 'registry-unavailable',
      message: expect.stringMatching(
        /The cache has no production version of north-evening: it has never seen one/,
      ),
    })
  })

  test('is asked again by the next run, and unflagged once it answers', async () => {
    await using comet = await startComet()
    const inference = await afterOneRun(comet)
    goesDown(inference)
    expect((await runOnce(inference)).version?.cached).toBeDefined()
    comet.fake.heal()
    expect((await runOnce(inference)).version?.cached).toBeUndefined()
  })
})

describe('what is kept', () => {
  test('is the champion of the last answer, and that alone', async () => {
    await using comet = await startComet()
    const inference = await afterOneRun(comet)
    const trainer = await comet.open()
    const { version } = await trainer.publish(samplePackage(2), { name })
    await trainer.promote(version, 'production', { reason: 'better' })
    await runOnce(inference)
    goesDown(inference)
    expect((await runOnce(inference)).pkg).toEqual(samplePackage(2))
    expect((await readdir(join(inference.path, name))).sort()).toEqual(['1.1.0', 'production'])
  })

  test('is not a champion that has gone', async () => {
    await using comet = await startComet()
    const inference = await afterOneRun(comet)
    await fetch(
      `${comet.fake.baseUrl}/api/rest/v2/write/registry-model/delete?workspaceName=airq&modelName=${name}`,
      { headers: { authorization: comet.fake.apiKey } },
    )
    expect((await runOnce(inference)).version).toBeNull()
    goesDown(inference)
    await expect(runOnce(inference)).rejects.toThrow(/it has never seen one/)
  })

  test('is private, and a changed byte anywhere makes it useless', async () => {
    await using comet = await startComet()
    const inference = await afterOneRun(comet)
    expect((await stat(inference.path)).mode & 0o777).toBe(0o700)
    goesDown(inference)
    const folder = join(inference.path, name)
    for (const file of ['1.0.0/model.json', '1.0.0/manifest.json', 'production/answer.json']) {
      const path = join(folder, file)
      expect((await stat(path)).mode & 0o777).toBe(0o600)
      const text = await readFile(path, 'utf8')
      await writeFile(
        path,
        text.replace(/\d/, (digit) => String((Number(digit) + 1) % 10)),
      )
      await expect(runOnce(inference)).rejects.toMatchObject({
        code: 'registry-unavailable',
        message: expect.stringMatching(/The cache has no production version of north-evening: .* is damaged/),
      })
      await writeFile(path, text)
    }
    expect((await runOnce(inference)).version?.version).toBe('1.0.0')
  })

  test('is replaced where it is damaged, once the registry answers', async () => {
    await using comet = await startComet()
    const inference = await afterOneRun(comet)
    await writeFile(join(inference.path, name, '1.0.0', 'model.json'), '{}')
    await runOnce(inference)
    goesDown(inference)
    expect((await runOnce(inference)).pkg).toEqual(samplePackage(1))
  })

  test('cannot be written: a warning, and the registry answers all the same', async () => {
    await using comet = await startComet()
    const inference = await afterOneRun(comet)
    const trainer = await comet.open()
    const { version } = await trainer.publish(samplePackage(2), { name })
    await trainer.promote(version, 'production', { reason: 'better' })
    const registry = await cachedRegistry(await comet.open(), {
      path: join(inference.path, 'other'),
      clock: comet.clock,
      onWarning: (message) => inference.warnings.push(message),
    })
    await writeFile(join(inference.path, 'other', name), 'a file in the way')
    const served = await registry.resolve(name, production)
    expect(served === null ? null : await registry.fetch(served)).toEqual(samplePackage(2))
    expect(inference.warnings).toEqual([
      expect.stringMatching(/^The cache of the registry cannot be written: /),
    ])
  })
})

test('what is not asked by stage is passed on, down or not', async () => {
  await using comet = await startComet()
  const inference = await afterOneRun(comet)
  const registry = await inference.open()
  expect(registry.capabilities.atomicPromotion).toBe(false)
  expect(await registry.names()).toEqual([name])
  goesDown(inference)
  const refusal = { code: 'registry-unavailable' }
  await expect(registry.resolve(name, { version: '1.0.0' })).rejects.toMatchObject(refusal)
  await expect(registry.list(name)).rejects.toMatchObject(refusal)
  await expect(registry.publish(samplePackage(), { name })).rejects.toMatchObject(refusal)
})
