import { FeatureStoreError } from '../errors.ts'
import type { AnyFeatureGroup, ReadQuery } from '../types.ts'
import type { SqlValue } from './engine.ts'
import { list, quoted, tablesOf } from './statements.ts'

export interface Page {
  readonly sql: string
  readonly values: readonly SqlValue[]
}

export interface Selection {
  /** The columns asked for come first in a page's rows. */
  readonly columns: readonly string[]
  /** Where each column of the key stands in a page's rows; -1 where the query fixes it. */
  readonly key: readonly number[]
  /** At most so many rows that come after the one with this key; the first ones without it. */
  readonly page: (rows: number, after?: readonly SqlValue[]) => Page
}

type AnyQuery = Omit<ReadQuery, 'columns'> & { readonly columns?: readonly PropertyKey[] }

interface Condition {
  readonly sql: string
  readonly values: readonly SqlValue[]
}

/**
 * A read, page by page in the order of the key. `asOf` merges two tables that lie in that order: the current
 * rows written by then, and the replaced ones that stood then.
 * @throws FeatureStoreError `bad-query` for a key or column the group does not have or an instant that is none.
 */
export function selectRows(group: AnyFeatureGroup, query: AnyQuery): Selection {
  const { current, history } = tablesOf(group)
  const columns = selectedColumns(group, query)
  const { asOf, keys = {} } = query
  // Key columns the query fixes say nothing about the order, nor where a page begins.
  const free = group.primaryKey.filter((name) => keys[name] === undefined)
  const all = [...new Set([...columns, ...free])]
  const arms = [
    { table: current, conditions: [...keyConditions(group, query), ...rangeConditions(group, query)] },
  ]
  if (asOf !== undefined) {
    const written: Condition = { sql: 'created_at <= ?', values: [instant(group, asOf, 'asOf')] }
    const stood: Condition = { sql: 'replaced_at > ?', values: written.values }
    const conditions = arms[0]?.conditions ?? []
    arms[0] = { table: current, conditions: [...conditions, written] }
    arms.push({ table: history, conditions: [...conditions, written, stood] })
  }
  return {
    columns,
    key: group.primaryKey.map((name) => all.indexOf(name)),
    page(rows, after) {
      const start = after === undefined || free.length === 0 ? [] : [afterKey(group, free, after)]
      const selects = arms.map(({ table, conditions }) => select(list(all), table, [...conditions, ...start]))
      const order = free.length === 0 ? '' : `ORDER BY ${list(free)} `
      return {
        sql: `${selects.map(({ sql }) => sql).join(' UNION ALL ')} ${order}LIMIT ${String(rows)}`,
        values: selects.flatMap(({ values }) => values),
      }
    },
  }
}

function selectedColumns(group: AnyFeatureGroup, { columns }: AnyQuery): readonly string[] {
  if (columns === undefined) return Object.keys(group.columns)
  const names = columns.map(String)
  const unknown = names.filter((name) => group.columns[name] === undefined)
  if (unknown.length > 0) throw badQuery(group, `it has no column ${unknown.map(quoted).join(', ')}`)
  if (names.length === 0) throw badQuery(group, 'no column is asked for')
  return [...new Set(names)]
}

/** `asOf` reaches back behind what compaction or an older format left. */
export function historyGone(group: AnyFeatureGroup, asOf: number, from: number): FeatureStoreError {
  const since = new Date(from).toISOString()
  return new FeatureStoreError(
    'bad-query',
    `Cannot read ${group.name} as of ${String(asOf)}: its revisions are kept since ${since}.`,
    { fault: 'input', where: group.name, hint: `Ask for an instant from ${String(from)} (${since}) on.` },
  )
}

function afterKey(group: AnyFeatureGroup, free: readonly string[], after: readonly SqlValue[]): Condition {
  const values = free.map((name) => after[group.primaryKey.indexOf(name)] ?? null)
  return { sql: `(${list(free)}) > (${free.map(() => '?').join(', ')})`, values }
}

function select(columns: string, table: string, conditions: readonly Condition[]): Page {
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`
  return {
    sql: `SELECT ${columns} FROM ${table}${where}`,
    values: conditions.flatMap(({ values }) => values),
  }
}

function keyConditions(group: AnyFeatureGroup, { keys = {} }: AnyQuery): Condition[] {
  const conditions: Condition[] = []
  for (const [name, value] of Object.entries(keys)) {
    if (value === undefined) continue
    if (!group.primaryKey.includes(name)) throw badQuery(group, `"${name}" is not a key column`)
    conditions.push({ sql: `${quoted(name)} = ?`, values: [value] })
  }
  return conditions
}

function rangeConditions(group: AnyFeatureGroup, { from, to }: AnyQuery): Condition[] {
  const event = quoted(group.eventTime)
  const conditions: Condition[] = []
  if (from !== undefined) conditions.push({ sql: `${event} >= ?`, values: [instant(group, from, 'from')] })
  if (to !== undefined) conditions.push({ sql: `${event} <= ?`, values: [instant(group, to, 'to')] })
  return conditions
}

function instant(group: AnyFeatureGroup, value: number, name: string): number {
  if (Number.isNaN(value)) throw badQuery(group, `${name} must be epoch milliseconds, not NaN`)
  return value
}

export function badQuery(group: AnyFeatureGroup, problem: string): FeatureStoreError {
  return new FeatureStoreError(
    'bad-query',
    `Cannot read ${group.name} v${String(group.version)}: ${problem}.`,
    {
      fault: 'input',
      where: group.name,
      hint: `Key columns of this group: ${group.primaryKey.join(', ')}.`,
    },
  )
}
