import { numberFrom, type SqliteDatabase } from './engine.ts'

/**
 * `created_at` of a transaction, epoch ms: the clock's, but later than that of any transaction before it. So
 * the order of revisions holds where a clock goes backwards, and what `asOf` answers for an instant that has
 * passed stays the answer.
 */
export function nextStamp(db: SqliteDatabase, now: number): number {
  const last = numberFrom(db, `SELECT max(value) FROM store_state WHERE name = 'last_created_at'`)
  return Number.isNaN(last) ? Math.floor(now) : Math.max(Math.floor(now), last + 1)
}

/** In the transaction that has used it. */
export function keepStamp(db: SqliteDatabase, stamp: number): void {
  db.prepare(
    `INSERT INTO store_state (name, value) VALUES ('last_created_at', ?)
     ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
  ).run(stamp)
}
