import { setImmediate as nextTurn } from 'node:timers/promises'

import { groupLabel } from '../definition.ts'
import { FeatureStoreError } from '../errors.ts'
import type { AnyFeatureGroup, CallOptions } from '../types.ts'
import type { Connections } from './connections.ts'
import type { SqliteDatabase, SqlValue } from './engine.ts'
import { list, quoted, tablesOf } from './statements.ts'

/** Rows one transaction looks at. */
const windowRows = 5000

export interface CompactOptions extends CallOptions {
  /** Epoch ms: revisions replaced by then go. `asOf` answers from then on. */
  readonly historyBefore?: number
  /** Epoch ms, event time: rows of earlier events go, with their revisions and from every `asOf`. */
  readonly eventsBefore?: number
}

export interface CompactReport {
  readonly rowsRemoved: number
  readonly revisionsRemoved: number
}

/**
 * Removes what nobody asks for any more, window by window, each a transaction of its own: others write in
 * between, and what was cut off is resumed by the next call.
 * @throws FeatureStoreError `bad-query` where rows of an append-only group should go.
 */
export async function compactGroup(
  connections: Connections,
  group: AnyFeatureGroup,
  { historyBefore, eventsBefore, signal }: CompactOptions,
): Promise<CompactReport> {
  if (eventsBefore !== undefined && group.appendOnly === true) throw keepsEverything(group)
  let rowsRemoved = 0
  let revisionsRemoved = 0
  if (historyBefore !== undefined) {
    // First of all: where revisions are gone `asOf` must not be answered.
    await step(connections, signal, () => {
      raiseHistoryFrom(connections.db, group, historyBefore)
    })
    for await (const [removed = 0] of sweep(connections, historySweep(group, historyBefore), signal)) {
      revisionsRemoved += removed
    }
  }
  if (eventsBefore !== undefined) {
    for await (const [revisions = 0, rows = 0] of sweep(
      connections,
      eventSweep(group, eventsBefore),
      signal,
    )) {
      revisionsRemoved += revisions
      rowsRemoved += rows
    }
  }
  return { rowsRemoved, revisionsRemoved }
}

/** What a sweep removes, from a table it walks through in the order of its key. */
interface Sweep {
  readonly table: string
  readonly key: readonly string[]
  /** Runs on each window: `range` are conditions on the key, to be followed by `condition`. */
  readonly statements: (range: string) => readonly string[]
  readonly before: number
}

/** Revisions replaced by `before`: no `asOf` from then on asks for them. */
function historySweep(group: AnyFeatureGroup, before: number): Sweep {
  const { history } = tablesOf(group)
  return {
    table: history,
    key: [...group.primaryKey, 'replaced_at'],
    statements: (range) => [`DELETE FROM ${history} WHERE ${range} replaced_at <= ?`],
    before,
  }
}

/** Rows whose event was before `before`, with all their revisions. */
function eventSweep(group: AnyFeatureGroup, before: number): Sweep {
  const { current, history } = tablesOf(group)
  const key = list(group.primaryKey)
  const gone = (range: string): string => `${range} ${quoted(group.eventTime)} < ?`
  return {
    table: current,
    key: group.primaryKey,
    statements: (range) => [
      `DELETE FROM ${history} WHERE (${key}) IN (SELECT ${key} FROM ${current} WHERE ${gone(range)})`,
      `DELETE FROM ${current} WHERE ${gone(range)}`,
    ],
    before,
  }
}

interface SweptWindow {
  /** Where the next window begins; `undefined` after the last. */
  readonly end: readonly SqlValue[] | undefined
  /** Rows removed, per statement. */
  readonly removed: readonly number[]
}

/** One window, within the caller's transaction. */
function sweepWindow(
  db: SqliteDatabase,
  { table, key, statements, before }: Sweep,
  start: readonly SqlValue[] | undefined,
): SweptWindow {
  const marks = key.map(() => '?').join(', ')
  const after = start === undefined ? '' : `(${list(key)}) > (${marks})`
  const last = db
    .prepare(
      `SELECT ${list(key)} FROM ${table} ${after === '' ? '' : `WHERE ${after}`} ORDER BY ${list(key)}
       LIMIT 1 OFFSET ${String(windowRows - 1)}`,
    )
    .get(...(start ?? []))
  const end =
    last === undefined || last === null ? undefined : Object.values(last as Record<string, SqlValue>)
  const bounds = [after, end === undefined ? '' : `(${list(key)}) <= (${marks})`].filter((sql) => sql !== '')
  const range = bounds.map((sql) => `${sql} AND`).join(' ')
  const values = [...(start ?? []), ...(end ?? []), before]
  const removed = statements(range).map((sql) => Number(db.prepare(sql).run(...values).changes))
  return { end, removed }
}

async function* sweep(
  connections: Connections,
  plan: Sweep,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly number[]> {
  let start: readonly SqlValue[] | undefined
  do {
    const window = await step(connections, signal, () => sweepWindow(connections.db, plan, start))
    yield window.removed
    start = window.end
    // So that an abort is heard, and what else the program does goes on.
    await nextTurn()
  } while (start !== undefined)
}

function step<T>(connections: Connections, signal: AbortSignal | undefined, work: () => T): Promise<T> {
  return connections.inTurn(signal, () => connections.transaction(signal, work))
}

function raiseHistoryFrom(db: SqliteDatabase, { name, version }: AnyFeatureGroup, instant: number): void {
  db.prepare(
    'UPDATE feature_groups SET history_from = max(history_from, ?) WHERE name = ? AND version = ?',
  ).run(Math.floor(instant), name, version)
}

function keepsEverything(group: AnyFeatureGroup): FeatureStoreError {
  return new FeatureStoreError('bad-query', `Group ${groupLabel(group)} is append-only: its rows stay.`, {
    fault: 'input',
    where: group.name,
    hint: 'Compact its revisions only, or another group.',
  })
}
