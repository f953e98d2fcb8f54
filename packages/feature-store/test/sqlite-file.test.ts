import { mkdir, open, readFile, readdir, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { describe, expect, test } from 'vitest'

import { openSqliteStore, type OpenDatabase } from '../src/sqlite/index.ts'
import { readAll } from '../src/testing/harness.ts'
import { appendedGroup, sampleGroup, sampleRow } from '../src/testing/sample-groups.ts'
import { temporaryFolder } from './temporary.ts'

const clock = { now: () => 1_767_312_000_000 }

async function filledStore(path: string, rows = 3): Promise<void> {
  const store = await openSqliteStore({ path, clock })
  await store.ensure(sampleGroup)
  await store.upsert(
    sampleGroup,
    Array.from({ length: rows }, (_, slot) => sampleRow(slot)),
  )
  await store.close()
}

/** Opening fails with this code, and the file is what it was. */
async function expectRefusal(path: string, code: string, hint: RegExp): Promise<void> {
  const before = await readFile(path)
  for (const readOnly of [false, true]) {
    const refusal = await openSqliteStore({ path, clock, readOnly }).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code, where: path, hint: expect.stringMatching(hint) })
  }
  expect((await readFile(path)).equals(before)).toBe(true)
}

describe('the file of a store', () => {
  test('is private: folder 0700, every file 0600', async () => {
    const folder = join(await temporaryFolder(), 'state', 'deep')
    const store = await openSqliteStore({ path: join(folder, 'features.db'), clock })
    await store.ensure(sampleGroup)
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
    const files = await readdir(folder)
    expect(files).toContain('features.db-wal')
    for (const file of files) expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600)
    await store.close()
  })

  test('holds what a person with sqlite3 would look for', async () => {
    const path = join(await temporaryFolder(), 'features.db')
    await filledStore(path, 1)
    const db = new DatabaseSync(path, { readOnly: true })
    expect(db.prepare('SELECT slot, flag, created_at FROM contract_rows_v1').all()).toEqual([
      { slot: 0, flag: 1, created_at: clock.now() },
    ])
    db.close()
  })

  test('created_at moves only when a row does', async () => {
    const path = join(await temporaryFolder(), 'features.db')
    await filledStore(path, 2)
    const store = await openSqliteStore({ path, clock: { now: () => 2_000_000_000_000 } })
    await store.upsert(sampleGroup, [sampleRow(0), sampleRow(1, { value: 9 })])
    await store.close()
    const db = new DatabaseSync(path, { readOnly: true })
    const stamps = db.prepare('SELECT created_at FROM contract_rows_v1').all()
    expect(stamps).toEqual([{ created_at: clock.now() }, { created_at: 2_000_000_000_000 }])
    db.close()
  })

  test('of a newer format is refused with what to do', async () => {
    const path = join(await temporaryFolder(), 'features.db')
    await filledStore(path)
    const db = new DatabaseSync(path)
    db.exec('PRAGMA user_version = 3')
    db.close()
    await expectRefusal(path, 'store-newer', /Update/)
  })

  test('of another program is refused and left alone', async () => {
    const path = join(await temporaryFolder(), 'other.db')
    const db = new DatabaseSync(path)
    db.exec('CREATE TABLE notes (text TEXT)')
    db.close()
    await expectRefusal(path, 'not-a-store', /another path/)
  })

  test('with rubbish in it is refused and left alone', async () => {
    const path = join(await temporaryFolder(), 'features.db')
    for (const rubbish of ['x', 'not a database\n'.repeat(1000)]) {
      await writeFile(path, rubbish)
      await expectRefusal(path, 'store-damaged', /Restore/)
    }
  })

  test.for([10, 100, 5000, 8192])('cut to %i bytes is refused and left alone', async (length) => {
    const path = join(await temporaryFolder(), 'features.db')
    await filledStore(path, 1000)
    await truncate(path, length)
    await expectRefusal(path, 'store-damaged', /Restore/)
  })

  test('damaged within is told on reading', async () => {
    const path = join(await temporaryFolder(), 'features.db')
    await filledStore(path, 2000)
    const { size } = await stat(path)
    const file = await open(path, 'r+')
    for (let at = 3 * 4096; at < size; at += 4096) await file.write(Buffer.alloc(4096, 0xff), 0, 4096, at)
    await file.close()
    const store = await openSqliteStore({ path, clock })
    await expect(readAll(store, sampleGroup)).rejects.toMatchObject({ code: 'store-damaged', where: path })
    await store.close()
  })
})

