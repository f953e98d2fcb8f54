import { z } from 'zod'

import { groupLabel } from '../definition.ts'
import { FeatureStoreError } from '../errors.ts'
import type { AnyFeatureGroup, Column } from '../types.ts'
import type { SqliteDatabase } from './engine.ts'
import { addColumn, createTable } from './statements.ts'

const columnSchema = z.object({
  type: z.enum(['string', 'boolean', 'int', 'bigint', 'double']),
  nullable: z.boolean(),
  description: z.string(),
})

const definitionSchema = z.object({
  description: z.string(),
  primaryKey: z.array(z.string()),
  eventTime: z.string(),
  columns: z.record(z.string(), columnSchema),
})

type StoredDefinition = z.infer<typeof definitionSchema>

/** How a group's definition stands to what the file holds. */
export interface Verdict {
  readonly state: 'missing' | 'same' | 'redescribed' | 'appended'
  /** Nullable columns the definition has gained at its end. */
  readonly appended: readonly (readonly [string, Column])[]
}

/** @throws FeatureStoreError `schema-mismatch`, naming every differing column. */
export function compareGroup(db: SqliteDatabase, group: AnyFeatureGroup): Verdict {
  const stored = storedDefinition(db, group)
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
  ]
  if (problems.length > 0) throw mismatch(group, problems)
  if (appended.length > 0) return { state: 'appended', appended }
  return { state: serialised(group) === JSON.stringify(stored) ? 'same' : 'redescribed', appended }
}

/** Within the caller's transaction: creates the table, or appends columns, and records the definition. */
export function applyGroup(db: SqliteDatabase, group: AnyFeatureGroup, now: number): void {
  const { state, appended } = compareGroup(db, group)
  if (state === 'same') return
  if (state === 'missing') db.exec(createTable(group))
  for (const [name, column] of appended) db.exec(addColumn(group, name, column))
  db.prepare(
    `INSERT INTO feature_groups (name, version, definition, created_at) VALUES (?, ?, ?, ?)
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

function storedDefinition(db: SqliteDatabase, group: AnyFeatureGroup): StoredDefinition | undefined {
  const row: unknown = db
    .prepare('SELECT definition FROM feature_groups WHERE name = ? AND version = ?')
    .get(group.name, group.version)
  if (row === undefined || row === null) return undefined
  const { definition } = z.object({ definition: z.string() }).parse(row)
  return definitionSchema.parse(JSON.parse(definition))
}

function serialised({ description, primaryKey, eventTime, columns }: AnyFeatureGroup): string {
  const stored: StoredDefinition = {
    description,
    primaryKey: [...primaryKey],
    eventTime,
    columns: Object.fromEntries(
      Object.entries(columns).map(([name, column]) => [
        name,
        { type: column.type, nullable: column.nullable === true, description: column.description },
      ]),
    ),
  }
  return JSON.stringify(stored)
}

function extraProblem(name: string): string {
  return `column "${name}" is extra (only nullable columns may be added, after all others)`
}

function changedColumns(stored: StoredDefinition, group: AnyFeatureGroup): string[] {
  const problems: string[] = []
  for (const [name, was] of Object.entries(stored.columns)) {
    const is = group.columns[name]
    if (is === undefined) {
      problems.push(`column "${name}" is missing`)
      continue
    }
    if (is.type !== was.type) problems.push(`column "${name}" was ${was.type} and is ${is.type}`)
    if ((is.nullable === true) !== was.nullable) {
      problems.push(`column "${name}" was ${was.nullable ? 'nullable' : 'not nullable'}`)
    }
  }
  return problems
}

function changedKeys(stored: StoredDefinition, group: AnyFeatureGroup): string[] {
  const problems: string[] = []
  const was = stored.primaryKey.join(', ')
  const is = group.primaryKey.join(', ')
  if (was !== is) problems.push(`the primary key was (${was}) and is (${is})`)
  if (stored.eventTime !== group.eventTime) {
    problems.push(`the event time was "${stored.eventTime}" and is "${group.eventTime}"`)
  }
  return problems
}

function mismatch(group: AnyFeatureGroup, problems: readonly string[]): FeatureStoreError {
  return new FeatureStoreError(
    'schema-mismatch',
    `Group ${groupLabel(group)} differs from what the store holds: ${problems.join('; ')}.`,
    { fault: 'input', where: group.name, hint: 'Declare a new version of the group.' },
  )
}
