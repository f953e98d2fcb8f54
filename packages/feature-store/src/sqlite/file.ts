import { mkdir, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

import { FeatureStoreError } from '../errors.ts'
import type { OpenDatabase, SqliteDatabase } from './engine.ts'
import { damaged, retryWhileBusy, unwritable } from './failures.ts'

/** "airq" in ASCII, in the header of every store: tells it from any other SQLite file. */
const applicationId = 0x61697271
/** Kept as `user_version`: how groups are laid out in the file. */
const formatVersion = 1

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

/** Opens the file, or creates it (0600, its folder 0700). A file that is not a store is left as it is. */
export async function openFile(file: FileOptions): Promise<SqliteDatabase> {
  await (file.readOnly ? requireFile(file.path) : createFile(file.path))
  await requireHeader(file.path)
  const db = await connect(file, file.readOnly)
  try {
    await retryWhileBusy(file.path, file.busyTimeoutMs, undefined, () => {
      if (isEmpty(db) && !file.readOnly) initialise(db)
      else checkFormat(db, file.path)
      if (!file.readOnly) makeDurable(db)
    })
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** A second connection that sees the store as it is when its statement starts. */
export async function openReader(file: FileOptions): Promise<SqliteDatabase> {
  return connect(file, true)
}

async function connect(file: FileOptions, readOnly: boolean): Promise<SqliteDatabase> {
  return retryWhileBusy(file.path, file.busyTimeoutMs, undefined, async () =>
    file.openDatabase(file.path, { readOnly, timeout: blockingMs }),
  )
}

async function requireFile(path: string): Promise<void> {
  await stat(path).catch((cause: unknown) => {
    throw new FeatureStoreError('not-a-store', `There is no feature store at ${path}.`, {
      fault: 'input',
      where: path,
      hint: 'Run a pipeline that writes features first, or correct the path.',
      cause,
    })
  })
}

async function createFile(path: string): Promise<void> {
  try {
    await makeFolder(dirname(path))
    // SQLite gives its -wal and -shm files the permissions of this one.
    await (await open(path, 'a', 0o600)).close()
  } catch (error) {
    throw unwritable(path, error instanceof Error ? error.message : String(error), error)
  }
}

/** Not `mkdir` with `recursive`: that tries for ever where nothing can be created, as under /proc. */
async function makeFolder(path: string): Promise<void> {
  const existing = await stat(path).catch(() => undefined)
  if (existing?.isDirectory() === true) return
  if (dirname(path) !== path) await makeFolder(dirname(path))
  await mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
    // Another process may have been faster.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  })
}

/** SQLite takes a file of a few bytes for an empty database and would write over it. */
async function requireHeader(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(smallestPage), 0, smallestPage, 0)
    if (bytesRead === 0) return
    if (bytesRead < smallestPage || !buffer.toString('latin1').startsWith('SQLite format 3\0')) {
      throw damaged(path, 'it is not a SQLite file, or only the beginning of one')
    }
  } finally {
    await file.close()
  }
}

function isEmpty(db: SqliteDatabase): boolean {
  return pragma(db, 'application_id') === 0 && pragma(db, 'user_version') === 0 && objectCount(db) === 0
}

function initialise(db: SqliteDatabase): void {
  db.exec('PRAGMA journal_mode = WAL')
  db.exec('BEGIN IMMEDIATE')
  try {
    if (isEmpty(db)) {
      db.exec(`PRAGMA application_id = ${String(applicationId)}`)
      db.exec(`PRAGMA user_version = ${String(formatVersion)}`)
      db.exec(
        `CREATE TABLE feature_groups (name TEXT NOT NULL, version INTEGER NOT NULL, definition TEXT NOT NULL,
         created_at INTEGER NOT NULL, PRIMARY KEY (name, version)) STRICT, WITHOUT ROWID`,
      )
    }
    db.exec('COMMIT')
  } catch (error) {
    db.exec('ROLLBACK')
    throw error
  }
}

function checkFormat(db: SqliteDatabase, path: string): void {
  if (pragma(db, 'application_id') !== applicationId) {
    throw new FeatureStoreError('not-a-store', `${path} is a SQLite file, but not a feature store.`, {
      fault: 'input',
      where: path,
      hint: 'Choose another path for the feature store; the file was not changed.',
    })
  }
  const version = pragma(db, 'user_version')
  if (version > formatVersion) {
    throw new FeatureStoreError(
      'store-newer',
      `${path} has format ${String(version)}; this version reads format ${String(formatVersion)}.`,
      { fault: 'input', where: path, hint: 'Update the program that reads it; the file was not changed.' },
    )
  }
}

function makeDurable(db: SqliteDatabase): void {
  // A kill -9 is survived with NORMAL as well; FULL also keeps acknowledged rows through a power cut. A run
  // commits a handful of times, so the extra fsync of each commit is not felt.
  db.exec('PRAGMA synchronous = FULL')
}

function objectCount(db: SqliteDatabase): number {
  return numberIn(db.prepare('SELECT count(*) AS n FROM sqlite_schema').get(), 'n')
}

function pragma(db: SqliteDatabase, name: 'application_id' | 'user_version'): number {
  return numberIn(db.prepare(`PRAGMA ${name}`).get(), name)
}

function numberIn(row: unknown, column: string): number {
  const value: unknown = typeof row === 'object' && row !== null ? Reflect.get(row, column) : undefined
  return typeof value === 'number' ? value : Number.NaN
}
