import { spawnSync } from 'node:child_process'
import { chmod, open, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { describe, expect, onTestFinished, test } from 'vitest'

import { FeatureStoreError } from '../src/index.ts'
import { openSqliteStore, type OpenDatabase, type SqliteStatement } from '../src/sqlite/index.ts'
import { readAll } from '../src/testing/harness.ts'
import { sampleGroup, sampleRow } from '../src/testing/sample-groups.ts'
import { finished, sourcePath, startProgram } from './support/programs.ts'
import { temporaryStore, type TemporaryStore } from './support/stores.ts'
import { temporaryFolder } from './temporary.ts'

const rows = Array.from({ length: 600 }, (_, slot) => sampleRow(slot))
const clock = { now: () => 0 }
/** The Linux command that runs another with mounts of its own. */
const namespace = 'unshare'

async function closedStore(): Promise<string> {
  const path = join(await temporaryFolder(), 'features.db')
  const store = await openSqliteStore({ path, clock })
  await store.ensure(sampleGroup)
  await store.upsert(sampleGroup, rows)
  await store.upsert(sampleGroup, [sampleRow(1, { value: -1 })])
  await store.close()
  return path
}

/** Everything a program may do with a file: it works, or an error of the store says what is wrong. */
async function useAll(path: string): Promise<string[]> {
  const codes: string[] = []
  const attempt = async <T>(call: () => Promise<T>): Promise<T | undefined> =>
    call().catch((error: unknown) => {
      if (!FeatureStoreError.isInstance(error)) throw error
      codes.push(error.code)
      return undefined
    })
  for (const readOnly of [true, false]) {
    const store = await attempt(() => openSqliteStore({ path, clock, readOnly, busyTimeoutMs: 100 }))
    if (store === undefined) continue
    await attempt(() => readAll(store, sampleGroup))
    await attempt(() => readAll(store, sampleGroup, { asOf: 1 }))
    await attempt(() => store.describe(sampleGroup))
    await attempt(() => store.groups())
    const verified = await attempt(() => store.verify())
    if ((verified?.problems.length ?? 0) > 0) codes.push('problems')
    if (!readOnly) await attempt(() => store.upsert(sampleGroup, [sampleRow(1), sampleRow(5001)]))
    await store.close()
  }
  return codes
}

describe('a damaged file', () => {
  test(
    'whatever byte is wrong, there is no other error than the store’s own',
    { timeout: 60_000 },
    async () => {
      const sound = await readFile(await closedStore())
      const path = join(await temporaryFolder(), 'features.db')
      let seed = 1
      const random = (below: number): number => {
        seed = (seed * 48_271) % 2_147_483_647
        return seed % below
      }
      const seen = new Set<string>()
      for (let round = 0; round < 80; round += 1) {
        const spoiled = Buffer.from(sound)
        // Every second time within the first 100 bytes of a page, where the structure lies.
        const page = random(spoiled.length / 4096) * 4096
        const at = page + random(round % 2 === 0 ? 100 : 4096)
        spoiled[at] = (spoiled[at] ?? 0) ^ (1 << random(8))
        await removeStore(path)
        await writeFile(path, spoiled)
        for (const code of await useAll(path)) seen.add(code)
      }
      expect(seen).toContain('store-damaged')
      expect(seen).toContain('problems')
      const expected = [
        'store-damaged',
        'problems',
        'not-a-store',
        'store-newer',
        'schema-mismatch',
        'group-missing',
      ]
      // A flipped bit of a stamp, a name or a version is a store of its own kind.
      expect(
        [...seen].filter((code) => ![...expected, 'bad-query', 'state-unwritable'].includes(code)),
      ).toEqual([])
    },
  )

  test('cut at any length it is refused or read without what is gone, never changed by a reader', async () => {
    const sound = await readFile(await closedStore())
    const path = join(await temporaryFolder(), 'features.db')
    for (const length of [1, 99, 511, 512, 4096, 4097, 12_288, sound.length - 512, sound.length - 1]) {
      await removeStore(path)
      await writeFile(path, sound)
      await truncate(path, length)
      const codes = await useAll(path)
      expect(codes, `cut to ${String(length)}`).not.toEqual([])
    }
  })

  test('a WAL of rubbish beside a sound file is passed over', async () => {
    const path = await closedStore()
    await writeFile(`${path}-wal`, Buffer.alloc(10_000, 0x5a))
    expect(await useAll(path)).toEqual([])
  })

  test('a WAL cut short keeps whole transactions only', async () => {
    const { store, path } = await temporaryStore()
    await store.ensure(sampleGroup)
    for (const station of ['a', 'b', 'c']) {
      await store.upsert(
        sampleGroup,
        rows.map((row) => ({ ...row, station })),
      )
    }
    const copy = join(await temporaryFolder(), 'features.db')
    const [file, wal] = [await readFile(path), await readFile(`${path}-wal`)]
    for (const share of [0.3, 0.5, 0.8, 0.999]) {
      await removeStore(copy)
      await writeFile(copy, file)
      await writeFile(`${copy}-wal`, wal.subarray(0, Math.floor(wal.length * share)))
      const opened = await openSqliteStore({ path: copy, clock })
      const counts = new Map<string, number>()
      const left = await readAll(opened, sampleGroup).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'group-missing' })
        return []
      })
      for (const { station } of left) counts.set(station, (counts.get(station) ?? 0) + 1)
      expect([...counts.values()].every((count) => count === rows.length)).toBe(true)
      expect((await opened.verify()).problems).toEqual([])
      await opened.close()
    }
  })

  test('another program’s file put in its place is refused, and left as it is', async () => {
    const path = await closedStore()
    const other = `${path}.other`
    const db = new DatabaseSync(other)
    db.exec(`PRAGMA journal_mode = WAL; CREATE TABLE contract_rows_v1 (station TEXT)`)
    db.close()
    const before = await readFile(other)
    await rename(other, path)
    expect(await useAll(path)).toEqual(['not-a-store', 'not-a-store'])
    expect((await readFile(path)).equals(before)).toBe(true)
  })

  test('a page spoiled while the store is open is told by the next read', async () => {
    const { store, path, open: openAgain } = await temporaryStore()
    await store.ensure(sampleGroup)
    await store.upsert(sampleGroup, rows)
    await store.close()
    const reader = await openAgain({ readOnly: true })
    const file = await open(path, 'r+')
    onTestFinished(() => file.close())
    const { size } = await stat(path)
    for (let at = 4096; at < size; at += 4096) await file.write(Buffer.alloc(4096, 0xff), 0, 4096, at)
    await expect(readAll(reader, sampleGroup)).rejects.toMatchObject({
      code: 'store-damaged',
      hint: expect.stringContaining('Restore'),
    })
  })
})

