import { type DailyReading, dayNumber, type LocalDay, localDay, startOfDay } from '@airq/aqi-client'
import type { CallOptions, FeatureStore } from '@airq/feature-store'
import { dieboldMariano, score } from '@airq/model'
import { aqiForecasts, type AqiForecastRow } from './groups.ts'
import type { LedgerEntry } from './ledger.ts'

/** What of a ledger entry tells how well it did. */
export type IssuedForecast = Pick<
  LedgerEntry,
  'day' | 'timeZone' | 'issueSlot' | 'issuedAt' | 'decision' | 'aqi' | 'model' | 'lastFinalDay' | 'fallback'
>

/** With its interval. */
export interface IssuedInterval extends IssuedForecast {
  readonly lower: number
  readonly upper: number
  /** Share of days it was to hold. */
  readonly coverage: number
}

/** A forecast that counts, what came, and what persistence would have said at the same decision. */
export interface CountedForecast<T extends IssuedForecast = IssuedForecast> {
  readonly forecast: T
  readonly actual: number
  readonly persistence: number
}

/** How forecasts did that were really issued. */
export interface LiveSkill {
  readonly n: number
  readonly firstDay: LocalDay
  readonly lastDay: LocalDay
  /** Of the forecasts as issued, in index points. */
  readonly mae: number
  /** Of the last final day's value, which persistence would have said at the same decision. */
  readonly persistenceMae: number
  /** Probability of so large a lead of persistence between equals; `null` with fewer than `leastDays`. */
  readonly pPersistenceBetter: number | null
}

export interface LiveSkillQuestion {
  /** Of one station and decision, in any order, all revisions. */
  readonly issued: readonly IssuedForecast[]
  /** Of the same station. */
  readonly days: readonly DailyReading[]
  /** Epoch ms: outcomes known later don't count. */
  readonly knownBy: number
  /** Forecasts of earlier days don't count. */
  readonly since: LocalDay
  /** With fewer days nothing can be told; at least 10. */
  readonly leastDays: number
  /** Only the days on which this version spoke. Default: whichever did. */
  readonly by?: { readonly name: string; readonly version: string }
}

const HOUR_MS = 3_600_000
/** A forecast issued later than this into its day was no forecast. */
const LATEST_HOURS = 12

/**
 * Skill of the ledger's own forecasts: the first revision of each day, issued in time, not a fallback, beside what
 * persistence would have said. `null` where no such forecast has an outcome yet.
 */
export function liveSkill(question: LiveSkillQuestion): LiveSkill | null {
  const { issued, days, knownBy, since, leastDays, by } = question
  const counted = countedForecasts(issued, days, knownBy)
    .filter(({ forecast: { day, model } }) => day >= since && (by === undefined || isSame(model, by)))
    .map(({ forecast: { day, aqi }, actual, persistence }) => ({ day, actual, aqi, persistence }))
  const [first, last] = [counted[0], counted.at(-1)]
  if (first === undefined || last === undefined) return null
  const actual = counted.map((one) => one.actual)
  const forecasts = counted.map((one) => one.aqi)
  const persistence = counted.map((one) => one.persistence)
  return {
    n: counted.length,
    firstDay: first.day,
    lastDay: last.day,
    mae: score(actual, forecasts, persistence, []).mae,
    persistenceMae: score(actual, persistence, persistence, []).mae,
    pPersistenceBetter:
      counted.length < leastDays ? null : dieboldMariano(actual, persistence, forecasts).pFirstBetter,
  }
}

/**
 * The forecasts of one station and decision that count, in the order of the days: the first revision of each day,
 * issued in time, not a fallback, with an outcome known by an instant (epoch ms).
 */
export function countedForecasts<T extends IssuedForecast>(
  issued: readonly T[],
  days: readonly DailyReading[],
  knownBy: number,
): CountedForecast<T>[] {
  const outcomes = new Map<string, number>()
  for (const { day, aqi, status, knownAt } of days) {
    if (status === 'final' && aqi !== null && knownAt <= knownBy) outcomes.set(day, aqi)
  }
  return firstInTime(issued).flatMap((forecast) => {
    const [actual, persistence] = [outcomes.get(forecast.day), outcomes.get(forecast.lastFinalDay)]
    return actual === undefined || persistence === undefined ? [] : [{ forecast, actual, persistence }]
  })
}

/** The earliest revision of each day that was issued in time, in the order of the days. */
function firstInTime<T extends IssuedForecast>(issued: readonly T[]): T[] {
  const byDay = new Map<string, T>()
  for (const entry of issued.toSorted((a, b) => a.issuedAt - b.issuedAt)) {
    const latest = startOfDay(entry.day, entry.timeZone) + LATEST_HOURS * HOUR_MS
    if (!entry.fallback && entry.issuedAt <= latest && !byDay.has(entry.day)) byDay.set(entry.day, entry)
  }
  return [...byDay.values()].sort((a, b) => dayNumber(a.day) - dayNumber(b.day))
}

function isSame(model: LedgerEntry['model'], { name, version }: NonNullable<LedgerEntry['model']>): boolean {
  return model?.name === name && model.version === version
}

/** Target days, by their starts in epoch ms, both inclusive. */
export interface IssuedSpan {
  readonly from: number
  readonly to: number
}

/** What the ledger holds of a station's days: every decision, every revision. */
export async function readIssued(
  store: FeatureStore,
  station: string,
  span: IssuedSpan,
  options: CallOptions = {},
): Promise<IssuedInterval[]> {
  const issued: IssuedInterval[] = []
  // All columns: the run then keeps a remote store's answer for the station's other decisions.
  for await (const batch of store.read(aqiForecasts, { keys: { station }, ...span }, options)) {
    issued.push(...batch.map(fromRow))
  }
  return issued
}

function fromRow(row: AqiForecastRow): IssuedInterval {
  const { model_name: name, model_version: version } = row
  return {
    day: localDay(row.day),
    timeZone: row.time_zone,
    issueSlot: row.issue_slot,
    issuedAt: row.issued_at,
    decision: row.decision,
    aqi: row.aqi,
    lower: row.lower,
    upper: row.upper,
    coverage: row.coverage,
    model: name === null || version === null ? null : { name, version },
    lastFinalDay: localDay(row.last_final_day),
    fallback: row.fallback,
  }
}
