import { FeatureStoreError } from '../errors.ts'
import type { AnyFeatureGroup, Column, ColumnType, ReadQuery } from '../types.ts'
import type { SqlValue } from './engine.ts'

const sqlTypes: Readonly<Record<ColumnType, string>> = {
  string: 'TEXT',
  boolean: 'INTEGER',
  int: 'INTEGER',
  bigint: 'INTEGER',
  double: 'REAL',
}

/** Names are checked by the definition (`[a-z0-9_]`); the quotes are for words like `order`. */
function quoted(name: string): string {
  return `"${name}"`
}

function list(names: readonly string[]): string {
  return names.map(quoted).join(', ')
}

function tableName({ name, version }: AnyFeatureGroup): string {
  if (name.startsWith('sqlite_')) {
    throw new FeatureStoreError('bad-definition', `SQLite keeps names like "${name}" for itself.`, {
      fault: 'input',
      where: name,
      hint: 'Name the group without "sqlite_" in front.',
    })
  }
  return `${name}_v${String(version)}`
}

/** Rows lie in the order of the key, so one station's days are one stretch of the file. */
export function createTable(group: AnyFeatureGroup): string {
  const columns = Object.entries(group.columns).map(([name, column]) => columnClause(name, column))
  return `CREATE TABLE ${quoted(tableName(group))} (${columns.join(', ')}, created_at INTEGER NOT NULL,
    PRIMARY KEY (${list(group.primaryKey)})) STRICT, WITHOUT ROWID`
}

export function addColumn(group: AnyFeatureGroup, name: string, column: Column): string {
  return `ALTER TABLE ${quoted(tableName(group))} ADD COLUMN ${columnClause(name, column)}`
}

/** Its values: the columns in the group's order, then `created_at`. It changes 0 rows or 1. */
export function upsertRow(group: AnyFeatureGroup): string {
  const table = quoted(tableName(group))
  const columns = Object.keys(group.columns)
  const values = columns.filter((name) => !group.primaryKey.includes(name))
  const insert = `INSERT INTO ${table} (${list([...columns, 'created_at'])})
    VALUES (${[...columns, 'created_at'].map(() => '?').join(', ')}) ON CONFLICT (${list(group.primaryKey)})`
  if (values.length === 0) return `${insert} DO NOTHING`
  const set = [...values, 'created_at'].map((name) => `${quoted(name)} = excluded.${quoted(name)}`)
  const differs = values.map((name) => `${table}.${quoted(name)} IS NOT excluded.${quoted(name)}`)
  return `${insert} DO UPDATE SET ${set.join(', ')} WHERE ${differs.join(' OR ')}`
}

/** @throws FeatureStoreError `bad-query` for a key the group does not have or an instant that is none. */
export function selectRows(
  group: AnyFeatureGroup,
  { keys = {}, from, to }: ReadQuery,
): { readonly sql: string; readonly values: readonly SqlValue[] } {
  const conditions: string[] = []
  const values: SqlValue[] = []
  for (const [name, value] of Object.entries(keys)) {
    if (value === undefined) continue
    if (!group.primaryKey.includes(name)) throw badQuery(group, `"${name}" is not a key column`)
    conditions.push(`${quoted(name)} = ?`)
    values.push(value)
  }
  for (const [operator, instant] of [['>=', from] as const, ['<=', to] as const]) {
    if (instant === undefined) continue
    if (Number.isNaN(instant)) throw badQuery(group, 'from and to must be epoch milliseconds, not NaN')
    conditions.push(`${quoted(group.eventTime)} ${operator} ?`)
    values.push(instant)
  }
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`
  const columns = list(Object.keys(group.columns))
  const sql = `SELECT ${columns} FROM ${quoted(tableName(group))}${where} ORDER BY ${list(group.primaryKey)}`
  return { sql, values }
}

export function describeRows(group: AnyFeatureGroup): string {
  const event = quoted(group.eventTime)
  return `SELECT count(*) AS rows, min(${event}) AS firstEvent, max(${event}) AS lastEvent
    FROM ${quoted(tableName(group))}`
}

function columnClause(name: string, { type, nullable }: Column): string {
  return `${quoted(name)} ${sqlTypes[type]}${nullable === true ? '' : ' NOT NULL'}`
}

function badQuery(group: AnyFeatureGroup, problem: string): FeatureStoreError {
  return new FeatureStoreError('bad-query', `Cannot read ${tableName(group)}: ${problem}.`, {
    fault: 'input',
    where: group.name,
    hint: `Key columns of this group: ${group.primaryKey.join(', ')}.`,
  })
}
