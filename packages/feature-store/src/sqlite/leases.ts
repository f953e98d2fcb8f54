import type { SqliteDatabase } from './engine.ts'

export interface GrantedLease {
  /** Epoch ms. */
  readonly until: number
  /** Grows with every holder of the name: tells a lease from the one that took its place. */
  readonly fence: number
}

/**
 * Takes the lease unless somebody holds it. One that reaches further into the future than it was ever granted
 * for was taken under a clock since set back, and counts as left behind.
 */
export function takeLease(
  db: SqliteDatabase,
  name: string,
  now: number,
  ttlMs: number,
): GrantedLease | undefined {
  const until = Math.floor(now + ttlMs)
  const row: unknown = db
    .prepare(
      `INSERT INTO leases (name, until, ttl, fence) VALUES (?, ?, ?, 1)
       ON CONFLICT (name) DO UPDATE SET until = excluded.until, ttl = excluded.ttl, fence = fence + 1
       WHERE leases.until <= ? OR leases.until > ? + 2 * leases.ttl RETURNING fence`,
    )
    .get(name, until, Math.ceil(ttlMs), Math.floor(now), Math.floor(now))
  return row === undefined || row === null ? undefined : { until, fence: (row as { fence: number }).fence }
}

/** Does nothing once another run has taken the lease over. */
export function giveBackLease(db: SqliteDatabase, name: string, { fence }: GrantedLease): void {
  db.prepare('UPDATE leases SET until = 0 WHERE name = ? AND fence = ?').run(name, fence)
}
