import { type DailyReading, type LocalDay, localDay } from '@airq/aqi-client'
import type { AqiForecastRow } from '@airq/feature-groups'
import { firstRevisions, isBeforeTheEvent } from '../ledger/issued.ts'

/** A forecast that counts, and what came. */
export interface Pair {
  readonly day: LocalDay
  readonly row: AqiForecastRow
  readonly actual: number
  /** What persistence would have said at the same decision. */
  readonly persistence: number
}

export interface Counted {
  readonly pairs: readonly Pair[]
  /** Days on which a plain rule spoke in the place of a model: they count for no skill. */
  readonly fallbackDays: number
  /** Days whose first forecast came too late. */
  readonly lateDays: number
}

/** The forecasts of one series that count: the first revision of each day, before the event, by a model. */
export function countedPairs(
  rows: readonly AqiForecastRow[],
  outcomes: ReadonlyMap<string, number>,
): Counted {
  const pairs: Pair[] = []
  let [fallbackDays, lateDays] = [0, 0]
  for (const row of firstRevisions(rows)) {
    const actual = outcomes.get(row.day)
    if (actual === undefined) continue
    const persistence = outcomes.get(row.last_final_day)
    if (!isBeforeTheEvent(row)) lateDays += 1
    else if (row.fallback) fallbackDays += 1
    else if (persistence !== undefined) pairs.push({ day: localDay(row.day), row, actual, persistence })
  }
  return { pairs, fallbackDays, lateDays }
}

/** The AQI of the final days known by an instant (epoch ms), by day. */
export function outcomesOf(days: readonly DailyReading[], knownBy: number): Map<string, number> {
  const outcomes = new Map<string, number>()
  for (const { day, aqi, status, knownAt } of days) {
    if (status === 'final' && aqi !== null && knownAt <= knownBy) outcomes.set(day, aqi)
  }
  return outcomes
}
