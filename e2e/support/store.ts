import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** The imported days as they stand in the file, without the times of writing. */
export function dailyRows(state: string, until = '9999'): Record<string, unknown>[] {
  const database = new DatabaseSync(join(state, 'feature-store.sqlite'), { readOnly: true })
  try {
    const rows = database
      .prepare('SELECT * FROM aqi_daily_v1 WHERE day <= ? ORDER BY station, day')
      .all(until)
    return rows.map(({ created_at: _, ...row }) => ({ ...row }))
  } finally {
    database.close()
  }
}
