import assert from 'node:assert/strict'

import type { ModelRegistry, ModelVersion } from '../types.ts'
import { failure, versionsOf, type RegistryTest } from './harness.ts'
import { samplePackage } from './sample-package.ts'

const name = 'north-evening'
const of = (version: string): { name: string; version: string } => ({ name, version })

/** Rollback, retirement, and what the history keeps of them. */
export const careCases: Readonly<Record<string, RegistryTest>> = {
  'the first run: an expected holder of null is met, and its promotion is the history': async ({
    registry,
  }) => {
    const { version } = await registry.publish(samplePackage(), { name })
    const promotion = await registry.promote(version, 'production', {
      expectedCurrent: null,
      reason: 'first',
    })
    assert.equal(promotion.from, null)
    assert.deepEqual(await registry.history(name), [promotion])
    assert.equal((await serving(registry))?.version, '1.0.0')
    // Nothing held the stage before.
    await failure('not-found', registry.rollback(name, 'production', { reason: 'none' }))
    assert.equal((await registry.history(name)).length, 1)
  },

  'the history keeps who and what spoke for it': async ({ registry }) => {
    await publish(registry, 2)
    await registry.promote(of('1.0.0'), 'production', { reason: 'first', by: 'trainer' })
    const scores = { mae: 19.5, persistence_mae: 31 }
    await registry.promote(of('1.1.0'), 'production', { reason: 'better', by: 'Ann', scores })
    await registry.rollback(name, 'production', { reason: 'worse at night', by: 'Bob', scores: {} })
    assert.deepEqual(
      (await registry.history(name)).map(({ kind, from, to, by, reason, scores: kept }) => ({
        kind,
        from,
        to,
        by,
        reason,
        kept,
      })),
      [
        {
          kind: 'promotion',
          from: null,
          to: '1.0.0',
          by: 'trainer',
          reason: 'first',
          kept: samplePackage().metrics,
        },
        { kind: 'promotion', from: '1.0.0', to: '1.1.0', by: 'Ann', reason: 'better', kept: scores },
        { kind: 'rollback', from: '1.1.0', to: '1.0.0', by: 'Bob', reason: 'worse at night', kept: {} },
      ],
    )
  },

  'a rollback gives the stage to the version before, again to the one before that': async ({ registry }) => {
    await publish(registry, 3)
    for (const version of ['1.0.0', '1.1.0', '1.2.0'])
      await registry.promote(of(version), 'production', { reason: 'better' })
    await registry.promote(of('1.2.0'), 'candidate', { reason: 'another stage' })
    assert.equal((await registry.rollback(name, 'production', { reason: 'bad' })).to, '1.1.0')
    assert.equal((await serving(registry))?.version, '1.1.0')
    const second = await registry.rollback(name, 'production', { reason: 'bad too' })
    assert.deepEqual([second.from, second.to, second.kind], ['1.1.0', '1.0.0', 'rollback'])
    assert.equal((await serving(registry))?.version, '1.0.0')
    await failure('not-found', registry.rollback(name, 'production', { reason: 'none left' }))
    // A version can come back, and be rolled back again.
    await registry.promote(of('1.2.0'), 'production', { reason: 'repaired' })
    assert.equal((await registry.rollback(name, 'production', { reason: 'not so' })).to, '1.0.0')
    assert.deepEqual((await registry.resolve(name, { stage: 'candidate' }))?.version, '1.2.0')
  },

  'a rollback that expects another holder is refused': async ({ registry }) => {
    await publish(registry, 2)
    await registry.promote(of('1.0.0'), 'production', { reason: 'first' })
    await registry.promote(of('1.1.0'), 'production', { reason: 'better' })
    await failure(
      'stage-conflict',
      registry.rollback(name, 'production', { expectedCurrent: '1.0.0', reason: 'late' }),
    )
    assert.equal((await serving(registry))?.version, '1.1.0')
    await registry.rollback(name, 'production', { expectedCurrent: '1.1.0', reason: 'in time' })
    assert.equal((await serving(registry))?.version, '1.0.0')
  },

  'a retired version is neither latest nor promoted, but can be fetched': async ({ registry }) => {
    await publish(registry, 2)
    const retired = await registry.retire(of('1.1.0'), { reason: 'trained on a bad day', by: 'Ann' })
    assert.deepEqual(retired.retired, {
      at: retired.retired?.at,
      by: 'Ann',
      reason: 'trained on a bad day',
    })
    assert.deepEqual(await registry.resolve(name, { version: '1.1.0' }), retired)
    assert.equal((await registry.resolve(name, 'latest'))?.version, '1.0.0')
    await failure('stage-conflict', registry.promote(of('1.1.0'), 'production', { reason: 'again' }))
    assert.deepEqual(await registry.fetch(of('1.1.0')), samplePackage(2))
    assert.deepEqual(await versionsOf(registry, name), ['1.0.0', '1.1.0'])
    // Twice is once: the first words stay.
    assert.deepEqual(await registry.retire(of('1.1.0'), { reason: 'another' }), retired)
    assert.deepEqual(await registry.history(name), [])
    assert.equal((await registry.publish(samplePackage(2), { name })).version.version, '1.2.0')
  },

  'a version that holds a stage is not retired': async ({ registry }) => {
    await publish(registry, 1)
    await registry.promote(of('1.0.0'), 'candidate', { reason: 'first' })
    await failure('stage-conflict', registry.retire(of('1.0.0'), { reason: 'old' }))
    assert.equal((await registry.resolve(name, 'latest'))?.retired, null)
  },

  'a rollback passes over retired versions': async ({ registry }) => {
    await publish(registry, 3)
    for (const version of ['1.0.0', '1.1.0', '1.2.0'])
      await registry.promote(of(version), 'production', { reason: 'better' })
    await registry.retire(of('1.1.0'), { reason: 'bad' })
    assert.equal((await registry.rollback(name, 'production', { reason: 'bad too' })).to, '1.0.0')
  },

  'with every version retired there is no latest': async ({ registry }) => {
    await publish(registry, 1)
    await registry.retire(of('1.0.0'), { reason: 'old' })
    assert.equal(await registry.resolve(name, 'latest'), null)
    assert.deepEqual(await registry.names(), [name])
  },

  'a change without a usable reason, or with odd scores, is refused': async ({ registry }) => {
    await publish(registry, 1)
    for (const reason of ['', 'x'.repeat(1001)]) {
      await failure('bad-arguments', registry.promote(of('1.0.0'), 'production', { reason }))
      await failure('bad-arguments', registry.retire(of('1.0.0'), { reason }))
    }
    const many = Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`score-${String(index)}`, 1]))
    for (const scores of [{ mae: Number.NaN }, many])
      await failure(
        'bad-arguments',
        registry.promote(of('1.0.0'), 'production', { reason: 'better', scores }),
      )
    assert.deepEqual(await registry.history(name), [])
    assert.equal(await serving(registry), null)
  },
}

async function publish(registry: ModelRegistry, count: number): Promise<void> {
  for (let slope = 1; slope <= count; slope += 1) await registry.publish(samplePackage(slope), { name })
}

async function serving(registry: ModelRegistry): Promise<ModelVersion | null> {
  return registry.resolve(name, { stage: 'production' })
}
