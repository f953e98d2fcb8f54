import { addDays, endOfDay, instantOfClock, isLocalDay, localDay, startOfDay } from '@airq/aqi-client'
import {
  type AqiForecastRow,
  type Decision,
  type DecisionRule,
  DECISIONS,
  hourOf,
} from '@airq/feature-groups'

/** Forecasts of one decision at one local hour: what is judged together. */
export interface IssuedSeries {
  readonly rule: DecisionRule
  /** All revisions. */
  readonly rows: readonly AqiForecastRow[]
}

const HOUR_MS = 3_600_000

/** The ledger by decision and hour: those configured first, even without a row, then those of earlier settings. */
export function seriesOf(
  ledger: readonly AqiForecastRow[],
  configured: readonly DecisionRule[],
): IssuedSeries[] {
  const byKey = new Map<string, { rule: DecisionRule; rows: AqiForecastRow[] }>()
  for (const rule of configured) byKey.set(keyOf(rule), { rule, rows: [] })
  for (const row of ledger) {
    const rule = ruleOf(row)
    if (rule === null) continue
    const series = byKey.get(keyOf(rule)) ?? { rule, rows: [] }
    series.rows.push(row)
    byKey.set(keyOf(rule), series)
  }
  return [...byKey.values()]
}

function keyOf(rule: DecisionRule): string {
  return `${rule.decision} ${String(hourOf(rule))}`
}

/** `null` for a row of a decision or slot that this version doesn't know. */
function ruleOf({ decision, issue_slot }: AqiForecastRow): DecisionRule | null {
  const known: Decision | undefined = DECISIONS.find((one) => one === decision)
  const hour = Number(issue_slot.slice(11))
  if (known === undefined || !isLocalDay(issue_slot.slice(0, 10)) || !(hour >= 1 && hour <= 24)) return null
  return known === 'end-of-day' ? { decision: known } : { decision: known, hour }
}

/** The instant of a row's decision, epoch ms. */
function decidedAt({ issue_slot, time_zone }: AqiForecastRow): number {
  const day = localDay(issue_slot.slice(0, 10))
  const hour = Number(issue_slot.slice(11))
  return hour === 24 ? endOfDay(day, time_zone) : instantOfClock(day, hour, time_zone)
}

/**
 * Whether a forecast was issued before the event: before its day began; where its decision falls on that day (the end
 * of the day before it, a morning), within the hour of the decision.
 */
export function isBeforeTheEvent(row: AqiForecastRow): boolean {
  const start = startOfDay(localDay(row.day), row.time_zone)
  return row.issued_at < Math.max(start, decidedAt(row) + HOUR_MS)
}

/** The first revision of each target day, by day: the one that counts, if it counts at all. */
export function firstRevisions(rows: readonly AqiForecastRow[]): AqiForecastRow[] {
  return pick(rows, (row, held) => row.revision < held.revision)
}

/** The newest revision of each target day, by day. */
export function newestRevisions(rows: readonly AqiForecastRow[]): AqiForecastRow[] {
  return pick(rows, (row, held) => row.revision > held.revision)
}

function pick(
  rows: readonly AqiForecastRow[],
  isBetter: (row: AqiForecastRow, held: AqiForecastRow) => boolean,
): AqiForecastRow[] {
  const byDay = new Map<string, AqiForecastRow>()
  for (const row of rows) {
    const held = byDay.get(row.day)
    if (held === undefined || isBetter(row, held)) byDay.set(row.day, row)
  }
  return [...byDay.values()].sort((a, b) => a.day_start - b.day_start)
}

/**
 * The forecast a reader came for: of tomorrow, by its latest decision; else of today; else `null`.
 * @param today local day of the station
 */
export function headlineOf(series: readonly IssuedSeries[], today: string): AqiForecastRow | null {
  const newest = series.flatMap(({ rows }) => newestRevisions(rows))
  const tomorrow = addDays(localDay(today), 1)
  for (const day of [tomorrow, today]) {
    const latest = newest
      .filter((row) => row.day === day)
      .sort((a, b) => decidedAt(a) - decidedAt(b))
      .at(-1)
    if (latest !== undefined) return latest
  }
  return null
}
