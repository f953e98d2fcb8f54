import type { Row } from '../row-schema.ts'
import type { AnyFeatureGroup, Columns, FeatureGroupDefinition, GroupDescription, RowOf } from '../types.ts'
import type { SqlValue } from './engine.ts'

/** A row's values in the order of the columns; booleans as 0 and 1. */
export function toSql(columns: readonly string[], row: Row): SqlValue[] {
  return columns.map((name) => {
    const value = row[name] ?? null
    return typeof value === 'boolean' ? Number(value) : value
  })
}

/** Rows by their key; of two with the same key the last stays, as if they were written in turn. */
export function lastByKey(group: AnyFeatureGroup, rows: readonly Row[]): Row[] {
  const byKey = new Map<string, Row>()
  for (const row of rows) byKey.set(JSON.stringify(group.primaryKey.map((name) => row[name])), row)
  return [...byKey.values()]
}

/** The table is STRICT and was checked against the definition: what it returns has the column's type. */
export function fromSql<C extends Columns>(group: FeatureGroupDefinition<C>): (record: unknown) => RowOf<C> {
  const columns = Object.entries(group.columns)
  return (record) => {
    const values = record as Record<string, SqlValue>
    const row: Record<string, SqlValue | boolean> = {}
    for (const [name, { type }] of columns) {
      const value = values[name] ?? null
      row[name] = type === 'boolean' && value !== null ? value !== 0 : value
    }
    return row as RowOf<C>
  }
}

export function toDescription(record: unknown): GroupDescription {
  return { ...(record as GroupDescription) }
}
