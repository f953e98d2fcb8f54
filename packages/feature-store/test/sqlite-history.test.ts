import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { readAll } from '../src/testing/harness.ts'
import {
  appendedGroup,
  ledgerGroup,
  nextGroup,
  sampleGroup,
  sampleRow,
} from '../src/testing/sample-groups.ts'
import { sql, temporaryStore } from './support/stores.ts'

describe('asOf', () => {
  test('agrees with a copy kept after every call, whatever was written and however the clock went', async () => {
    const change = fc.record({
      rows: fc.array(fc.record({ slot: fc.nat(6), value: fc.nat(3) }), { minLength: 1, maxLength: 8 }),
      clockMs: fc.integer({ min: -5000, max: 5000 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), async (changes) => {
        const { store, clock, path } = await temporaryStore()
        await store.ensure(sampleGroup)
        const kept = new Map<number, unknown>()
        for (const { rows, clockMs } of changes) {
          clock.move(clockMs)
          await store.upsert(
            sampleGroup,
            rows.map(({ slot, value }) => sampleRow(slot, { value })),
          )
          const [last] = sql(path, `SELECT max(value) AS stamp FROM store_state`)
          kept.set(Number(last?.['stamp']), await readAll(store, sampleGroup))
        }
        for (const [asOf, rows] of kept) {
          expect(await readAll(store, sampleGroup, { asOf })).toEqual(rows)
        }
        expect((await store.verify()).problems).toEqual([])
      }),
      { numRuns: 12 },
    )
  })

  test('stays what it was when the clock goes back', async () => {
    const { store, clock } = await temporaryStore()
    await store.ensure(sampleGroup)
    await store.upsert(sampleGroup, [sampleRow(1)])
    const asOf = clock.tick()
    clock.move(-86_400_000)
    await store.upsert(sampleGroup, [sampleRow(1, { value: -1 })])
    await store.upsert(sampleGroup, [sampleRow(2)])
    // The stamps go on from the last one by a millisecond each, and asOf lies a second after that.
    expect(await readAll(store, sampleGroup, { asOf: asOf - 1000 })).toEqual([sampleRow(1)])
    expect(await readAll(store, sampleGroup)).toEqual([sampleRow(1, { value: -1 }), sampleRow(2)])
  })

  test('created_at grows with every transaction that writes, also within a millisecond', async () => {
    const { store, path, clock } = await temporaryStore()
    await store.ensure(sampleGroup)
    for (const slot of [1, 2, 3]) await store.upsert(sampleGroup, [sampleRow(slot)])
    await store.upsert(sampleGroup, [sampleRow(3)])
    expect(sql(path, 'SELECT created_at - min(created_at) OVER () AS step FROM contract_rows_v1')).toEqual([
      { step: 0 },
      { step: 1 },
      { step: 2 },
    ])
    expect(sql(path, 'SELECT min(created_at) AS first FROM contract_rows_v1')).toEqual([
      { first: clock.now() },
    ])
  })

  test('reads a column that was appended later as null', async () => {
    const { store, clock } = await temporaryStore()
    await store.ensure(sampleGroup)
    await store.upsert(sampleGroup, [sampleRow(1)])
    const asOf = clock.tick()
    await store.ensure(appendedGroup)
    await store.upsert(appendedGroup, [{ ...sampleRow(1), note: 'new' }])
    const then = clock.tick()
    await store.upsert(appendedGroup, [{ ...sampleRow(1), note: 'newer' }])
    expect(await readAll(store, appendedGroup, { asOf })).toEqual([{ ...sampleRow(1), note: null }])
    expect(await readAll(store, appendedGroup, { asOf: then })).toEqual([{ ...sampleRow(1), note: 'new' }])
  })

  test('holds for changes of another program, through the triggers of the file', async () => {
    const { store, path, clock } = await temporaryStore()
    await store.ensure(sampleGroup)
    await store.upsert(sampleGroup, [sampleRow(1)])
    const asOf = clock.tick()
    sql(path, `UPDATE contract_rows_v1 SET value = 7, created_at = ${String(clock.now())}`)
    expect(await readAll(store, sampleGroup, { asOf })).toEqual([sampleRow(1)])
    expect(await readAll(store, sampleGroup)).toEqual([sampleRow(1, { value: 7 })])
  })
})

describe('an append-only group', () => {
  test('cannot be changed by another program either', async () => {
    const { store, path } = await temporaryStore()
    await store.ensure(ledgerGroup)
    await store.upsert(ledgerGroup, [sampleRow(1)])
    expect(() => sql(path, 'UPDATE contract_ledger_v1 SET value = 7')).toThrow('append-only')
    expect(() => sql(path, 'DELETE FROM contract_ledger_v1')).toThrow('append-only')
    expect(await readAll(store, ledgerGroup)).toEqual([sampleRow(1)])
  })

  test('a group becomes one, and from then on its rows stay', async () => {
    const { store } = await temporaryStore()
    await store.ensure(sampleGroup)
    await store.upsert(sampleGroup, [sampleRow(1)])
    const ledger = { ...sampleGroup, appendOnly: true }
    await store.ensure(ledger)
    const changed = [sampleRow(1, { value: -1 })]
    await expect(store.upsert(ledger, changed)).rejects.toMatchObject({
      code: 'append-only',
      message: expect.stringContaining('station north, slot 1'),
      hint: expect.stringContaining('key of its own'),
    })
    // Another program with the older definition is refused as well.
    await expect(store.upsert(sampleGroup, changed)).rejects.toMatchObject({ code: 'append-only' })
    await expect(store.ensure({ ...sampleGroup })).rejects.toMatchObject({ code: 'schema-mismatch' })
  })

  test('keeps its rows from compaction', async () => {
    const { store, clock } = await temporaryStore()
    await store.ensure(ledgerGroup)
    await store.upsert(ledgerGroup, [sampleRow(1)])
    const compacting = store.compact(ledgerGroup, { eventsBefore: clock.now() })
    await expect(compacting).rejects.toMatchObject({ code: 'bad-query', fault: 'input' })
    expect(await store.compact(ledgerGroup, { historyBefore: clock.now() })).toEqual({
      rowsRemoved: 0,
      revisionsRemoved: 0,
    })
    expect(await readAll(store, ledgerGroup)).toEqual([sampleRow(1)])
  })
})

describe('a changed group', () => {
  test('goes on under a new version, filled from the old one', async () => {
    const { store } = await temporaryStore()
    await store.ensure(sampleGroup)
    const rows = [1, 2, 3].map((slot) => sampleRow(slot))
    await store.upsert(sampleGroup, rows)
    await store.ensure(nextGroup)
    for await (const batch of store.read(sampleGroup)) {
      await store.upsert(
        nextGroup,
        batch.map(({ large: _, ...row }) => ({
          ...row,
          value: Math.round(row.value ?? 0),
          label: row.label ?? '',
          compulsory: row.slot,
        })),
      )
    }
    expect((await readAll(store, nextGroup)).map(({ compulsory }) => compulsory)).toEqual([1, 2, 3])
    expect(await readAll(store, sampleGroup)).toEqual(rows)
  })
})
