import { setImmediate as nextTurn } from 'node:timers/promises'

import { groupLabel } from '../definition.ts'
import { FeatureStoreError } from '../errors.ts'
import { rowCheck } from '../row-check.ts'
import type { Scalar, validateRows } from '../row-schema.ts'
import type { AnyFeatureGroup } from '../types.ts'
import type { SqliteDatabase, SqlValue } from './engine.ts'
import { storeFailure } from './failures.ts'
import { formatVersion } from './format.ts'
import { list, quoted, tablesOf } from './statements.ts'
import { storedGroups } from './stored-definition.ts'

/** Of each kind; a file that is damaged all over is told by its first. */
const problemsShown = 20

const pageRows = 5000

export interface StoreProblem {
  /** `file`: it cannot be read as a whole. `row`: it does not fit its schema. `history`: revisions with a gap. */
  readonly kind: 'file' | 'row' | 'history'
  /** The file or a table. */
  readonly where: string
  readonly message: string
}

export interface VerifiedGroup {
  readonly name: string
  readonly version: number
  readonly rows: number
  /** Replaced rows still kept. */
  readonly revisions: number
}

export interface Verification {
  readonly groups: readonly VerifiedGroup[]
  /** Empty for a sound store; of each kind at most the first 20. */
  readonly problems: readonly StoreProblem[]
}

/**
 * The integrity of the file, every row against its schema, and the revisions of every row without a gap.
 * @param db to be rolled back afterwards: all of it sees the store as it was at the beginning
 */
export async function verifyStore(
  db: SqliteDatabase,
  path: string,
  { format, checkAbort }: { readonly format: number; readonly checkAbort: () => void },
): Promise<Verification> {
  const { validateRows } = await import('../row-schema.ts')
  db.exec('BEGIN')
  const problems: StoreProblem[] = []
  const attempt = async <T>(where: string, fallback: T, check: () => T | Promise<T>): Promise<T> => {
    try {
      return await check()
    } catch (error) {
      const failure = storeFailure(error, path)
      if (failure.code === 'aborted' || failure.code === 'busy') throw failure
      problems.push({ kind: 'file', where, message: failure.message })
      return fallback
    }
  }
  await attempt(path, 0, () => problems.push(...fileProblems(db, path)))
  const groups: VerifiedGroup[] = []
  for (const { group } of await attempt(path, [], () => storedGroups(db, path))) {
    const { current, history } = tablesOf(group)
    const count = (table: string, key: readonly string[]): Promise<number> =>
      attempt(table, 0, () => countSound(db, group, { table, key, problems, checkAbort, validateRows }))
    const { name, version, primaryKey } = group
    const rows = await count(current, primaryKey)
    let revisions = 0
    if (format === formatVersion) {
      revisions = await count(history, [...primaryKey, 'replaced_at'])
      await attempt(history, 0, () => problems.push(...historyProblems(db, group)))
    }
    groups.push({ name, version, rows, revisions })
  }
  return { groups, problems }
}

function fileProblems(db: SqliteDatabase, path: string): StoreProblem[] {
  return db
    .prepare(`PRAGMA integrity_check(${String(problemsShown)})`)
    .all()
    .map((row) => String(Object.values(row as Record<string, unknown>)[0]))
    .filter((message) => message !== 'ok')
    .map((message) => ({ kind: 'file', where: path, message }))
}

interface TableCheck {
  readonly table: string
  readonly key: readonly string[]
  readonly problems: StoreProblem[]
  readonly checkAbort: () => void
  readonly validateRows: typeof validateRows
}

/** The number of rows; those that do not fit are added to the problems. */
async function countSound(db: SqliteDatabase, group: AnyFeatureGroup, check: TableCheck): Promise<number> {
  const { table, key, problems, checkAbort } = check
  const fits = rowCheck(group)
  let rows = 0
  let found = 0
  for (const records of pages(db, table, key)) {
    await nextTurn()
    checkAbort()
    rows += records.length
    for (const record of records) {
      const row = asStored(group, record)
      if (fits(row) !== undefined || found >= problemsShown) continue
      const message = rowProblem(group, row, check.validateRows)
      if (message === undefined) continue
      found += 1
      problems.push({ kind: 'row', where: table, message })
    }
  }
  return rows
}

function* pages(
  db: SqliteDatabase,
  table: string,
  key: readonly string[],
): Generator<readonly Record<string, SqlValue>[]> {
  const after = `WHERE (${list(key)}) > (${key.map(() => '?').join(', ')})`
  let last: SqlValue[] | undefined
  do {
    const sql = `SELECT * FROM ${table} ${last === undefined ? '' : after} ORDER BY ${list(key)} LIMIT ${String(pageRows)}`
    const records = db.prepare(sql).all(...(last ?? [])) as Record<string, SqlValue>[]
    yield records
    const end = records.length < pageRows ? undefined : records.at(-1)
    last = end === undefined ? undefined : key.map((name) => end[name] ?? null)
  } while (last !== undefined)
}

/** Other than `fromSql` it takes nothing but 0 and 1 for a boolean. */
function asStored(
  group: AnyFeatureGroup,
  record: Readonly<Record<string, SqlValue>>,
): Record<string, Scalar> {
  const row: Record<string, Scalar> = {}
  for (const [name, { type }] of Object.entries(group.columns)) {
    const value = record[name] ?? null
    row[name] = type === 'boolean' && (value === 0 || value === 1) ? value === 1 : value
  }
  return row
}

function rowProblem(
  group: AnyFeatureGroup,
  row: Record<string, Scalar>,
  validate: typeof validateRows,
): string | undefined {
  try {
    validate(group, [row])
    return undefined
  } catch (error) {
    if (!FeatureStoreError.isInstance(error)) throw error
    const key = group.primaryKey.map((name) => `${name} ${String(row[name])}`).join(', ')
    return `${key}: ${error.message.replace(/^.*nothing was written: row 0, /, '')}`
  }
}

/** A revision ends when the next one, or the row as it is, begins. */
function historyProblems(db: SqliteDatabase, group: AnyFeatureGroup): StoreProblem[] {
  const { current, history } = tablesOf(group)
  const of = (table: string): string[] => group.primaryKey.map((name) => `${table}.${quoted(name)}`)
  const join = group.primaryKey.map((name) => `c.${quoted(name)} = h.${quoted(name)}`).join(' AND ')
  const records = db
    .prepare(
      `SELECT * FROM (SELECT ${of('h').join(', ')}, h.created_at, h.replaced_at, coalesce(
         lead(h.created_at) OVER (PARTITION BY ${of('h').join(', ')} ORDER BY h.replaced_at), c.created_at
       ) AS next FROM ${history} h LEFT JOIN ${current} c ON ${join})
       WHERE next IS NOT replaced_at OR created_at >= replaced_at LIMIT ${String(problemsShown)}`,
    )
    .all()
  return records.map((record) => {
    const { next, replaced_at, created_at, ...key } = record as Record<string, Scalar>
    const revision = `${Object.values(key).join(', ')} of ${groupLabel(group)}`
    const message = `the revision of ${revision} written at ${String(created_at)} was replaced at ${String(replaced_at)}, the next was written at ${String(next)}`
    return { kind: 'history', where: history, message }
  })
}
