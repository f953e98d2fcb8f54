import { FeatureStoreError } from '../errors.ts'
import type { AnyFeatureGroup, Column, ColumnType } from '../types.ts'

const sqlTypes: Readonly<Record<ColumnType, string>> = {
  string: 'TEXT',
  boolean: 'INTEGER',
  int: 'INTEGER',
  bigint: 'INTEGER',
  double: 'REAL',
}

/** What the guard of an append-only group says when SQLite stops a change. */
export const appendOnlyMessage = 'append-only'

/** Names are checked by the definition (`[a-z0-9_]`); the quotes are for words like `order`. */
export function quoted(name: string): string {
  return `"${name}"`
}

export function list(names: readonly string[]): string {
  return names.map(quoted).join(', ')
}

export interface Tables {
  /** The rows as they are. */
  readonly current: string
  /** Rows as they were, with the instant each was replaced. */
  readonly history: string
}

/** Names in quotes. */
export function tablesOf({ name, version }: AnyFeatureGroup): Tables {
  if (name.startsWith('sqlite_')) {
    throw new FeatureStoreError('bad-definition', `SQLite keeps names like "${name}" for itself.`, {
      fault: 'input',
      where: name,
      hint: 'Name the group without "sqlite_" in front.',
    })
  }
  const current = `${name}_v${String(version)}`
  return { current: quoted(current), history: quoted(`${current}__history`) }
}

/** Rows lie in the order of the key, so one station's days are one stretch of the file. */
export function createTables(group: AnyFeatureGroup): string {
  const columns = columnClauses(group)
  return `CREATE TABLE ${tablesOf(group).current} (${columns}, created_at INTEGER NOT NULL,
    PRIMARY KEY (${list(group.primaryKey)})) STRICT, WITHOUT ROWID;
    ${createHistory(group)}`
}

export function createHistory(group: AnyFeatureGroup): string {
  return `CREATE TABLE ${tablesOf(group).history} (${columnClauses(group)}, created_at INTEGER NOT NULL,
    replaced_at INTEGER NOT NULL, PRIMARY KEY (${list([...group.primaryKey, 'replaced_at'])}))
    STRICT, WITHOUT ROWID`
}

export function addColumn(group: AnyFeatureGroup, name: string, column: Column): string {
  const { current, history } = tablesOf(group)
  const clause = columnClause(name, column)
  return `ALTER TABLE ${current} ADD COLUMN ${clause}; ALTER TABLE ${history} ADD COLUMN ${clause}`
}

/**
 * Triggers, not statements of this program: whoever changes a row, its revision is kept in the same
 * transaction, and the rows of a ledger stay as they are.
 */
export function guardTables(group: AnyFeatureGroup): string {
  const { current, history } = tablesOf(group)
  const name = (suffix: string): string => quoted(`${current.slice(1, -1)}__${suffix}`)
  const columns = [...Object.keys(group.columns), 'created_at']
  const drops = ['keep', 'no_update', 'no_delete'].map((suffix) => `DROP TRIGGER IF EXISTS ${name(suffix)}`)
  const refuse = `SELECT RAISE(ABORT, '${appendOnlyMessage}')`
  const guards =
    group.appendOnly === true
      ? [
          `CREATE TRIGGER ${name('no_update')} BEFORE UPDATE ON ${current} BEGIN ${refuse}; END`,
          `CREATE TRIGGER ${name('no_delete')} BEFORE DELETE ON ${current} BEGIN ${refuse}; END`,
        ]
      : [
          `CREATE TRIGGER ${name('keep')} AFTER UPDATE ON ${current} BEGIN
           INSERT INTO ${history} (${list([...columns, 'replaced_at'])})
           VALUES (${columns.map((column) => `OLD.${quoted(column)}`).join(', ')}, NEW.created_at); END`,
        ]
  return [...drops, ...guards].join(';\n')
}

/** Its values: per row the columns in the group's order, then `created_at`. No two rows may have the same key. */
export function upsertRows(group: AnyFeatureGroup, rows: number): string {
  const table = tablesOf(group).current
  const columns = Object.keys(group.columns)
  const values = columns.filter((name) => !group.primaryKey.includes(name))
  const row = `(${[...columns, 'created_at'].map(() => '?').join(', ')})`
  const insert = `INSERT INTO ${table} (${list([...columns, 'created_at'])})
    VALUES ${Array.from({ length: rows }, () => row).join(', ')} ON CONFLICT (${list(group.primaryKey)})`
  if (values.length === 0) return `${insert} DO NOTHING`
  const set = [...values, 'created_at'].map((name) => `${quoted(name)} = excluded.${quoted(name)}`)
  const differs = values.map((name) => `${table}.${quoted(name)} IS NOT excluded.${quoted(name)}`)
  return `${insert} DO UPDATE SET ${set.join(', ')} WHERE ${differs.join(' OR ')}`
}

export function describeRows(group: AnyFeatureGroup): string {
  const event = quoted(group.eventTime)
  return `SELECT count(*) AS rows, min(${event}) AS firstEvent, max(${event}) AS lastEvent
    FROM ${tablesOf(group).current}`
}

function columnClauses(group: AnyFeatureGroup): string {
  return Object.entries(group.columns)
    .map(([name, column]) => columnClause(name, column))
    .join(', ')
}

function columnClause(name: string, { type, nullable }: Column): string {
  return `${quoted(name)} ${sqlTypes[type]}${nullable === true ? '' : ' NOT NULL'}`
}
