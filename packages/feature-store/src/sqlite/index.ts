import { resolve } from 'node:path'

import type { FeatureStore } from '../types.ts'
import { openNodeSqlite, type OpenDatabase } from './engine.ts'
import { openFile } from './file.ts'
import { SqliteStore, type StoreOptions } from './sqlite-store.ts'

export type {
  OpenDatabase,
  OpenDatabaseOptions,
  SqliteDatabase,
  SqliteStatement,
  SqlValue,
} from './engine.ts'

export interface SqliteStoreOptions {
  /** The file. It is created with mode 0600, its folder with 0700. */
  readonly path: string
  /** Stamps `created_at`. */
  readonly clock: { now(): number }
  /** Default false. A read-only store never creates anything. */
  readonly readOnly?: boolean
  /** How long a call waits for another process's lock, milliseconds. Default 5,000. */
  readonly busyTimeoutMs?: number
  /** Default: `node:sqlite`. Another engine of the same shape may stand in. */
  readonly openDatabase?: OpenDatabase
}

/**
 * The embedded store: one SQLite file that several processes may use at once.
 * @throws FeatureStoreError `state-unwritable`, `not-a-store`, `store-newer`, `store-damaged`, `busy`,
 * `engine-missing`
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<FeatureStore> {
  const { clock } = options
  const settings: StoreOptions = {
    path: resolve(options.path),
    now: () => clock.now(),
    readOnly: options.readOnly ?? false,
    busyTimeoutMs: options.busyTimeoutMs ?? 5000,
    openDatabase: options.openDatabase ?? openNodeSqlite,
  }
  return new SqliteStore(await openFile(settings), settings)
}
