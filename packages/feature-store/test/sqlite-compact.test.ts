import { describe, expect, test } from 'vitest'

import { readAll } from '../src/testing/harness.ts'
import { sampleGroup, sampleRow } from '../src/testing/sample-groups.ts'
import { sql, temporaryStore, type TemporaryStore } from './support/stores.ts'

/** Their revisions are more than two windows of a sweep. */
const many = 6000

async function changedStore(rows = 3): Promise<TemporaryStore & { readonly instants: number[] }> {
  const opened = await temporaryStore()
  await opened.store.ensure(sampleGroup)
  const instants: number[] = []
  for (const value of [1, 2, 3]) {
    await opened.store.upsert(
      sampleGroup,
      Array.from({ length: rows }, (_, slot) => sampleRow(slot, { value })),
    )
    instants.push(opened.clock.tick())
  }
  return { ...opened, instants }
}

async function valuesAsOf({ store }: TemporaryStore, asOf: number): Promise<Set<number | null>> {
  return new Set((await readAll(store, sampleGroup, { asOf })).map(({ value }) => value))
}

describe('compaction of revisions', () => {
  test('removes what nobody can ask for any more, and refuses to guess', async () => {
    const opened = await changedStore(many)
    const { store, instants } = opened
    const [first = 0, second = 0, third = 0] = instants
    expect(await store.compact(sampleGroup, { historyBefore: second })).toEqual({
      rowsRemoved: 0,
      revisionsRemoved: many,
    })
    expect(await valuesAsOf(opened, second)).toEqual(new Set([2]))
    expect(await valuesAsOf(opened, third)).toEqual(new Set([3]))
    await expect(valuesAsOf(opened, first)).rejects.toMatchObject({
      code: 'bad-query',
      message: expect.stringContaining(new Date(second).toISOString()),
    })
    expect(await store.groups()).toMatchObject([{ historyFrom: second }])
    expect((await store.verify()).problems).toEqual([])
  })

  test('of an earlier instant does not bring the past back', async () => {
    const { store, instants } = await changedStore()
    const [first = 0, second = 0] = instants
    await store.compact(sampleGroup, { historyBefore: second })
    expect(await store.compact(sampleGroup, { historyBefore: first })).toMatchObject({ revisionsRemoved: 0 })
    await expect(readAll(store, sampleGroup, { asOf: first })).rejects.toMatchObject({ code: 'bad-query' })
  })

  test('cut off between two windows, it is resumed by the next call', async () => {
    const { store, path, instants } = await changedStore(many)
    const [, , third = 0] = instants
    const controller = new AbortController()
    const compacting = store.compact(sampleGroup, { historyBefore: third, signal: controller.signal })
    while (countOf(path) === 2 * many) await new Promise((resolve) => setImmediate(resolve))
    controller.abort()
    await expect(compacting).rejects.toMatchObject({ code: 'aborted' })
    const left = countOf(path)
    expect(left).toBeGreaterThan(0)
    expect(await store.compact(sampleGroup, { historyBefore: third })).toMatchObject({
      revisionsRemoved: left,
    })
    expect(await readAll(store, sampleGroup)).toHaveLength(many)
  })

  test('lets others write in between', async () => {
    const { store, open, instants } = await changedStore(many)
    const other = await open()
    const [, second = 0] = instants
    const order: string[] = []
    await Promise.all([
      store.compact(sampleGroup, { historyBefore: second }).then(() => order.push('compacted')),
      other.upsert(sampleGroup, [sampleRow(1, { station: 'south' })]).then(() => order.push('written')),
    ])
    expect(order).toEqual(['written', 'compacted'])
  })
})

describe('compaction of rows', () => {
  test('removes old events with their revisions', async () => {
    const { store, path, clock } = await changedStore(many)
    const eventsBefore = sampleRow(5500).event_ms
    expect(await store.compact(sampleGroup, { eventsBefore })).toEqual({
      rowsRemoved: 5500,
      revisionsRemoved: 11_000,
    })
    const rows = await readAll(store, sampleGroup, { asOf: clock.tick() })
    expect(rows.map(({ slot }) => slot)).toEqual(Array.from({ length: 500 }, (_, index) => 5500 + index))
    expect(countOf(path)).toBe(1000)
  })

  test('gives the space back after a vacuum', async () => {
    const { store, path } = await changedStore(many)
    await store.compact(sampleGroup, { eventsBefore: Number.MAX_SAFE_INTEGER })
    const [before] = sql(path, 'PRAGMA page_count')
    await store.vacuum()
    await store.close()
    const [after] = sql(path, 'PRAGMA page_count')
    expect(Number(after?.['page_count'])).toBeLessThan(Number(before?.['page_count']) / 10)
  })
})

function countOf(path: string): number {
  return Number(sql(path, 'SELECT count(*) AS n FROM contract_rows_v1__history')[0]?.['n'])
}
