import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { SqliteFeatureStore } from '@airq/feature-store/sqlite'
import type { Session } from './session.ts'

/** How the file of the embedded store can be read without leaving anything beside it. */
export interface EmbeddedFile {
  readonly path: string
  readonly bytes: number
  /** True where nobody writes to it: SQLite then needs no lock file. */
  readonly immutable: boolean
  /** Rows of a run that ended hard wait beside the file; the next run takes them in. */
  readonly unmerged: boolean
}

/** `null`: there is none yet. */
export async function findEmbeddedFile({ context }: Session): Promise<EmbeddedFile | null> {
  const path = join(context.stateDir, 'feature-store.sqlite')
  const bytes = await sizeOf(path)
  if (bytes === null) return null
  const waiting = ((await sizeOf(`${path}-wal`)) ?? 0) > 0
  // With its lock file there, reading makes none; without one, whoever wrote is gone.
  const inUse = waiting && (await sizeOf(`${path}-shm`)) !== null
  return { path, bytes, immutable: !inUse, unmerged: waiting && !inUse }
}

/** A connection that changes nothing and makes no file. */
export async function openDatabase({ path, immutable }: EmbeddedFile) {
  const { DatabaseSync } = await import('node:sqlite')
  const name = immutable ? `${pathToFileURL(path).href}?immutable=1` : path
  return new DatabaseSync(name, { readOnly: true, timeout: 20 })
}

/** The store on such connections. */
export async function openEmbeddedStore({ io }: Session, file: EmbeddedFile): Promise<SqliteFeatureStore> {
  const { openSqliteStore } = await import('@airq/feature-store/sqlite')
  return openSqliteStore({
    path: file.path,
    clock: io.clock,
    readOnly: true,
    busyTimeoutMs: 2000,
    openDatabase: async () => openDatabase(file),
  })
}

async function sizeOf(path: string): Promise<number | null> {
  return stat(path).then(
    ({ size }) => size,
    () => null,
  )
}
