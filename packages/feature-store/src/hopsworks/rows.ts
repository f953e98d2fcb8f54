import { FeatureStoreError } from '../errors.ts'
import type { Row, Scalar } from '../row-schema.ts'
import type { AnyFeatureGroup, Column } from '../types.ts'
import { decodeText } from './text-code.ts'

/** What a read asks of rows, checked. */
export interface RowQuery {
  readonly columns: readonly string[]
  readonly keys: Readonly<Record<string, string | number>>
  readonly from: number | undefined
  readonly to: number | undefined
}

interface AnyQuery {
  readonly columns?: readonly PropertyKey[]
  readonly asOf?: number
  readonly keys?: Readonly<Partial<Record<string, string | number>>>
  readonly from?: number
  readonly to?: number
}

/** @throws FeatureStoreError `bad-query` */
export function checkQuery(group: AnyFeatureGroup, query: AnyQuery): RowQuery {
  const { asOf, from, to } = query
  if (asOf !== undefined) throw badQuery(group, 'Hopsworks does not answer what it held then (asOf)')
  const columns = query.columns?.map(String) ?? Object.keys(group.columns)
  const unknown = columns.filter((name) => group.columns[name] === undefined)
  if (unknown.length > 0) throw badQuery(group, `it has no column "${unknown.join('", "')}"`)
  if (columns.length === 0) throw badQuery(group, 'no column is asked for')
  const keys: Record<string, string | number> = {}
  for (const [name, value] of Object.entries(query.keys ?? {})) {
    if (value === undefined) continue
    if (!group.primaryKey.includes(name)) throw badQuery(group, `"${name}" is not a key column`)
    keys[name] = value
  }
  for (const instant of [from, to]) {
    if (Number.isNaN(instant)) throw badQuery(group, 'from and to must be epoch milliseconds, not NaN')
  }
  return { columns, keys, from, to }
}

export function badQuery(group: AnyFeatureGroup, problem: string): FeatureStoreError {
  return new FeatureStoreError(
    'bad-query',
    `Cannot read ${group.name} v${String(group.version)}: ${problem}.`,
    { fault: 'input', where: group.name, hint: `Key columns of this group: ${group.primaryKey.join(', ')}.` },
  )
}

/** The key as one text, to compare by. */
export function keyText(group: AnyFeatureGroup, row: Row): string {
  return JSON.stringify(group.primaryKey.map((name) => row[name]))
}

/**
 * Those the query asks for, one a key, in the order of the key. The offline copy keeps a key once for each event time
 * it was written with: the latest event counts.
 */
export function selectRows(group: AnyFeatureGroup, rows: readonly Row[], query: RowQuery): Row[] {
  const byKey = new Map<string, Row>()
  for (const row of rows) {
    const key = keyText(group, row)
    const other = byKey.get(key)
    if (other === undefined || eventOf(group, row) >= eventOf(group, other)) byKey.set(key, row)
  }
  const { keys, from = -Infinity, to = Infinity } = query
  const wanted = [...byKey.values()].filter((row) => {
    const event = eventOf(group, row)
    return event >= from && event <= to && Object.entries(keys).every(([name, value]) => row[name] === value)
  })
  return wanted.sort((a, b) => compareKeys(group, a, b))
}

/** Rows of the same key replaced, as if these were written after those. */
export function overlaid(
  group: AnyFeatureGroup,
  rows: readonly Row[],
  newer: ReadonlyMap<string, Row>,
): Row[] {
  return [...rows.filter((row) => !newer.has(keyText(group, row))), ...newer.values()]
}

export function eventOf({ eventTime }: AnyFeatureGroup, row: Row): number {
  return Number(row[eventTime])
}

function compareKeys({ primaryKey }: AnyFeatureGroup, a: Row, b: Row): number {
  for (const name of primaryKey) {
    const [left, right] = [a[name], b[name]]
    if (left === right) continue
    if (typeof left === 'number' && typeof right === 'number') return left - right
    return Buffer.compare(Buffer.from(String(left)), Buffer.from(String(right)))
  }
  return 0
}

/**
 * A value as it came: text of a CSV cell, or JSON of the online server.
 * @throws FeatureStoreError `bad-answer` where it does not fit the column
 */
export function readValue(
  group: AnyFeatureGroup,
  name: string,
  { type, nullable }: Column,
  raw: unknown,
): Scalar {
  if (raw === null || raw === undefined) {
    if (nullable === true) return null
    throw misfit(group, name, type, raw)
  }
  const value = typedValue(type, raw)
  if (value === undefined) throw misfit(group, name, type, raw)
  return value
}

function typedValue(type: Column['type'], raw: unknown): Scalar | undefined {
  if (type === 'string') return typeof raw === 'string' ? decodeText(raw) : undefined
  if (type === 'boolean') {
    if (typeof raw === 'boolean') return raw
    if (raw === 1 || raw === 'true' || raw === '1') return true
    return raw === 0 || raw === 'false' || raw === '0' ? false : undefined
  }
  const value = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw
  if (typeof value !== 'number') return undefined
  return (type === 'double' ? Number.isFinite(value) : Number.isSafeInteger(value)) ? value : undefined
}

function misfit(group: AnyFeatureGroup, name: string, type: string, raw: unknown): FeatureStoreError {
  return new FeatureStoreError(
    'bad-answer',
    `Group ${group.name} v${String(group.version)} holds ${JSON.stringify(raw)} in column "${name}", which is no ${type}.`,
    {
      where: `${group.name}.${name}`,
      hint: 'Another program wrote this group otherwise: correct its rows, or use a group of your own.',
    },
  )
}
