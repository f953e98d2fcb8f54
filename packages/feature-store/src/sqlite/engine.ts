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
  iterate(...values: SqlValue[]): IterableIterator<unknown>
}

export interface OpenDatabaseOptions {
  readonly readOnly: boolean
  /** How long a statement may block the thread for a lock, milliseconds. */
  readonly timeout: number
}

export type OpenDatabase = (
  path: string,
  options: OpenDatabaseOptions,
) => SqliteDatabase | Promise<SqliteDatabase>

/** Loaded here and not at the top: a program that never opens a store runs without `node:sqlite`. */
export const openNodeSqlite: OpenDatabase = async (path, options) => {
  const { DatabaseSync } = await import('node:sqlite').catch((cause: unknown) => {
    throw new FeatureStoreError('engine-missing', 'This Node has no node:sqlite.', {
      fault: 'input',
      hint: 'Run Node 22.13 or newer, or hand in another engine as openDatabase.',
      cause,
    })
  })
  return new DatabaseSync(path, options)
}
