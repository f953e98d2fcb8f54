import { pathToFileURL } from 'node:url'

import { FeatureStoreError } from '../errors.ts'

export type SqlValue = string | number | null

/** The part of `node:sqlite` in use. better-sqlite3 fits it too. */
export interface SqliteDatabase {
  exec(sql: string): unknown
  prepare(sql: string): SqliteStatement
  close(): unknown
}

export interface SqliteStatement {
  run(...values: SqlValue[]): { readonly changes: number | bigint }
  get(...values: SqlValue[]): unknown
  all(...values: SqlValue[]): unknown[]
  /** Rows as arrays: `node:sqlite` builds them in half the time of objects. */
  setReturnArrays?(enabled: boolean): unknown
}

export interface OpenDatabaseOptions {
  readonly readOnly: boolean
  /** How long a statement may block the thread for a lock, milliseconds. */
  readonly timeout: number
  /** True for a file in a folder that cannot be written: open it without locks and without a WAL. */
  readonly immutable?: boolean
}

export type OpenDatabase = (
  path: string,
  options: OpenDatabaseOptions,
) => SqliteDatabase | Promise<SqliteDatabase>

/** Loaded here and not at the top: a program that never opens a store runs without `node:sqlite`. */
export const openNodeSqlite: OpenDatabase = async (path, { readOnly, timeout, immutable = false }) => {
  const { DatabaseSync } = await import('node:sqlite').catch((cause: unknown) => {
    throw new FeatureStoreError('engine-missing', 'This Node has no node:sqlite.', {
      fault: 'input',
      hint: 'Run Node 22.13 or newer, or hand in another engine as openDatabase.',
      cause,
    })
  })
  const name = immutable ? `${pathToFileURL(path).href}?immutable=1` : path
  return new DatabaseSync(name, { readOnly, timeout })
}

/** A column of the one row a statement gives; `NaN` where there is none. */
export function numberFrom(db: SqliteDatabase, sql: string, ...values: SqlValue[]): number {
  const row = db.prepare(sql).get(...values)
  const value: unknown = typeof row === 'object' && row !== null ? Object.values(row)[0] : undefined
  return typeof value === 'number' ? value : Number.NaN
}

/** The transaction is the caller's own and nothing waits within it. */
export function inTransaction<T>(db: SqliteDatabase, work: () => T): T {
  db.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    db.exec('COMMIT')
    return result
  } catch (error) {
    rollback(db)
    throw error
  }
}

export function rollback(db: SqliteDatabase): void {
  try {
    db.exec('ROLLBACK')
  } catch {
    // After a full disk and the like SQLite has rolled back by itself; the first error is the one to tell.
  }
}
