import { numberFrom, rollback, type SqliteDatabase } from './engine.ts'
import { copyDatabase } from './file-copy.ts'
import { formatVersion, readFormat, stateTables } from './format.ts'
import { createHistory, guardTables, tablesOf } from './statements.ts'
import { storedGroups } from './stored-definition.ts'

/**
 * Format 1 to 2 in one transaction, after a copy of the file has been put beside it as `PATH.v1-backup`. The
 * lock is held throughout, so the copy is what was migrated. Killed at any point, the file is still of
 * format 1 and the next opening begins again.
 * @param connect opens the same file once more: SQLite copies a file only outside of a transaction.
 */
export async function migrate(
  db: SqliteDatabase,
  path: string,
  connect: () => Promise<SqliteDatabase>,
): Promise<void> {
  db.exec('BEGIN IMMEDIATE')
  try {
    // Another process may have been faster.
    if (readFormat(db, path) < formatVersion) {
      await backUp(path, connect)
      addHistory(db, path)
    }
    db.exec('COMMIT')
  } catch (error) {
    rollback(db)
    throw error
  }
}

async function backUp(path: string, connect: () => Promise<SqliteDatabase>): Promise<void> {
  const reader = await connect()
  try {
    const target = `${path}.v1-backup`
    copyDatabase(reader, target, `${target}.partial`)
  } finally {
    reader.close()
  }
}

function addHistory(db: SqliteDatabase, path: string): void {
  db.exec(`ALTER TABLE feature_groups ADD COLUMN history_from INTEGER NOT NULL DEFAULT 0; ${stateTables}`)
  let last = 0
  for (const { group } of storedGroups(db, path)) {
    db.exec(`${createHistory(group)}; ${guardTables(group)}`)
    // What a row was before its last change is not known.
    const newest = numberFrom(db, `SELECT coalesce(max(created_at), 0) FROM ${tablesOf(group).current}`)
    db.prepare('UPDATE feature_groups SET history_from = ? WHERE name = ? AND version = ?').run(
      newest,
      group.name,
      group.version,
    )
    last = Math.max(last, newest)
  }
  db.prepare(`INSERT INTO store_state (name, value) VALUES ('last_created_at', ?)`).run(last)
  db.exec(`PRAGMA user_version = ${String(formatVersion)}`)
}
