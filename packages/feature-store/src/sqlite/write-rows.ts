import { setImmediate as nextTurn } from 'node:timers/promises'

import { groupLabel } from '../definition.ts'
import { FeatureStoreError, throwIfAborted } from '../errors.ts'
import { rowCheck } from '../row-check.ts'
import type { AnyFeatureGroup } from '../types.ts'
import type { SqliteDatabase, SqlValue } from './engine.ts'
import { appendOnlyMessage, upsertRows } from './statements.ts'
import { lastByKey, toSql } from './values.ts'

/** After so many rows an upsert lets the event loop run, so that an abort is heard. */
const turnRows = 1000

/** A statement takes several rows, which halves the time of a row; more values than that gain nothing. */
const statementValues = 800

/**
 * The rows as values in the order of the columns, none with the same key.
 * @throws FeatureStoreError `bad-row`
 */
export async function preparedRows(
  group: AnyFeatureGroup,
  rows: readonly unknown[],
): Promise<readonly SqlValue[][]> {
  const check = rowCheck(group)
  const prepared: SqlValue[][] = []
  for (const row of rows) {
    const values = check(row)
    if (values === undefined) return schemaRows(group, rows)
    prepared.push(values)
  }
  return lastByKey(group, prepared)
}

/** Within the caller's transaction. Returns the number of rows inserted or changed. */
export async function writeRows(
  db: SqliteDatabase,
  group: AnyFeatureGroup,
  rows: readonly SqlValue[][],
  { createdAt, signal }: { readonly createdAt: number; readonly signal: AbortSignal | undefined },
): Promise<number> {
  const atOnce = Math.max(1, Math.floor(statementValues / (Object.keys(group.columns).length + 1)))
  const full = db.prepare(upsertRows(group, atOnce))
  let written = 0
  let turn = 0
  for (let start = 0; start < rows.length; start += atOnce) {
    if (start - turn >= turnRows) {
      await nextTurn()
      turn = start
    }
    throwIfAborted(signal)
    const part = rows.slice(start, start + atOnce)
    const statement = part.length === atOnce ? full : db.prepare(upsertRows(group, part.length))
    try {
      written += Number(statement.run(...stamped(part, createdAt)).changes)
    } catch (error) {
      throw isGuard(error) ? changesLedger(group, offender(db, group, part, createdAt), error) : error
    }
  }
  return written
}

function stamped(rows: readonly SqlValue[][], createdAt: number): SqlValue[] {
  const values: SqlValue[] = []
  for (const row of rows) {
    for (const value of row) values.push(value)
    values.push(createdAt)
  }
  return values
}

/** The row of these that the guard refuses, in a transaction that will be rolled back. */
function offender(
  db: SqliteDatabase,
  group: AnyFeatureGroup,
  rows: readonly SqlValue[][],
  createdAt: number,
): readonly SqlValue[] {
  const statement = db.prepare(upsertRows(group, 1))
  for (const row of rows) {
    try {
      statement.run(...row, createdAt)
    } catch {
      return row
    }
  }
  return []
}

async function schemaRows(group: AnyFeatureGroup, rows: readonly unknown[]): Promise<readonly SqlValue[][]> {
  const { validateRows } = await import('../row-schema.ts')
  const names = Object.keys(group.columns)
  const valid = validateRows(group, rows)
  return lastByKey(
    group,
    valid.map((row) => toSql(names.map((name) => row[name] ?? null))),
  )
}

function isGuard(error: unknown): boolean {
  return error instanceof Error && error.message === appendOnlyMessage
}

function changesLedger(group: AnyFeatureGroup, row: readonly SqlValue[], cause: unknown): FeatureStoreError {
  const names = Object.keys(group.columns)
  const key = group.primaryKey.map((name) => `${name} ${String(row[names.indexOf(name)])}`).join(', ')
  return new FeatureStoreError(
    'append-only',
    `Group ${groupLabel(group)} is append-only and holds ${key} with other values; nothing was written.`,
    { where: group.name, hint: 'Write the row under a key of its own, such as the next revision.', cause },
  )
}
