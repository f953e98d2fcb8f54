import { varcharLength } from './group-rules.ts'
import type { Group, State } from './state.ts'
import type { FakeCell, FakeRow } from './types.ts'

/**
 * What Spark's insert does with rows: an upsert by primary key and event time in the offline table (a plain append
 * without time travel), and by primary key alone in the online one, which shows it later.
 * @throws Error what the job's log says
 */
export function insertRows(state: State, group: Group, rows: readonly FakeRow[], endedAt: number): void {
  const keys = group.features.filter(({ primary }) => primary).map(({ name }) => name)
  const recordKey = group.eventTime === null ? keys : [...keys, group.eventTime]
  if (group.timeTravelFormat !== 'NONE') {
    for (const row of rows) assertKey(row, recordKey)
  }
  group.commits.push({ at: endedAt, rows: rows.length })
  for (const [index, row] of rows.entries()) {
    const appended = `${String(group.commits.length)} ${String(index)}`
    group.offline.set(group.timeTravelFormat === 'NONE' ? appended : keyOf(row, recordKey), row)
  }
  const filled = group.type === 'streamFeatureGroupDTO' || state.behaviours.cachedOnline === 'filled'
  if (!group.onlineEnabled || !filled) return
  const visibleAt = endedAt + state.timing.onlineLagMs
  for (const row of rows) {
    if (fitsOnline(group, row)) group.online.coming.push({ row, key: keyOf(row, keys), visibleAt })
  }
}

/** The online table as it shows itself now: of each key the row that became visible last. */
export function onlineRows({ online }: Group, now: number): ReadonlyMap<string, FakeRow> {
  if (online.coming.some(({ visibleAt }) => visibleAt <= now)) {
    for (const { row, key, visibleAt } of online.coming) if (visibleAt <= now) online.shown.set(key, row)
    online.coming = online.coming.filter(({ visibleAt }) => visibleAt > now)
  }
  return online.shown
}

export function keyOf(row: FakeRow, names: readonly string[]): string {
  return JSON.stringify(names.map((name) => row[name] ?? null))
}

/** A column appended later is null in the rows that were there before. */
export function wholeRow(group: Group, row: FakeRow): Record<string, FakeCell> {
  return Object.fromEntries(group.features.map(({ name }) => [name, row[name] ?? null]))
}

function assertKey(row: FakeRow, key: readonly string[]): void {
  const missing = key.find((name) => (row[name] ?? null) === null)
  if (missing === undefined) return
  throw new Error(
    `org.apache.hudi.exception.HoodieKeyException: recordKey value: "null" for field: "${missing}"`,
  )
}

/** A text longer than its varchar fails in the online table, row by row, and no job tells of it. */
function fitsOnline(group: Group, row: FakeRow): boolean {
  return group.features.every((feature) => {
    const value = row[feature.name]
    const length = varcharLength(feature)
    return length === undefined || typeof value !== 'string' || Array.from(value).length <= length
  })
}
