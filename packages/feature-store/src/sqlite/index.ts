import { resolve } from 'node:path'

import type { AnyFeatureGroup, CallOptions, FeatureStore } from '../types.ts'
import type { CompactOptions, CompactReport } from './compact.ts'
import { Connections } from './connections.ts'
import { openNodeSqlite, type OpenDatabase } from './engine.ts'
import { openFile } from './file.ts'
import { SqliteStore } from './sqlite-store.ts'
import type { StoredGroup } from './stored-definition.ts'
import type { Verification } from './verify.ts'

export type { CompactOptions, CompactReport } from './compact.ts'
export type {
  OpenDatabase,
  OpenDatabaseOptions,
  SqliteDatabase,
  SqliteStatement,
  SqlValue,
} from './engine.ts'
export type { StoredGroup } from './stored-definition.ts'
export type { StoreProblem, Verification, VerifiedGroup } from './verify.ts'

export interface SqliteStoreOptions {
  /** The file. It is created with mode 0600, its folder with 0700. */
  readonly path: string
  /** Stamps `created_at`, which never decreases, and times leases. */
  readonly clock: { now(): number }
  /** Default false. A read-only store never creates anything. */
  readonly readOnly?: boolean
  /** How long a call waits for another process's lock, milliseconds; it can be aborted. Default a minute. */
  readonly busyTimeoutMs?: number
  /** Default: `node:sqlite`. Another engine of the same shape may stand in. */
  readonly openDatabase?: OpenDatabase
}

/** The embedded store: the port, and the care of its file. */
export interface SqliteFeatureStore extends FeatureStore {
  /** The groups the file holds. */
  groups(options?: CallOptions): Promise<StoredGroup[]>
  /** Removes revisions, or rows of old events. Others may use the store meanwhile; aborted, call it again. */
  compact(group: AnyFeatureGroup, options: CompactOptions): Promise<CompactReport>
  /** Gives the space of removed rows back to the disk. Takes as much space as the store while it runs. */
  vacuum(options?: CallOptions): Promise<void>
  /** Copies the store, in use as it may be, into a new file. @throws FeatureStoreError `target-exists` */
  backup(target: string, options?: CallOptions): Promise<void>
  /** Checks the file, every row against its schema, and the revisions. Changes nothing. */
  verify(options?: CallOptions): Promise<Verification>
}

/**
 * The embedded store: one SQLite file that several processes may use at once. A file of an older format is
 * migrated, with a copy of it put beside it; read-only it is read as it is, without `asOf`.
 * @throws FeatureStoreError `state-unwritable`, `not-a-store`, `store-newer`, `store-damaged`, `disk-full`,
 * `busy`, `engine-missing`
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<SqliteFeatureStore> {
  const { clock } = options
  const settings = {
    path: resolve(options.path),
    now: () => clock.now(),
    readOnly: options.readOnly ?? false,
    busyTimeoutMs: options.busyTimeoutMs ?? 60_000,
    openDatabase: options.openDatabase ?? openNodeSqlite,
  }
  return new SqliteStore(new Connections(await openFile(settings), settings), settings)
}
