import type { Scalar } from '../row-schema.ts'
import type { AnyFeatureGroup, Columns, FeatureGroupDefinition, GroupDescription, RowOf } from '../types.ts'
import type { SqlValue } from './engine.ts'

/** Booleans as 0 and 1. */
export function toSql(values: readonly Scalar[]): SqlValue[] {
  return values.map((value) => (typeof value === 'boolean' ? Number(value) : value))
}

/** Of two rows with the same key the last stays, as if they were written in turn. */
export function lastByKey(group: AnyFeatureGroup, rows: readonly SqlValue[][]): readonly SqlValue[][] {
  const names = Object.keys(group.columns)
  const key = group.primaryKey.map((name) => names.indexOf(name))
  // Rows mostly come in the order of their key, and then none occurs twice.
  if (rows.every((row, index) => index === 0 || isAfter(row, rows[index - 1] ?? [], key))) return rows
  const byKey = new Map<string, SqlValue[]>()
  for (const row of rows) byKey.set(JSON.stringify(key.map((index) => row[index])), row)
  return [...byKey.values()]
}

/** Makes rows of the values of these columns, in their order; further values are left out. */
export function fromSql<C extends Columns, K extends keyof C>(
  group: FeatureGroupDefinition<C>,
  names: readonly string[],
): (values: readonly SqlValue[]) => Pick<RowOf<C>, K> {
  const booleans = names.filter((name) => group.columns[name]?.type === 'boolean')
  // A copy of an object that has all columns is faster than adding them one by one.
  const empty: Readonly<Record<string, Scalar>> = Object.fromEntries(names.map((name) => [name, null]))
  return (values) => {
    const row = { ...empty }
    // A plain loop: a process that reads one station ends before this is compiled.
    for (let index = 0; index < names.length; index += 1) {
      const name = names[index]
      if (name !== undefined) row[name] = values[index] ?? null
    }
    for (const name of booleans) if (row[name] !== null) row[name] = row[name] !== 0
    // The table is STRICT and was checked against the definition: a value has its column's type.
    return row as Pick<RowOf<C>, K>
  }
}

export function toDescription(record: unknown): GroupDescription {
  return { ...(record as GroupDescription) }
}

function isAfter(row: readonly SqlValue[], earlier: readonly SqlValue[], key: readonly number[]): boolean {
  for (const index of key) {
    const [is, was] = [row[index] ?? null, earlier[index] ?? null]
    if (is === null || was === null) return false
    if (is !== was) return is > was
  }
  return false
}