describe('a full disk', () => {
  test('stops a write with what to do; nothing is half-written and the same call works once there is space', async () => {
    const { store, disk } = await storeOnDisk()
    await store.upsert(sampleGroup, [sampleRow(9000)])
    disk.statementsLeft = 5
    await expect(store.upsert(sampleGroup, rows)).rejects.toMatchObject({
      code: 'disk-full',
      fault: 'run',
      retryable: true,
      hint: expect.stringContaining('Free some space'),
    })
    expect(await readAll(store, sampleGroup)).toEqual([sampleRow(9000)])
    disk.statementsLeft = Infinity
    expect(await store.upsert(sampleGroup, rows)).toEqual({ written: 600, unchanged: 0 })
  })

  const mounts =
    process.platform === 'linux' && spawnSync(namespace, [...'-m -r true'.split(' ')]).status === 0
  // Needs a mount of its own, which Linux gives in a namespace.
  test.runIf(mounts)(
    'of 3 MiB: writes, WAL and backup end in disk-full, and all goes on afterwards',
    async () => {
      const folder = await temporaryFolder()
      const program = `mount -t tmpfs -o size=3m tmpfs "$1" && exec "$2" --conditions=@airq/source "$3" "$1"`
      const { stdout, stderr } = spawnSync(
        namespace,
        [
          '-m',
          '-r',
          'sh',
          '-c',
          program,
          'sh',
          folder,
          process.execPath,
          sourcePath('fixtures/full-disk.ts'),
        ],
        { encoding: 'utf8' },
      )
      expect(stderr).toBe('')
      expect(JSON.parse(stdout)).toEqual({
        'a small upsert': 'disk-full',
        'rows are the acknowledged ones': true,
        'a backup': 'disk-full',
        'a new store': 'disk-full',
        'files left': [],
        'a small upsert with space again': 'done',
        'an upsert larger than the disk': 'disk-full',
        'nothing of it is there': 0,
        'rows after all that': 200,
        'problems when opened again': [],
      })
    },
  )
})

describe('a folder that cannot be written', () => {
  test.skipIf(process.platform === 'win32')(
    'its store is read and verified, and writing refused',
    async () => {
      const path = await closedStore()
      await chmod(dirname(path), 0o555)
      await chmod(path, 0o444)
      onTestFinished(() => chmod(dirname(path), 0o700))
      // Root may write everywhere.
      const other = process.getuid?.() === 0 ? { uid: 65_534 } : {}
      const { code, stdout, stderr } = await finished(startProgram('fixtures/reader.ts', [path], other))
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(JSON.parse(stdout)).toEqual({ rows: 600, problems: [], writing: 'state-unwritable' })
      expect(await readdir(dirname(path))).toEqual(['features.db'])
    },
  )
})

interface Disk {
  statementsLeft: number
}

/** `node:sqlite` on a disk that is full after so many more statements. */
async function storeOnDisk(): Promise<TemporaryStore & { readonly disk: Disk }> {
  const disk = { statementsLeft: Infinity }
  const openDatabase: OpenDatabase = (path, { readOnly, timeout }) => {
    const db = new DatabaseSync(path, { readOnly, timeout })
    const prepare = (sql: string): SqliteStatement => {
      const statement = db.prepare(sql)
      return {
        get: (...values) => statement.get(...values),
        all: (...values) => statement.all(...values),
        run: (...values) => {
          disk.statementsLeft -= 1
          if (disk.statementsLeft >= 0) return statement.run(...values)
          db.exec('ROLLBACK')
          throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' })
        },
      }
    }
    return {
      exec: (sql) => {
        db.exec(sql)
      },
      prepare,
      close: () => {
        db.close()
      },
    }
  }
  const opened = await temporaryStore({ openDatabase })
  await opened.store.ensure(sampleGroup)
  return { ...opened, disk }
}

async function removeStore(path: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm']) await rm(`${path}${suffix}`, { force: true })
}
