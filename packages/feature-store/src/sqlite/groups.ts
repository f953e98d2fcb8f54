import { groupLabel } from '../definition.ts'
import { FeatureStoreError } from '../errors.ts'
import type { AnyFeatureGroup, Column } from '../types.ts'
import type { SqliteDatabase } from './engine.ts'
import { addColumn, createTables, guardTables } from './statements.ts'
import { findStoredGroup, serialised } from './stored-definition.ts'

/** How a group's definition stands to what the file holds. */
export interface Verdict {
  readonly state: 'missing' | 'same' | 'redescribed' | 'appended'
  /** Nullable columns the definition has gained at its end. */
  readonly appended: readonly (readonly [string, Column])[]
}

/** @throws FeatureStoreError `schema-mismatch`, naming every differing column. */
export function compareGroup(db: SqliteDatabase, group: AnyFeatureGroup, path: string): Verdict {
  const stored = findStoredGroup(db, group, path)
  if (stored === undefined) return { state: 'missing', appended: [] }
  const storedCount = Object.keys(stored.columns).length
  const added = Object.entries(group.columns).filter(([name]) => stored.columns[name] === undefined)
  const appended = added.filter(
    ([, column]) => column.nullable === true && Object.values(group.columns).indexOf(column) >= storedCount,
  )
  const problems = [
    ...added.filter((entry) => !appended.includes(entry)).map(([name]) => extraProblem(name)),
    ...changedColumns(stored, group),
    ...changedKeys(stored, group),
    ...lostGuard(stored, group),
  ]
  if (problems.length > 0) throw mismatch(group, problems)
  if (appended.length > 0) return { state: 'appended', appended }
  return { state: serialised(group) === serialised(stored) ? 'same' : 'redescribed', appended }
}

/** Within the caller's transaction: creates the tables, or appends columns, and records the definition. */
export function applyGroup(db: SqliteDatabase, group: AnyFeatureGroup, now: number, path: string): void {
  const { state, appended } = compareGroup(db, group, path)
  if (state === 'same') return
  if (state === 'missing') db.exec(createTables(group))
  for (const [name, column] of appended) db.exec(addColumn(group, name, column))
  db.exec(guardTables(group))
  db.prepare(
    `INSERT INTO feature_groups (name, version, definition, created_at, history_from) VALUES (?, ?, ?, ?, 0)
     ON CONFLICT (name, version) DO UPDATE SET definition = excluded.definition`,
  ).run(group.name, group.version, serialised(group), now)
}

export function groupMissing(group: AnyFeatureGroup, path: string): FeatureStoreError {
  return new FeatureStoreError('group-missing', `The feature store has no group ${groupLabel(group)}.`, {
    fault: 'input',
    where: path,
    hint: 'Call ensure(group) on a writable store first: the pipeline that fills the group does.',
  })
}

function extraProblem(name: string): string {
  return `column "${name}" is extra (only nullable columns may be added, after all others)`
}

function changedColumns(stored: AnyFeatureGroup, group: AnyFeatureGroup): string[] {
  const problems: string[] = []
  for (const [name, was] of Object.entries(stored.columns)) {
    const is = group.columns[name]
    if (is === undefined) {
      problems.push(`column "${name}" is missing`)
      continue
    }
    if (is.type !== was.type) problems.push(`column "${name}" was ${was.type} and is ${is.type}`)
    if ((is.nullable === true) !== (was.nullable === true)) {
      problems.push(`column "${name}" was ${was.nullable === true ? 'nullable' : 'not nullable'}`)
    }
  }
  return problems
}

function changedKeys(stored: AnyFeatureGroup, group: AnyFeatureGroup): string[] {
  const problems: string[] = []
  const was = stored.primaryKey.join(', ')
  const is = group.primaryKey.join(', ')
  if (was !== is) problems.push(`the primary key was (${was}) and is (${is})`)
  if (stored.eventTime !== group.eventTime) {
    problems.push(`the event time was "${stored.eventTime}" and is "${group.eventTime}"`)
  }
  return problems
}

/** A ledger stays one: a program that does not know of it must not be able to open it up. */
function lostGuard(stored: AnyFeatureGroup, group: AnyFeatureGroup): string[] {
  return stored.appendOnly === true && group.appendOnly !== true ? ['it was append-only and is not'] : []
}

function mismatch(group: AnyFeatureGroup, problems: readonly string[]): FeatureStoreError {
  return new FeatureStoreError(
    'schema-mismatch',
    `Group ${groupLabel(group)} differs from what the store holds: ${problems.join('; ')}.`,
    {
      fault: 'input',
      where: group.name,
      hint: 'Declare a new version of the group, then read the rows of the old one and upsert them into it.',
    },
  )
}
