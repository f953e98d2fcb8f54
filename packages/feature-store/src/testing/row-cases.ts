import assert from 'node:assert/strict'

import type { AnyFeatureGroup, FeatureStore } from '../types.ts'
import { failure, readAll, type StoreTest } from './harness.ts'
import { sampleGroup, sampleRow, type SampleRow } from './sample-groups.ts'

/** Writing rows and reading them back. */
export const rowCases: Readonly<Record<string, StoreTest>> = {
  'upsert counts what is new, what is changed and what is the same': async ({ store }) => {
    await store.ensure(sampleGroup)
    assert.deepEqual(await store.upsert(sampleGroup, [sampleRow(1), sampleRow(2)]), counted(store, 2, 0))
    const again = [sampleRow(1), sampleRow(2, { value: null }), sampleRow(3)]
    assert.deepEqual(await store.upsert(sampleGroup, again), counted(store, 2, 1))
    assert.deepEqual(await readAll(store, sampleGroup), again)
    assert.deepEqual(await store.upsert(sampleGroup, []), counted(store, 0, 0))
  },

  'a row replaces the one with its key, in every column': async ({ store }) => {
    await store.ensure(sampleGroup)
    await store.upsert(sampleGroup, [sampleRow(1)])
    const changed = sampleRow(1, { value: -1, label: null, flag: null, small: 0, large: null, known_at: 5 })
    await store.upsert(sampleGroup, [changed])
    assert.deepEqual(await readAll(store, sampleGroup), [changed])
  },

  'of two rows with one key in a call the last stays': async ({ store }) => {
    await store.ensure(sampleGroup)
    const rows = [sampleRow(1, { value: 1 }), sampleRow(2), sampleRow(1, { value: 3 })]
    assert.deepEqual(await store.upsert(sampleGroup, rows), counted(store, 2, 0))
    assert.deepEqual(await readAll(store, sampleGroup), [sampleRow(1, { value: 3 }), sampleRow(2)])
  },

  'one bad row and nothing is written': async ({ store }) => {
    await store.ensure(sampleGroup)
    const wrong: readonly (readonly [string, SampleRow])[] = [
      ['small', sampleRow(2, { small: 1.5 })],
      ['small', sampleRow(2, { small: 2 ** 31 })],
      ['large', sampleRow(2, { large: 2 ** 53 })],
      ['value', sampleRow(2, { value: Number.NaN })],
      ['value', sampleRow(2, { value: Number.POSITIVE_INFINITY })],
      ['label', sampleRow(2, { label: '\ud83d' })],
    ]
    for (const [column, row] of wrong) {
      const error = await failure('bad-row', store.upsert(sampleGroup, [sampleRow(1), row]))
      assert.match(error.message, RegExp(`row 1, column "${column}"`))
    }
    const extra: SampleRow = Object.assign(sampleRow(2), { surprise: 1 })
    assert.match((await failure('bad-row', store.upsert(sampleGroup, [extra]))).message, /surprise/)
    assert.deepEqual(await readAll(store, sampleGroup), [])
  },

  'nulls, Unicode and the extremes of each type come back as they went in': async ({ store }) => {
    await store.ensure(sampleGroup)
    const nothing = { value: null, label: null, flag: null, small: null, large: null }
    const low = { value: -Number.MAX_VALUE, label: '', flag: false, small: -(2 ** 31), large: -(2 ** 53) + 1 }
    const high = { value: Number.MAX_VALUE, flag: true, small: 2 ** 31 - 1, large: 2 ** 53 - 1 }
    const rows = [
      sampleRow(1, nothing),
      sampleRow(2, { ...low, event_ms: -(2 ** 53) + 1 }),
      sampleRow(3, { ...high, label: '北京 🌫️ "quoted"; \'single\'\n\ttab' }),
      sampleRow(4, { value: Number.MIN_VALUE }),
      sampleRow(5, { value: 0.1 + 0.2 }),
    ]
    await store.upsert(sampleGroup, rows)
    assert.deepEqual(await readAll(store, sampleGroup), rows)
  },

  'rows come in the order of the key, whatever order they were written in': async ({ store }) => {
    await store.ensure(sampleGroup)
    const rows = ['east', 'north', 'south'].flatMap((station) =>
      [2, 9, 10].map((slot) => sampleRow(slot, { station })),
    )
    await store.upsert(
      sampleGroup,
      [5, 2, 8, 0, 3, 6, 1, 4, 7].flatMap((at) => rows.slice(at, at + 1)),
    )
    assert.deepEqual(await readAll(store, sampleGroup), rows)
  },

  'keys choose rows': async ({ store }) => {
    await store.ensure(sampleGroup)
    const south = sampleRow(1, { station: 'south' })
    await store.upsert(sampleGroup, [sampleRow(1), sampleRow(2), south])
    assert.deepEqual(await readAll(store, sampleGroup, { keys: { station: 'south' } }), [south])
    assert.deepEqual(await readAll(store, sampleGroup, { keys: { station: 'north', slot: 2 } }), [
      sampleRow(2),
    ])
    assert.deepEqual(await readAll(store, sampleGroup, { keys: { station: 'nowhere' } }), [])
    await failure('bad-query', readAll(store, sampleGroup, { keys: { label: 'row 1' } }))
  },

  'from and to are inclusive': async ({ store }) => {
    await store.ensure(sampleGroup)
    const rows = [1, 2, 3, 4].map((slot) => sampleRow(slot))
    await store.upsert(sampleGroup, rows)
    const from = sampleRow(2).event_ms
    const to = sampleRow(3).event_ms
    assert.deepEqual(await readAll(store, sampleGroup, { from, to }), rows.slice(1, 3))
    assert.deepEqual(await readAll(store, sampleGroup, { from: from + 1 }), rows.slice(2))
    assert.deepEqual(await readAll(store, sampleGroup, { to: to - 1 }), rows.slice(0, 2))
    assert.deepEqual(await readAll(store, sampleGroup, { from: to + 1, to: from - 1 }), [])
  },

  'columns choose what a row holds, whatever keys and range choose it': async ({ store }) => {
    await store.ensure(sampleGroup)
    await store.upsert(sampleGroup, [sampleRow(2), sampleRow(1), sampleRow(1, { station: 'south' })])
    const asked = { columns: ['value', 'slot'], keys: { station: 'north' } } as const
    const rows = await readAll(store, sampleGroup, { ...asked, from: sampleRow(1).event_ms })
    assert.deepEqual(rows, [
      { value: 0.25, slot: 1 },
      { value: 0.5, slot: 2 },
    ])
    // Neither the order nor where a batch begins needs the key among them.
    assert.deepEqual(await readAll(store, sampleGroup, { columns: ['label'] }), [
      { label: 'row 1' },
      { label: 'row 2' },
      { label: 'row 1' },
    ])
    const untyped: AnyFeatureGroup = sampleGroup
    const unknown = readAll(store, untyped, { columns: ['nothing'] })
    assert.match((await failure('bad-query', unknown)).message, /nothing/)
    await failure('bad-query', readAll(store, sampleGroup, { columns: [] }))
  },

  'more rows than a batch holds come in several, none lost and none twice': async ({ store }) => {
    await store.ensure(sampleGroup)
    const rows = Array.from({ length: 12_001 }, (_, slot) => sampleRow(slot))
    assert.deepEqual(await store.upsert(sampleGroup, rows), counted(store, 12_001, 0))
    assert.deepEqual(await readAll(store, sampleGroup), rows)
    assert.equal((await readAll(store, sampleGroup, { to: sampleRow(4999).event_ms })).length, 5000)
    const slots = await readAll(store, sampleGroup, { columns: ['slot'] })
    assert.deepEqual(
      slots,
      rows.map(({ slot }) => ({ slot })),
    )
  },

  'a caller may write while it reads': async ({ store }) => {
    await store.ensure(sampleGroup)
    const rows = Array.from({ length: 6000 }, (_, slot) => sampleRow(slot))
    await store.upsert(sampleGroup, rows)
    let seen = 0
    for await (const batch of store.read(sampleGroup)) {
      await store.upsert(sampleGroup, [sampleRow(seen, { label: 'seen' })])
      seen += batch.length
    }
    assert.equal(seen, 6000)
    const labels = (await readAll(store, sampleGroup)).filter((row) => row.label === 'seen')
    assert.deepEqual(
      labels.map((row) => row.slot),
      [0, 5000],
    )
  },

  'calls at the same time do not mix': async ({ store }) => {
    await store.ensure(sampleGroup)
    const reports = await Promise.all(
      ['a', 'b', 'c'].map((station) =>
        store.upsert(
          sampleGroup,
          Array.from({ length: 1500 }, (_, slot) => sampleRow(slot, { station })),
        ),
      ),
    )
    assert.deepEqual(
      reports,
      Array.from({ length: 3 }, () => counted(store, 1500, 0)),
    )
    assert.equal((await store.describe(sampleGroup)).rows, 4500)
  },

  'an aborted upsert is refused, and leaves nothing where the store is atomic': async ({ store }) => {
    await store.ensure(sampleGroup)
    await failure('aborted', store.upsert(sampleGroup, [sampleRow(1)], { signal: AbortSignal.abort() }))
    const controller = new AbortController()
    const rows = Array.from({ length: 20_000 }, (_, slot) => sampleRow(slot))
    const call = store.upsert(sampleGroup, rows, { signal: controller.signal })
    setImmediate(() => {
      controller.abort()
    })
    await failure('aborted', call)
    if (store.capabilities.atomic) assert.deepEqual(await readAll(store, sampleGroup), [])
    await store.upsert(sampleGroup, [sampleRow(1)])
  },

  'an aborted read ends with an error, not with fewer rows': async ({ store }) => {
    await store.ensure(sampleGroup)
    await store.upsert(
      sampleGroup,
      Array.from({ length: 6000 }, (_, slot) => sampleRow(slot)),
    )
    const controller = new AbortController()
    const reading = async (): Promise<void> => {
      for await (const batch of store.read(sampleGroup, {}, { signal: controller.signal })) {
        assert.ok(batch.length < 6000)
        controller.abort()
      }
    }
    await failure('aborted', reading())
  },
}

function counted(store: FeatureStore, written: number, unchanged: number): object {
  return store.capabilities.countsUnchanged
    ? { written, unchanged }
    : { written: written + unchanged, unchanged: null }
}
