import { validateDefinition } from '../definition.ts'
import type { AnyFeatureGroup, Column } from '../types.ts'
import { numberFrom, type SqliteDatabase } from './engine.ts'
import { damaged } from './failures.ts'

export interface StoredGroup {
  readonly group: AnyFeatureGroup
  /** Epoch ms: what the group held before is no longer known in full. */
  readonly historyFrom: number
}

/** Every group the file holds, by name and version. */
export function storedGroups(db: SqliteDatabase, path: string): StoredGroup[] {
  const from = hasHistory(db) ? 'history_from' : '0 AS history_from'
  const records = db
    .prepare(`SELECT name, version, definition, ${from} FROM feature_groups ORDER BY name, version`)
    .all()
  return records.map((record) => storedGroup(record, path))
}

export function findStoredGroup(
  db: SqliteDatabase,
  { name, version }: { readonly name: string; readonly version: number },
  path: string,
): AnyFeatureGroup | undefined {
  const record = db
    .prepare(
      'SELECT name, version, definition, 0 AS history_from FROM feature_groups WHERE name = ? AND version = ?',
    )
    .get(name, version)
  return record === undefined || record === null ? undefined : storedGroup(record, path).group
}

/** As `feature_groups.definition` holds it: the same text for the same definition. */
export function serialised(group: AnyFeatureGroup): string {
  const { description, primaryKey, eventTime, columns } = group
  return JSON.stringify({
    description,
    primaryKey: [...primaryKey],
    eventTime,
    columns: Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, plain(column)])),
    ...(group.appendOnly === true ? { appendOnly: true } : {}),
  })
}

/** Epoch ms before which `asOf` cannot be answered. */
export function historyFrom(db: SqliteDatabase, { name, version }: AnyFeatureGroup): number {
  return numberFrom(
    db,
    'SELECT history_from FROM feature_groups WHERE name = ? AND version = ?',
    name,
    version,
  )
}

function plain({ type, nullable, description }: Column): Column {
  return { type, nullable: nullable === true, description }
}

function hasHistory(db: SqliteDatabase): boolean {
  return (
    numberFrom(db, `SELECT count(*) FROM pragma_table_info('feature_groups') WHERE name = 'history_from'`) > 0
  )
}

function storedGroup(record: unknown, path: string): StoredGroup {
  const { name, version, definition, history_from } = record as {
    readonly name: string
    readonly version: number
    readonly definition: string
    readonly history_from: number
  }
  try {
    const group = { ...(JSON.parse(definition) as AnyFeatureGroup), name, version }
    validateDefinition(group)
    return { group, historyFrom: history_from }
  } catch (error) {
    throw damaged(path, `the definition of ${name} v${String(version)} is no definition`, error)
  }
}
