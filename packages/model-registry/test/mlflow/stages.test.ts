import { describe, expect, test, vi } from 'vitest'

import type { ModelRegistry, Promotion } from '../../src/types.ts'
import { samplePackage } from '../../src/testing/index.ts'
import { asked, startMlflow, type Opened } from './opened.ts'
import { raw } from './raw.ts'

vi.setConfig({ testTimeout: 30_000 })

const name = 'north-evening'
const of = (version: string) => ({ name, version })

async function startWithVersions(): Promise<Opened & { readonly registry: ModelRegistry }> {
  const mlflow = await startMlflow()
  const registry = await mlflow.open()
  for (const slope of [1, 2, 3]) await registry.publish(samplePackage(slope), { name })
  return { ...mlflow, registry }
}

async function moveByHand(mlflow: Opened, version: string): Promise<void> {
  await raw(mlflow.fake).call('POST', 'registered-models/alias', { name, alias: 'production', version })
}

/** Each promotion begins where the one before it ended. */
function isChain(history: readonly Promotion[]): boolean {
  return history.every(({ from }, at) => from === (history[at - 1]?.to ?? null))
}

describe('stages are aliases', () => {
  test('what serves is one request away', async () => {
    await using mlflow = await startWithVersions()
    await mlflow.registry.promote(of('1.1.0'), 'production', { reason: 'better' })
    const before = mlflow.fake.requests.length
    expect((await mlflow.registry.resolve(name, { stage: 'production' }))?.version).toBe('1.1.0')
    expect(asked(mlflow.fake).slice(before)).toEqual(['GET registered-models/alias'])
  })

  test('an alias that was moved by hand counts, and gets its place in the history', async () => {
    await using mlflow = await startWithVersions()
    const { registry } = mlflow
    await registry.promote(of('1.0.0'), 'production', { reason: 'first' })
    await moveByHand(mlflow, '2')
    expect((await registry.resolve(name, { stage: 'production' }))?.version).toBe('1.1.0')
    await expect(
      registry.promote(of('1.2.0'), 'production', { reason: 'best', expectedCurrent: '1.0.0' }),
    ).rejects.toMatchObject({ code: 'stage-conflict' })
    await registry.promote(of('1.2.0'), 'production', { reason: 'best', expectedCurrent: '1.1.0' })
    const history = await registry.history(name)
    expect(history.map(({ to, by, reason }) => [to, by, reason])).toEqual([
      ['1.0.0', null, 'first'],
      ['1.1.0', null, 'The alias was found at 1.1.0: another program moved it, or two promotions met.'],
      ['1.2.0', null, 'best'],
    ])
    expect(isChain(history)).toBe(true)
    expect((await registry.rollback(name, 'production', { reason: 'bad' })).to).toBe('1.1.0')
  })

  test('an alias on a version of another program is an error that says so', async () => {
    await using mlflow = await startWithVersions()
    const [first] = await raw(mlflow.fake).versions(name)
    const { source, run_id } = first ?? {}
    await raw(mlflow.fake).call('POST', 'model-versions/create', { name, source, run_id })
    await moveByHand(mlflow, '4')
    const { registry } = mlflow
    expect(await registry.list(name)).toHaveLength(3)
    await expect(registry.resolve(name, { stage: 'production' })).rejects.toMatchObject({
      code: 'registry-refused',
      message: expect.stringContaining('version 4, which is no version of this registry') as string,
    })
    await registry.promote(of('1.0.0'), 'production', { reason: 'ours', expectedCurrent: null })
    expect((await registry.resolve(name, { stage: 'production' }))?.version).toBe('1.0.0')
  })
})

describe('a promotion that breaks off', () => {
  const writes = ['POST registered-models/set-tag', 'POST registered-models/alias']

  test.each(Array.from({ length: 8 }, (_, at) => at))(
    'after its request %i: the history says what the alias says, and the next one goes on from there',
    async (at) => {
      await using mlflow = await startWithVersions()
      const { registry, fake } = mlflow
      await registry.promote(of('1.0.0'), 'production', { reason: 'first' })
      fake.fail({ effect: { cut: 'after' }, after: at })
      fake.fail({ effect: { cut: 'before' }, after: at, times: 1000 })
      await registry.promote(of('1.1.0'), 'production', { reason: 'second' }).catch(() => undefined)
      fake.heal()
      const holder = (await registry.resolve(name, { stage: 'production' }))?.version
      const history = await registry.history(name)
      expect(history.at(-1)?.to).toBe(holder)
      expect(isChain(history)).toBe(true)

      await registry.promote(of('1.2.0'), 'production', { reason: 'third', expectedCurrent: holder ?? null })
      const after = await registry.history(name)
      expect(after.map(({ reason }) => reason)).toEqual([...history.map(({ reason }) => reason), 'third'])
      expect(isChain(after)).toBe(true)
    },
  )

  test('is told from one that was not: both sides of the alias occur above', async () => {
    await using mlflow = await startWithVersions()
    const before = mlflow.fake.requests.length
    await mlflow.registry.promote(of('1.0.0'), 'production', { reason: 'first' })
    const requests = asked(mlflow.fake).slice(before)
    expect(requests).toHaveLength(8)
    expect(requests.filter((request) => writes.includes(request))).toEqual([writes[0], writes[1], writes[0]])
  })
})

describe('two promotions at once', () => {
  test('meet: the one that lost hears of it, and the next command finds one story', async () => {
    await using mlflow = await startWithVersions()
    const results = await Promise.allSettled(
      ['1.0.0', '1.1.0', '1.2.0'].map(async (version) =>
        (await mlflow.open()).promote(of(version), 'production', { reason: version, expectedCurrent: null }),
      ),
    )
    const { registry } = mlflow
    const holder = (await registry.resolve(name, { stage: 'production' }))?.version ?? ''
    for (const [index, version] of ['1.0.0', '1.1.0', '1.2.0'].entries()) {
      if (version === holder) expect(results[index]?.status).toBe('fulfilled')
    }
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'stage-conflict' })
    }
    const next = ['1.0.0', '1.1.0', '1.2.0'].find((version) => version !== holder) ?? ''
    await registry.promote(of(next), 'production', { reason: 'settles', expectedCurrent: holder })
    const history = await registry.history(name)
    expect(history.slice(-2).map(({ to }) => to)).toEqual([holder, next])
    expect(history.at(-1)?.from).toBe(holder)
  })

  // Where the second one begins, in requests of the first.
  test.each(Array.from({ length: 8 }, (_, at) => at))(
    'a version is never both retired and in a stage: promoted after request %i of its retirement',
    async (at) => {
      await using mlflow = await startWithVersions()
      const { registry, fake } = mlflow
      const other = await mlflow.open()
      const begin = fake.requests.length + at
      const retiring = registry.retire(of('1.0.0'), { reason: 'old' }).catch((error: unknown) => error)
      await vi.waitUntil(() => fake.requests.length >= begin, { interval: 1 })
      const promoting = other
        .promote(of('1.0.0'), 'production', { reason: 'serves' })
        .catch((error: unknown) => error)
      const outcomes = await Promise.all([retiring, promoting])
      const version = await registry.resolve(name, { version: '1.0.0' })
      expect(version?.retired === null || version?.stages.length === 0).toBe(true)
      for (const outcome of outcomes)
        if (outcome instanceof Error) expect(outcome).toMatchObject({ code: 'stage-conflict' })
    },
  )
})
