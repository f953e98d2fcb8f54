import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'

import { onTestFinished } from 'vitest'

import { openSqliteStore, type SqliteFeatureStore, type SqliteStoreOptions } from '../../src/sqlite/index.ts'
import { handClock, type HandClock } from '../clocks.ts'
import { temporaryFolder } from '../temporary.ts'

export interface TemporaryStore {
  readonly path: string
  readonly clock: HandClock
  readonly store: SqliteFeatureStore
  /** Another store on the same file. */
  readonly open: (options?: Partial<SqliteStoreOptions>) => Promise<SqliteFeatureStore>
}

/** An empty store in a folder of its own; it and all opened beside it are closed after the test. */
export async function temporaryStore(options: Partial<SqliteStoreOptions> = {}): Promise<TemporaryStore> {
  const clock = handClock()
  const path = join(await temporaryFolder(), 'features.db')
  const open = async (more: Partial<SqliteStoreOptions> = {}): Promise<SqliteFeatureStore> => {
    const store = await openSqliteStore({ path, clock, ...options, ...more })
    onTestFinished(() => store.close())
    return store
  }
  return { path, clock, store: await open(), open }
}

/** The rows a statement gives, or nothing for one that gives none, on a connection of its own. */
export function sql(path: string, statement: string): Record<string, unknown>[] {
  const db = new DatabaseSync(path)
  try {
    return db
      .prepare(statement)
      .all()
      .map((row) => ({ ...row }))
  } finally {
    db.close()
  }
}
