import { describe, expect, test } from 'vitest'

import type { ModelRegistry } from '../../src/index.ts'
import { samplePackage } from '../../src/testing/index.ts'
import { startComet, type Opened } from './opened.ts'

const name = 'north-evening'
const [first, second, third] = ['1.0.0', '1.1.0', '1.2.0'].map((version) => ({ name, version })) as [
  Ref,
  Ref,
  Ref,
]
interface Ref {
  readonly name: string
  readonly version: string
}

/** Versions, three by default; the first is in production. */
async function filled(comet: Opened, slopes = [1, 2, 3]): Promise<ModelRegistry> {
  const registry = await comet.open()
  for (const slope of slopes) await registry.publish(samplePackage(slope), { name })
  await registry.promote(first, 'production', { reason: 'first' })
  return registry
}

async function servingOf(registry: ModelRegistry): Promise<string | undefined> {
  return (await registry.resolve(name, { stage: 'production' }))?.version
}

function bearers({ fake }: Opened): string[] {
  return fake
    .versions(name)
    .filter(({ stages }) => stages.includes('production'))
    .map(({ version }) => version)
}

/** By hand, as on the page of the model. */
async function byHand({ fake }: Opened, version: string, stages: readonly string[]): Promise<void> {
  const headers = { authorization: fake.apiKey, 'content-type': 'application/json' }
  const api = `${fake.baseUrl}/api/rest/v2`
  const details = await fetch(`${api}/registry-model/details?workspaceName=airq&modelName=${name}`, {
    headers,
  })
  const { versions } = (await details.json()) as {
    versions: { registryModelItemId: string; version: string; comment: string }[]
  }
  const item = versions.find((other) => other.version === version)
  await fetch(`${api}/write/registry-model/item/update`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ registryModelItemId: item?.registryModelItemId, comment: item?.comment, stages }),
  })
  await fetch(`${api}/registry-model/details?workspaceName=airq&modelName=${name}`, { headers })
}

describe('a promotion that is broken off', () => {
  test.for(['before', 'after'] as const)(
    '(%s the effect) at any request leaves one serving, and run again is done once',
    { timeout: 60_000 },
    async (cut) => {
      await using comet = await startComet()
      const registry = await filled(comet, [1, 2])
      const began = comet.fake.requests.length
      await registry.promote(second, 'production', { expectedCurrent: '1.0.0', reason: 'better' })
      const whole = comet.fake.requests.length - began
      for (let after = 0; after < whole; after += cut === 'after' ? 1 : 3) {
        await using again = await startComet()
        const trainer = await filled(again, [1, 2])
        again.fake.fail({ effect: { cut }, after, times: Infinity })
        const options = { expectedCurrent: '1.0.0', reason: 'better' } as const
        await trainer.promote(second, 'production', options).catch(() => undefined)
        again.fake.heal()
        const next = await again.open()
        expect(['1.0.0', '1.1.0']).toContain(await servingOf(next))
        const done = (await next.history(name)).length === 2 && bearers(again).length === 1
        await next.promote(second, 'production', options).catch((error: unknown) => {
          // All of it had been done: the first holder is expected in vain.
          expect([done, Reflect.get(Object(error), 'code')]).toEqual([true, 'stage-conflict'])
        })
        expect(await servingOf(next)).toBe('1.1.0')
        expect(bearers(again)).toEqual(['1.1.0'])
        expect((await next.history(name)).map(({ from, to }) => [from, to])).toEqual([
          [null, '1.0.0'],
          ['1.0.0', '1.1.0'],
        ])
      }
    },
  )

  test('is not in the history before it took effect, and another may come instead', async () => {
    await using comet = await startComet()
    const registry = await filled(comet)
    comet.fake.fail({ on: ['GET', 'item/stage'], effect: { status: 400 }, times: Infinity })
    const broken = registry.promote(second, 'production', { reason: 'better' })
    await expect(broken).rejects.toMatchObject({ code: 'registry-refused' })
    expect(await registry.history(name)).toHaveLength(1)
    comet.fake.heal()
    await registry.promote(third, 'production', { expectedCurrent: '1.0.0', reason: 'best' })
    expect((await registry.history(name)).map(({ to }) => to)).toEqual(['1.0.0', '1.2.0'])
  })
})

describe('writes that are GETs', () => {
  test('are not sent again before the version was looked at', async () => {
    await using comet = await startComet()
    const registry = await filled(comet)
    comet.fake.fail({ on: ['GET', 'item/stage'], effect: { cut: 'after' } })
    const began = comet.fake.requests.length
    await registry.promote(second, 'production', { reason: 'better' })
    const sent = comet.fake.requests.slice(began).filter(({ path }) => path.endsWith('/item/stage'))
    expect(sent).toHaveLength(1)
    expect(bearers(comet)).toEqual(['1.1.0'])
  })
})

describe('two that promote at once', () => {
  test('end with one serving, the same for all, and the next command leaves one bearer', async () => {
    for (const hiddenReads of [0, 1, 2]) {
      await using comet = await startComet({ hiddenReads })
      await filled(comet)
      const registries = [await comet.open(), await comet.open()]
      const options = { expectedCurrent: '1.0.0', reason: 'better' } as const
      const results = await Promise.allSettled(
        [second, third].map((ref, index) => registries[index]!.promote(ref, 'production', options)),
      )
      for (const result of results) {
        if (result.status === 'rejected') {
          expect(result.reason).toMatchObject({
            code: expect.stringMatching(/stage-conflict|registry-unavailable/),
          })
        }
      }
      const serving = await Promise.all([...registries, await comet.open()].map(servingOf))
      expect(new Set(serving).size).toBe(1)
      expect(['1.1.0', '1.2.0']).toContain(serving[0])
      await (await comet.open()).promote(first, 'production', { reason: 'back' })
      expect(bearers(comet)).toEqual(['1.0.0'])
    }
  }, 20_000)
})

describe('stages moved by hand', () => {
  test('count: who bears the stage holds it', async () => {
    await using comet = await startComet()
    const registry = await filled(comet)
    await byHand(comet, '1.0.0', [])
    await byHand(comet, '1.2.0', ['production', 'reviewed'])
    expect(await servingOf(registry)).toBe('1.2.0')
    const promotion = await registry.promote(second, 'production', { reason: 'better' })
    expect(promotion.from).toBe('1.2.0')
    expect(comet.fake.versions(name).map(({ stages }) => stages)).toEqual([[], ['production'], ['reviewed']])
  })

  test('twice: the one that was promoted last holds it, and a log tells of it', async () => {
    await using comet = await startComet()
    const registry = await filled(comet)
    await byHand(comet, '1.2.0', ['production'])
    expect(await servingOf(registry)).toBe('1.0.0')
    expect(comet.events.map(({ step }) => step)).toContain('conflict')
    expect((await registry.list(name)).map(({ stages }) => stages)).toEqual([['production'], [], []])
  })

  test('away altogether: the one that was promoted last still serves', async () => {
    await using comet = await startComet()
    const registry = await filled(comet)
    await byHand(comet, '1.0.0', [])
    expect(await servingOf(registry)).toBe('1.0.0')
  })

  test('retired by hand: neither latest nor promoted', async () => {
    await using comet = await startComet()
    const registry = await filled(comet)
    await byHand(comet, '1.2.0', ['retired'])
    expect((await registry.resolve(name, 'latest'))?.version).toBe('1.1.0')
    expect((await registry.resolve(name, { version: '1.2.0' }))?.retired?.reason).toBe('retired in Comet')
  })
})
