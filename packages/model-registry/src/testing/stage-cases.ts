import assert from 'node:assert/strict'

import type { ModelRegistry } from '../types.ts'
import { failure, versionsOf, type RegistryTest } from './harness.ts'
import { samplePackage } from './sample-package.ts'

const name = 'north-evening'
const [first, second] = [
  { name, version: '1.0.0' },
  { name, version: '1.1.0' },
] as const

/** Promotion, its history, and the life of a registry. */
export const stageCases: Readonly<Record<string, RegistryTest>> = {
  'a promoted version holds its stage until another is promoted': async ({ registry }) => {
    await publishTwo(registry)
    const promotion = await registry.promote(first, 'production', { reason: 'first' })
    assert.equal(new Date(promotion.at).toISOString(), promotion.at)
    assert.deepEqual(promotion, {
      name,
      stage: 'production',
      from: null,
      to: '1.0.0',
      reason: 'first',
      at: promotion.at,
      by: null,
      scores: samplePackage().metrics,
      kind: 'promotion',
    })
    assert.deepEqual((await registry.resolve(name, { stage: 'production' }))?.stages, ['production'])
    await registry.promote(second, 'production', { reason: 'better' })
    assert.equal((await registry.resolve(name, { stage: 'production' }))?.version, '1.1.0')
    assert.deepEqual((await registry.resolve(name, { version: '1.0.0' }))?.stages, [])
  },

  'stages are independent, and list shows them': async ({ registry }) => {
    await publishTwo(registry)
    await registry.promote(first, 'production', { reason: 'serves' })
    await registry.promote(second, 'candidate', { reason: 'wants to' })
    assert.deepEqual(
      (await registry.list(name)).map(({ stages }) => stages),
      [['production'], ['candidate']],
    )
    await registry.promote(second, 'production', { reason: 'does' })
    const stages = (await registry.resolve(name, 'latest'))?.stages ?? []
    assert.deepEqual([...stages].sort(), ['candidate', 'production'])
  },

  'history tells every promotion, oldest first': async ({ registry }) => {
    await publishTwo(registry)
    const promotions = [
      await registry.promote(first, 'production', { reason: 'first' }),
      await registry.promote(second, 'production', { reason: 'better' }),
      await registry.promote(first, 'production', { reason: 'rolled back: 更好 "quoted"' }),
    ]
    assert.deepEqual(await registry.history(name), promotions)
    assert.deepEqual(
      promotions.map(({ from, to }) => [from, to]),
      [
        [null, '1.0.0'],
        ['1.0.0', '1.1.0'],
        ['1.1.0', '1.0.0'],
      ],
    )
  },

  'a promotion that expects another holder is refused': async ({ registry }) => {
    await publishTwo(registry)
    const expect = (expectedCurrent: string | null): Promise<unknown> =>
      registry.promote(second, 'production', { expectedCurrent, reason: 'better' })
    await failure('stage-conflict', expect('1.0.0'))
    await registry.promote(first, 'production', { expectedCurrent: null, reason: 'first' })
    await failure('stage-conflict', expect(null))
    await failure('stage-conflict', expect('1.1.0'))
    assert.equal((await registry.history(name)).length, 1)
    await expect('1.0.0')
    assert.equal((await registry.resolve(name, { stage: 'production' }))?.version, '1.1.0')
  },

  'of promotions at once with one expectation, one wins where promotion is atomic': async ({ registry }) => {
    await publishTwo(registry)
    const calls = Array.from({ length: 8 }, (_, index) =>
      registry.promote(index % 2 === 0 ? first : second, 'production', {
        expectedCurrent: null,
        reason: String(index),
      }),
    )
    const results = await Promise.allSettled(calls)
    const won = results.filter(({ status }) => status === 'fulfilled')
    assert.ok(won.length >= 1)
    const holders = (await registry.list(name)).filter(({ stages }) => stages.includes('production'))
    assert.equal(holders.length, 1)
    if (!registry.capabilities.atomicPromotion) return
    assert.equal(won.length, 1)
    await Promise.all(
      calls
        .filter((_, index) => results[index]?.status === 'rejected')
        .map((call) => failure('stage-conflict', call)),
    )
    assert.equal((await registry.history(name)).length, 1)
  },

  'versions, stages and history outlive the registry that wrote them': async ({ registry, reopen }) => {
    assert.ok(reopen, 'give reopen, or skip this case with a reason')
    await publishTwo(registry)
    await registry.promote(second, 'production', { reason: 'better' })
    const [list, history] = [await registry.list(name), await registry.history(name)]
    const again = await reopen()
    assert.deepEqual(await again.list(name), list)
    assert.deepEqual(await again.history(name), history)
    assert.deepEqual(await again.fetch(second), samplePackage(2))
    assert.equal((await again.publish(samplePackage(2), { name })).created, false)
  },

  'an aborted call is refused and writes nothing': async ({ registry }) => {
    await publishTwo(registry)
    const signal = AbortSignal.abort()
    await failure('aborted', registry.publish(samplePackage(3), { name, signal }))
    await failure('aborted', registry.promote(first, 'production', { reason: 'aborted', signal }))
    await failure('aborted', registry.fetch(first, { signal }))
    await failure('aborted', registry.list(name, { signal }))
    assert.deepEqual(await versionsOf(registry, name), ['1.0.0', '1.1.0'])
    assert.deepEqual(await registry.history(name), [])
  },

  'a closed registry refuses every call; closing twice is fine': async ({ registry }) => {
    await publishTwo(registry)
    await registry.close()
    await registry.close()
    await failure('closed', registry.publish(samplePackage(3), { name }))
    await failure('closed', registry.list(name))
    await failure('closed', registry.resolve(name, 'latest'))
    await failure('closed', registry.fetch(first))
    await failure('closed', registry.promote(first, 'production', { reason: 'closed' }))
    await failure('closed', registry.history(name))
    await failure('closed', registry.names())
    await failure('closed', registry.rollback(name, 'production', { reason: 'closed' }))
    await failure('closed', registry.retire(first, { reason: 'closed' }))
  },
}

async function publishTwo(registry: ModelRegistry): Promise<void> {
  await registry.publish(samplePackage(1), { name })
  await registry.publish(samplePackage(2), { name })
}
