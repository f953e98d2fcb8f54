import { copyFile, mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { describe, expect, test } from 'vitest'

import { openSqliteStore } from '../src/sqlite/index.ts'
import { readAll } from '../src/testing/harness.ts'
import { nextGroup, sampleGroup, sampleRow } from '../src/testing/sample-groups.ts'
import { handClock } from './clocks.ts'
import { sql } from './support/stores.ts'
import { temporaryFolder } from './temporary.ts'

/** Written by the last program of format 1: rows at midnight, slot 1 corrected an hour later. */
const golden = fileURLToPath(new URL('fixtures/format-1.db', import.meta.url))
const written = Date.UTC(2026, 0, 2)
const corrected = written + 3_600_000
const nothing = { value: null, label: '北京', flag: null, small: null, large: null }
const rows = [
  sampleRow(0),
  sampleRow(1, { value: 99.5, label: 'corrected' }),
  sampleRow(2),
  sampleRow(3),
  sampleRow(0, { station: 'south', ...nothing }),
]

async function oldStore(): Promise<string> {
  const path = join(await temporaryFolder(), 'features.db')
  await copyFile(golden, path)
  return path
}

function formatOf(path: string): unknown {
  return sql(path, 'PRAGMA user_version')[0]?.['user_version']
}

describe('a store of format 1', () => {
  test('is migrated when it is opened to write: every row stays, revisions begin', async () => {
    const path = await oldStore()
    const clock = handClock(corrected + 60_000)
    const store = await openSqliteStore({ path, clock })
    expect(store.capabilities.asOf).toBe(true)
    expect(await readAll(store, sampleGroup)).toEqual(rows)
    expect(await readAll(store, nextGroup)).toEqual([])
    expect((await store.verify()).problems).toEqual([])
    expect(await store.groups()).toMatchObject([{ historyFrom: corrected }, { historyFrom: 0 }])

    await store.ensure(sampleGroup)
    await store.upsert(sampleGroup, [sampleRow(2, { value: -1 })])
    expect(await readAll(store, sampleGroup, { asOf: corrected })).toEqual(rows)
    await expect(readAll(store, sampleGroup, { asOf: corrected - 1 })).rejects.toMatchObject({
      code: 'bad-query',
      hint: expect.stringContaining('2026-01-02T01:00:00.000Z'),
    })
    await store.close()
    expect(formatOf(path)).toBe(2)
  })

  test('goes on with later stamps than it had, whatever the clock says', async () => {
    const path = await oldStore()
    const store = await openSqliteStore({ path, clock: handClock(0) })
    await store.upsert(sampleGroup, [sampleRow(9)])
    await store.close()
    expect(sql(path, 'SELECT max(created_at) AS newest FROM contract_rows_v1')).toEqual([
      { newest: corrected + 1 },
    ])
  })

  test('lies as it was beside the migrated one, mode 0600', async () => {
    const path = await oldStore()
    await (await openSqliteStore({ path, clock: handClock() })).close()
    expect((await readdir(dirname(path))).toSorted()).toEqual(['features.db', 'features.db.v1-backup'])
    const backup = `${path}.v1-backup`
    expect((await stat(backup)).mode & 0o777).toBe(0o600)
    expect(formatOf(backup)).toBe(1)
    expect(sql(backup, 'SELECT * FROM contract_rows_v1')).toEqual(
      sql(golden, 'SELECT * FROM contract_rows_v1'),
    )
  })

  test('is read as it is, without asOf, and verified, when it is opened to read', async () => {
    const path = await oldStore()
    const store = await openSqliteStore({ path, clock: handClock(), readOnly: true })
    expect(store.capabilities.asOf).toBe(false)
    expect(await readAll(store, sampleGroup)).toEqual(rows)
    expect(await store.describe(sampleGroup)).toMatchObject({ rows: 5 })
    expect(await store.groups()).toHaveLength(2)
    await expect(readAll(store, sampleGroup, { asOf: corrected })).rejects.toMatchObject({
      code: 'bad-query',
    })
    expect(await store.verify()).toEqual({
      groups: [
        { name: 'contract_rows', version: 1, rows: 5, revisions: 0 },
        { name: 'contract_rows', version: 2, rows: 0, revisions: 0 },
      ],
      problems: [],
    })
    await store.close()
    expect((await readFile(path)).equals(await readFile(golden))).toBe(true)
    expect(await readdir(dirname(path))).not.toContain('features.db.v1-backup')
  })

  test('is migrated once where several open it at the same time', async () => {
    const path = await oldStore()
    const clock = handClock(corrected)
    const stores = await Promise.all([1, 2, 3].map(() => openSqliteStore({ path, clock })))
    for (const [index, store] of stores.entries()) await store.upsert(sampleGroup, [sampleRow(10 + index)])
    for (const store of stores) {
      expect(await readAll(store, sampleGroup)).toHaveLength(8)
      await store.close()
    }
    expect(formatOf(`${path}.v1-backup`)).toBe(1)
  })

  test('stays of format 1 where the copy cannot be made, and is migrated the next time', async () => {
    const path = await oldStore()
    await mkdir(join(`${path}.v1-backup`, 'in the way'), { recursive: true })
    const opening = openSqliteStore({ path, clock: handClock() })
    await expect(opening).rejects.toMatchObject({ name: 'FeatureStoreError', where: path })
    expect(formatOf(path)).toBe(1)
    expect(await readdir(dirname(path))).not.toContain('features.db.v1-backup.partial')
  })
})
