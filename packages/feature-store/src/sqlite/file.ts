import { dirname } from 'node:path'

import { FeatureStoreError } from '../errors.ts'
import { numberFrom, type OpenDatabase, type SqliteDatabase } from './engine.ts'
import { codeOf, damaged, retryWhileBusy, storeFailure, unwritable } from './failures.ts'
import { formatVersion, initialise, isEmpty, readFormat } from './format.ts'
import { migrate } from './migrate.ts'
import { fs } from './node-fs.ts'

/** The longest one statement blocks the thread for a lock; waiting on is asynchronous. */
const blockingMs = 20

/** Bytes; https://sqlite.org/fileformat.html section 1.3.2. */
const smallestPage = 512

export interface FileOptions {
  readonly path: string
  readonly readOnly: boolean
  readonly busyTimeoutMs: number
  readonly openDatabase: OpenDatabase
}

export interface OpenFile {
  readonly db: SqliteDatabase
  /** 1 for an older file that is only read. */
  readonly format: number
  /** The file lies where nothing can be written, not even a lock. */
  readonly immutable: boolean
  /** Device and number of the file: another file under the same name has others. */
  readonly identity: string | undefined
}

/** Opens the file, or creates it (0600, its folder 0700). A file that is not a store is left as it is. */
export async function openFile(file: FileOptions): Promise<OpenFile> {
  if (file.readOnly) requireFile(file.path)
  else createFile(file.path)
  refuseFragment(file.path)
  const identity = fileIdentity(file.path)
  if (!file.readOnly) return { ...(await openWriter(file)), immutable: false, identity }
  try {
    return { ...(await openToRead(file, false)), immutable: false, identity }
  } catch (error) {
    if (!isSealed(file.path, error)) throw error
    return { ...(await openToRead(file, true)), immutable: true, identity }
  }
}

/** A second connection that sees the store as it is when its statement starts. */
export async function openReader(file: FileOptions, { immutable }: OpenFile): Promise<SqliteDatabase> {
  return connect(file, { readOnly: true, immutable })
}

/** `undefined` where there is no file. */
export function fileIdentity(path: string): string | undefined {
  const found = fs.statSync(path, { bigint: true, throwIfNoEntry: false })
  return found === undefined ? undefined : `${String(found.dev)}:${String(found.ino)}`
}

async function openWriter(file: FileOptions): Promise<{ db: SqliteDatabase; format: number }> {
  const db = await connect(file, { readOnly: false, immutable: false })
  try {
    await retryWhileBusy(file.path, file.busyTimeoutMs, undefined, async () => {
      if (isEmpty(db)) initialise(db)
      const format = readFormat(db, file.path)
      requireWholePages(db, file.path)
      // A store restored from a backup is not in WAL mode, and its readers would keep writers out.
      db.exec('PRAGMA journal_mode = WAL')
      if (format < formatVersion) {
        await migrate(db, file.path, () => connect(file, { readOnly: false, immutable: false }))
      }
      tune(db)
    })
    return { db, format: formatVersion }
  } catch (error) {
    db.close()
    throw error
  }
}

async function openToRead(
  file: FileOptions,
  immutable: boolean,
): Promise<{ db: SqliteDatabase; format: number }> {
  const db = await connect(file, { readOnly: true, immutable })
  try {
    return await retryWhileBusy(file.path, file.busyTimeoutMs, undefined, () => {
      const format = readFormat(db, file.path)
      requireWholePages(db, file.path)
      return { db, format }
    })
  } catch (error) {
    db.close()
    throw error
  }
}

async function connect(
  { path, busyTimeoutMs, openDatabase }: FileOptions,
  options: { readonly readOnly: boolean; readonly immutable: boolean },
): Promise<SqliteDatabase> {
  return retryWhileBusy(path, busyTimeoutMs, undefined, async () =>
    openDatabase(path, { ...options, timeout: blockingMs }),
  )
}

/**
 * True for a store that was closed in order and lies where SQLite can create no lock file: it can be read as
 * it lies. With rows left in a WAL it cannot.
 */
function isSealed(path: string, error: unknown): boolean {
  if (storeFailure(error, path).code !== 'state-unwritable') return false
  return sizeOf(`${path}-wal`) === 0
}

/** SQLite reads what is missing of a last page as zeros. With a WAL the page may be whole there. */
function requireWholePages(db: SqliteDatabase, path: string): void {
  if (sizeOf(`${path}-wal`) > 0 || sizeOf(path) % numberFrom(db, 'PRAGMA page_size') === 0) return
  throw damaged(path, 'its end is missing')
}

/** Bytes; 0 where there is no file. */
function sizeOf(path: string): number {
  return fs.statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

function tune(db: SqliteDatabase): void {
  // A kill -9 is survived with NORMAL as well; FULL also keeps acknowledged rows through a power cut. A run
  // commits a handful of times, so the extra fsync of each commit is not felt.
  db.exec('PRAGMA synchronous = FULL')
  // 64 MiB: the day of ten thousand stations falls on as many places of the file.
  db.exec('PRAGMA cache_size = -65536')
  // The WAL of a long transaction is cut back to 64 MiB.
  db.exec('PRAGMA journal_size_limit = 67108864')
}

/**
 * Here and below the file itself is looked at, never opened: closing any handle of it would drop the locks
 * SQLite holds for other stores of this process, and another process might then remove the WAL they write to.
 * https://sqlite.org/howtocorrupt.html section 2.2
 */
function createFile(path: string): void {
  try {
    if (exists(path)) return
    makeFolder(dirname(path))
    // SQLite gives its -wal and -shm files the permissions of this one.
    fs.closeSync(fs.openSync(path, 'wx', 0o600))
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return
    const failure = storeFailure(error, path)
    if (failure.code === 'disk-full') throw failure
    throw unwritable(path, error instanceof Error ? error.message : String(error), error)
  }
}

function requireFile(path: string): void {
  if (exists(path)) return
  throw new FeatureStoreError('not-a-store', `There is no feature store at ${path}.`, {
    fault: 'input',
    where: path,
    hint: 'Run a pipeline that writes features first, or correct the path.',
  })
}

/** SQLite takes a file of a few bytes for an empty database and would write over it. */
function refuseFragment(path: string): void {
  const size = sizeOf(path)
  if (size > 0 && size < smallestPage)
    throw damaged(path, 'it is not a SQLite file, or only the beginning of one')
}

function exists(path: string): boolean {
  try {
    return fs.statSync(path, { throwIfNoEntry: false }) !== undefined
  } catch (error) {
    throw unwritable(path, error instanceof Error ? error.message : String(error), error)
  }
}

/** Not `mkdir` with `recursive`: that tries for ever where nothing can be created, as under /proc. */
function makeFolder(path: string): void {
  if (isFolder(path)) return
  if (dirname(path) !== path) makeFolder(dirname(path))
  try {
    fs.mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // Another process may have been faster.
    if (codeOf(error) !== 'EEXIST') throw error
  }
}

function isFolder(path: string): boolean {
  try {
    return fs.statSync(path).isDirectory()
  } catch {
    return false
  }
}