describe('a place that cannot be written', () => {
  test('a folder that is a file', async () => {
    const file = join(await temporaryFolder(), 'file')
    await writeFile(file, '')
    const path = join(file, 'features.db')
    const refusal = await openSqliteStore({ path, clock }).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'state-unwritable', fault: 'input', where: path })
  })

  test.runIf(process.platform === 'linux')('a folder that nobody can create', async () => {
    const path = '/proc/airq/features.db'
    await expect(openSqliteStore({ path, clock })).rejects.toMatchObject({ code: 'state-unwritable' })
  })

  test('a file that is a folder', async () => {
    const path = join(await temporaryFolder(), 'features.db')
    await mkdir(path)
    await expect(openSqliteStore({ path, clock })).rejects.toMatchObject({ code: 'state-unwritable' })
  })
})

describe('a read-only store', () => {
  test('is not created', async () => {
    const folder = await temporaryFolder()
    const opening = openSqliteStore({ path: join(folder, 'features.db'), clock, readOnly: true })
    await expect(opening).rejects.toMatchObject({ code: 'not-a-store', fault: 'input' })
    expect(await readdir(folder)).toEqual([])
  })

  test('reads, verifies and refuses to write', async () => {
    const path = join(await temporaryFolder(), 'features.db')
    await filledStore(path)
    const store = await openSqliteStore({ path, clock, readOnly: true })
    await store.ensure(sampleGroup)
    expect(await readAll(store, sampleGroup)).toHaveLength(3)
    await expect(store.upsert(sampleGroup, [sampleRow(1)])).rejects.toMatchObject({
      code: 'state-unwritable',
    })
    await expect(store.ensure(appendedGroup)).rejects.toMatchObject({ code: 'state-unwritable' })
    await store.close()
  })
})

describe('locks and engines', () => {
  test('a lock that stays makes the call busy, and one that goes lets it through', async () => {
    const path = join(await temporaryFolder(), 'features.db')
    await filledStore(path)
    const other = new DatabaseSync(path)
    const hasty = await openSqliteStore({ path, clock, busyTimeoutMs: 1 })
    const patient = await openSqliteStore({ path, clock })
    other.exec('BEGIN IMMEDIATE')
    const rows = [sampleRow(9)]
    await expect(hasty.upsert(sampleGroup, rows)).rejects.toMatchObject({ code: 'busy', retryable: true })
    await hasty.ensure(sampleGroup)
    expect(await readAll(hasty, sampleGroup)).toHaveLength(3)
    const waiting = patient.upsert(sampleGroup, rows)
    other.exec('COMMIT')
    expect(await waiting).toEqual({ written: 1, unchanged: 0 })
    for (const store of [hasty, patient, other]) await store.close()
  })

  test('a wait for a lock can be aborted', async () => {
    const path = join(await temporaryFolder(), 'features.db')
    await filledStore(path)
    const other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')
    const store = await openSqliteStore({ path, clock, busyTimeoutMs: 60_000 })
    const controller = new AbortController()
    const waiting = store.upsert(sampleGroup, [sampleRow(9)], { signal: controller.signal })
    setTimeout(() => {
      controller.abort()
    }, 30)
    await expect(waiting).rejects.toMatchObject({ code: 'aborted' })
    other.close()
    await store.close()
  })

  test('a read sees the store as it was when it began', async () => {
    const path = join(await temporaryFolder(), 'features.db')
    await filledStore(path, 6000)
    const store = await openSqliteStore({ path, clock })
    const labels: (string | null)[] = []
    for await (const batch of store.read(sampleGroup)) {
      await store.upsert(sampleGroup, [sampleRow(5999, { label: 'later' })])
      labels.push(...batch.map((row) => row.label))
    }
    expect(labels).not.toContain('later')
    await store.close()
  })

  test('another engine of the same shape may be handed in', async () => {
    const opened: boolean[] = []
    const openDatabase: OpenDatabase = (path, { readOnly, timeout }) => {
      opened.push(readOnly)
      return new DatabaseSync(path, { readOnly, timeout })
    }
    const store = await openSqliteStore({
      path: join(await temporaryFolder(), 'features.db'),
      clock,
      openDatabase,
    })
    await store.ensure(sampleGroup)
    expect(await readAll(store, sampleGroup)).toEqual([])
    expect(opened).toEqual([false, true])
    await store.close()
  })

  test('a name SQLite keeps for itself is refused', async () => {
    const store = await openSqliteStore({ path: join(await temporaryFolder(), 'features.db'), clock })
    const group = { ...sampleGroup, name: 'sqlite_rows' }
    await expect(store.ensure(group)).rejects.toMatchObject({ code: 'bad-definition' })
    await store.close()
  })
})
