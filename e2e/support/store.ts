import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** All rows of a table, without the times of writing. */
export function rowsOf(state: string, table: string): Record<string, unknown>[] {
  const database = new DatabaseSync(join(state, 'feature-store.sqlite'), { readOnly: true })
  try {
    const rows = database.prepare(`SELECT * FROM ${table}`).all()
    return rows.map(({ created_at: _, ...row }) => ({ ...row }))
  } finally {
    database.close()
  }
}

/** The imported days as they stand in the file, without the times of writing. */
export function dailyRows(state: string, until = '9999'): Record<string, unknown>[] {
  return rowsOf(state, 'aqi_daily_v1').filter(({ day }) => String(day) <= until)
}
