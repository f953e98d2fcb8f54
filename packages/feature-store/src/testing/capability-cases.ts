import assert from 'node:assert/strict'

import type { FeatureStore, UpsertReport } from '../types.ts'
import { failure, readAll, type OpenedStore, type StoreTest } from './harness.ts'
import { ledgerGroup, sampleGroup, sampleRow, type SampleRow } from './sample-groups.ts'

/** What a store says it can do it does; where it says it cannot, it says so instead of doing something else. */
export const capabilityCases: Readonly<Record<string, StoreTest>> = {
  'asOf answers what the store held then, or is refused': async (opened) => {
    const { store } = opened
    await store.ensure(sampleGroup)
    if (!store.capabilities.asOf) {
      await failure('bad-query', readAll(store, sampleGroup, { asOf: 0 }))
      return
    }
    const first = [sampleRow(1), sampleRow(2)]
    const empty = await tick(opened)
    await store.upsert(sampleGroup, first)
    const before = await tick(opened)
    const second = [sampleRow(1, { value: null, flag: true }), sampleRow(2), sampleRow(3)]
    await store.upsert(sampleGroup, second)
    const between = await tick(opened)
    await store.upsert(sampleGroup, [sampleRow(1)])
    const after = await tick(opened)
    const expected = new Map([
      [empty, []],
      [before, first],
      [between, second],
      [after, [...first, sampleRow(3)]],
    ])
    for (const [asOf, rows] of expected) assert.deepEqual(await readAll(store, sampleGroup, { asOf }), rows)
    const chosen = { asOf: between, columns: ['value'], keys: { station: 'north' } } as const
    assert.deepEqual(await readAll(store, sampleGroup, { ...chosen, to: sampleRow(1).event_ms }), [
      { value: null },
    ])
    await failure('bad-query', readAll(store, sampleGroup, { asOf: Number.NaN }))
  },

  'asOf keeps order and batches where every row was changed': async (opened) => {
    const { store } = opened
    if (!store.capabilities.asOf) return
    await store.ensure(sampleGroup)
    const rows = Array.from({ length: 6000 }, (_, slot) => sampleRow(slot))
    await store.upsert(sampleGroup, rows)
    const asOf = await tick(opened)
    await store.upsert(
      sampleGroup,
      rows.filter(({ slot }) => slot % 2 === 0).map((row) => ({ ...row, label: 'changed' })),
    )
    assert.deepEqual(await readAll(store, sampleGroup, { asOf }), rows)
  },

  'the rows of an append-only group stay, where the store can see to it': async ({ store }) => {
    await store.ensure(ledgerGroup)
    await store.upsert(ledgerGroup, [sampleRow(1)])
    const again = await store.upsert(ledgerGroup, [sampleRow(1), sampleRow(2)])
    assert.equal(again.written, store.capabilities.countsUnchanged ? 1 : 2)
    if (store.capabilities.appendOnly !== true) return
    const error = await failure(
      'append-only',
      store.upsert(ledgerGroup, [sampleRow(3), sampleRow(2, { value: -1 }), sampleRow(1)]),
    )
    assert.match(error.message, /north.*2/)
    assert.deepEqual(await readAll(store, ledgerGroup), [sampleRow(1), sampleRow(2)])
    // Neither does a definition that knows nothing of it open the ledger up.
    await failure('schema-mismatch', store.ensure({ ...ledgerGroup, appendOnly: false }))
  },

  'a lease keeps others out until it is given back, or every call is granted': async ({ store }) => {
    const held = await store.acquireLease('training north')
    assert.ok(held)
    assert.equal(held.name, 'training north')
    const other = await store.acquireLease('training south')
    assert.ok(other, 'a lease on another name is free')
    const second = await store.acquireLease('training north')
    assert.equal(second === null, store.capabilities.leases)
    await held.release()
    await held.release()
    const next = await store.acquireLease('training north')
    assert.ok(next)
    if (store.capabilities.leases) {
      // The first holder has nothing left to give back.
      await held.release()
      assert.equal(await store.acquireLease('training north'), null)
    }
  },

  'an aborted call of any kind is refused': async ({ store }) => {
    await store.ensure(sampleGroup)
    const options = { signal: AbortSignal.abort() }
    await failure('aborted', store.ensure(ledgerGroup, options))
    await failure('aborted', store.describe(sampleGroup, options))
    await failure('aborted', readAll(store, sampleGroup, {}, options))
    if (store.capabilities.leases) await failure('aborted', store.acquireLease('north', options))
  },

  'calls at the same time that change the same rows are one after the other': async ({ store }) => {
    await store.ensure(sampleGroup)
    const rows = (value: number): SampleRow[] =>
      Array.from({ length: 1200 }, (_, slot) => sampleRow(slot, { value }))
    const reports = await Promise.all([1, 2, 3].map((value) => store.upsert(sampleGroup, rows(value))))
    assert.equal(sumWritten(reports), 3600)
    if (!store.capabilities.atomic) return
    const values = new Set((await readAll(store, sampleGroup)).map(({ value }) => value))
    assert.equal(values.size, 1, 'rows of two calls are mixed')
  },
}

async function tick({ store, tick }: OpenedStore): Promise<number> {
  assert.ok(tick, `${kindOf(store)} answers asOf: give tick`)
  return tick()
}

function kindOf({ kind }: FeatureStore): string {
  return `a store of kind ${kind}`
}

function sumWritten(reports: readonly UpsertReport[]): number {
  return reports.reduce((sum, { written }) => sum + written, 0)
}
