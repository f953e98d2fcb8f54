import { type DailyReading, dayNumber, type LocalDay, startOfDay } from '@airq/aqi-client'
import { dieboldMariano, score } from '@airq/model'
import type { LedgerEntry } from './ledger.ts'

/** How forecasts did that were really issued. */
export interface LiveSkill {
  readonly n: number
  readonly firstDay: LocalDay
  readonly lastDay: LocalDay
  /** Of the forecasts as issued, in index points. */
  readonly mae: number
  /** Of the last final day's value, which persistence would have said at the same decision. */
  readonly persistenceMae: number
  /** Probability of so large a lead of persistence between equals; `null` below 30 days. */
  readonly pPersistenceBetter: number | null
}

export interface LiveSkillQuestion {
  /** Of one station and decision, in any order, all revisions. */
  readonly issued: readonly LedgerEntry[]
  /** Of the same station. */
  readonly days: readonly DailyReading[]
  /** Epoch ms: outcomes known later don't count. */
  readonly now: number
  /** Newest outcomes to look at. Default: 60. */
  readonly windowDays?: number
}

const HOUR_MS = 3_600_000
/** A forecast issued later than this into its day was no forecast. */
const LATEST_HOURS = 12
/** With fewer days nothing can be told. */
const LEAST_DAYS = 30

/**
 * Skill of the ledger's own forecasts: the first revision of each day, issued in time, not a fallback, beside what
 * persistence would have said. `null` where no such forecast has an outcome yet.
 */
export function liveSkill({ issued, days, now, windowDays = 60 }: LiveSkillQuestion): LiveSkill | null {
  const outcomes = new Map<string, number>()
  for (const { day, aqi, status, knownAt } of days) {
    if (status === 'final' && aqi !== null && knownAt <= now) outcomes.set(day, aqi)
  }
  const counted = firstInTime(issued)
    .flatMap(({ day, aqi, lastFinalDay }) => {
      const [actual, persistence] = [outcomes.get(day), outcomes.get(lastFinalDay)]
      return actual === undefined || persistence === undefined ? [] : [{ day, actual, aqi, persistence }]
    })
    .slice(-windowDays)
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
      counted.length < LEAST_DAYS ? null : dieboldMariano(actual, persistence, forecasts).pFirstBetter,
  }
}

/** The earliest revision of each day that was issued in time, in the order of the days. */
function firstInTime(issued: readonly LedgerEntry[]): LedgerEntry[] {
  const byDay = new Map<string, LedgerEntry>()
  for (const entry of issued.toSorted((a, b) => a.issuedAt - b.issuedAt)) {
    const latest = startOfDay(entry.day, entry.timeZone) + LATEST_HOURS * HOUR_MS
    if (!entry.fallback && entry.issuedAt <= latest && !byDay.has(entry.day)) byDay.set(entry.day, entry)
  }
  return [...byDay.values()].sort((a, b) => dayNumber(a.day) - dayNumber(b.day))
}
