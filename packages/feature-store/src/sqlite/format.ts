import { FeatureStoreError } from '../errors.ts'
import { inTransaction, numberFrom, type SqliteDatabase } from './engine.ts'

/** "airq" in ASCII, in the header of every store: tells it from any other SQLite file. */
const applicationId = 0x61697271

/** Kept as `user_version`: how groups are laid out in the file. 1 had no revisions and no leases. */
export const formatVersion = 2

/** Created with the file, and by the migration of format 1. */
export const stateTables = `
  CREATE TABLE store_state (name TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE leases (name TEXT NOT NULL PRIMARY KEY, until INTEGER NOT NULL, ttl INTEGER NOT NULL,
    fence INTEGER NOT NULL) STRICT, WITHOUT ROWID`

export function isEmpty(db: SqliteDatabase): boolean {
  return (
    numberFrom(db, 'PRAGMA application_id') === 0 &&
    numberFrom(db, 'PRAGMA user_version') === 0 &&
    numberFrom(db, 'SELECT count(*) FROM sqlite_schema') === 0
  )
}

export function initialise(db: SqliteDatabase): void {
  db.exec('PRAGMA journal_mode = WAL')
  inTransaction(db, () => {
    if (!isEmpty(db)) return
    db.exec(`PRAGMA application_id = ${String(applicationId)}`)
    db.exec(`PRAGMA user_version = ${String(formatVersion)}`)
    db.exec(
      `CREATE TABLE feature_groups (name TEXT NOT NULL, version INTEGER NOT NULL, definition TEXT NOT NULL,
       created_at INTEGER NOT NULL, history_from INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (name, version))
       STRICT, WITHOUT ROWID; ${stateTables}`,
    )
  })
}

/**
 * The format of the file.
 * @throws FeatureStoreError `not-a-store`, `store-newer`
 */
export function readFormat(db: SqliteDatabase, path: string): number {
  if (numberFrom(db, 'PRAGMA application_id') !== applicationId) {
    throw new FeatureStoreError('not-a-store', `${path} is a SQLite file, but not a feature store.`, {
      fault: 'input',
      where: path,
      hint: 'Choose another path for the feature store; the file was not changed.',
    })
  }
  const version = numberFrom(db, 'PRAGMA user_version')
  if (version > formatVersion) {
    throw new FeatureStoreError(
      'store-newer',
      `${path} has format ${String(version)}; this version reads format ${String(formatVersion)}.`,
      { fault: 'input', where: path, hint: 'Update the program that reads it; the file was not changed.' },
    )
  }
  return version
}
