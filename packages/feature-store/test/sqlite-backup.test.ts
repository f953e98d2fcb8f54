import { readdir, rename, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { expect, test } from 'vitest'

import { copyGroups } from '../src/index.ts'
import { openSqliteStore } from '../src/sqlite/index.ts'
import { readAll } from '../src/testing/harness.ts'
import { changedGroup, sampleGroup, sampleRow } from '../src/testing/sample-groups.ts'
import { temporaryFolder } from './temporary.ts'
import { sql, temporaryStore } from './support/stores.ts'

const rows = Array.from({ length: 6000 }, (_, slot) => sampleRow(slot))

test('a store in use is copied with what was committed, and the copy is a store', async () => {
  const { store, open, path, clock } = await temporaryStore()
  await store.ensure(sampleGroup)
  await store.upsert(sampleGroup, rows)
  const asOf = clock.tick()
  await store.upsert(sampleGroup, [sampleRow(0, { value: -1 })])
  const target = join(dirname(path), 'copy.db')
  // Another writer is in the middle of a transaction.
  const writing = (await open()).upsert(
    sampleGroup,
    rows.map((row) => ({ ...row, label: 'later' })),
  )
  await (await open({ readOnly: true })).backup(target)
  await writing
  expect((await stat(target)).mode & 0o777).toBe(0o600)
  expect((await readdir(dirname(path))).filter((name) => name.includes('partial'))).toEqual([])

  const copy = await open({ path: target })
  expect(await readAll(copy, sampleGroup, { asOf })).toEqual(rows)
  expect((await readAll(copy, sampleGroup))[0]).toEqual(sampleRow(0, { value: -1 }))
  expect((await copy.verify()).problems).toEqual([])
})

test('a copy that is put to use takes readers and writers at once', async () => {
  const { store, open, path } = await temporaryStore()
  await store.ensure(sampleGroup)
  await store.upsert(sampleGroup, rows)
  const target = join(dirname(path), 'copy.db')
  await store.backup(target)
  const copy = await open({ path: target, busyTimeoutMs: 1 })
  for await (const batch of copy.read(sampleGroup)) {
    await copy.upsert(sampleGroup, [sampleRow(batch.length, { label: 'while reading' })])
  }
  expect(sql(target, 'PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }])
})

test('a file that is there already is not touched', async () => {
  const { store, path } = await temporaryStore()
  await expect(store.backup(path)).rejects.toMatchObject({
    code: 'target-exists',
    fault: 'input',
    where: path,
  })
})

test('a target in no folder leaves nothing', async () => {
  const { store, path } = await temporaryStore()
  const target = join(path, 'copy.db')
  await expect(store.backup(target)).rejects.toMatchObject({ name: 'FeatureStoreError' })
})

test('copyGroups fills another store and, cut off, goes on where it stopped', async () => {
  const from = await temporaryStore()
  const to = await temporaryStore()
  await from.store.ensure(sampleGroup)
  await from.store.upsert(sampleGroup, rows)
  const controller = new AbortController()
  const cut = copyGroups(from.store, to.store, [sampleGroup], {
    signal: controller.signal,
    onBatch: () => {
      controller.abort()
    },
  })
  await expect(cut).rejects.toMatchObject({ code: 'aborted' })
  expect(await to.store.describe(sampleGroup)).toMatchObject({ rows: 5000 })
  expect(await copyGroups(from.store, to.store, [sampleGroup])).toEqual([
    { group: sampleGroup, rows: 6000, written: 1000 },
  ])
  expect(await readAll(to.store, sampleGroup)).toEqual(rows)
})

test('copyGroups into a store that holds a group otherwise writes nothing', async () => {
  const from = await temporaryStore()
  const to = await temporaryStore()
  await from.store.ensure(sampleGroup)
  await from.store.upsert(sampleGroup, [sampleRow(1)])
  await to.store.ensure(changedGroup)
  await expect(copyGroups(from.store, to.store, [sampleGroup])).rejects.toMatchObject({
    code: 'schema-mismatch',
  })
  expect(await to.store.describe(changedGroup)).toMatchObject({ rows: 0 })
})

test('a store that is replaced under its name takes no more rows', async () => {
  const { store, open, path } = await temporaryStore()
  await store.ensure(sampleGroup)
  const target = join(await temporaryFolder(), 'copy.db')
  await store.backup(target)
  await rename(target, path)
  const lost = {
    code: 'store-damaged',
    message: expect.stringContaining('replaced'),
    hint: expect.any(String),
  }
  await expect(store.upsert(sampleGroup, [sampleRow(1)])).rejects.toMatchObject(lost)
  await expect(readAll(store, sampleGroup)).rejects.toMatchObject(lost)
  await store.close()
  expect(await readAll(await open(), sampleGroup)).toEqual([])
})

test('a name SQLite would take for a URI is a file name', async () => {
  const path = join(await temporaryFolder(), 'a?mode=memory#%41.db')
  const store = await openSqliteStore({ path, clock: { now: () => 0 } })
  await store.ensure(sampleGroup)
  await store.close()
  expect(await readdir(dirname(path))).toEqual(['a?mode=memory#%41.db'])
})
