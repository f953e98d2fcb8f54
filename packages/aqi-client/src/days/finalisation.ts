import type { LocalDay } from '../types.ts'
import { endOfDay, instantOfClock, startOfDay } from './bounds.ts'
import { addDays } from './local-day.ts'
import { localDayAt } from './zone.ts'

/** Stations publish an hour up to 3.5 h late, so by then the last one of the day before is there. */
const FINALISED_AT_HOUR = 4

/**
 * Epoch ms from which a day made of pulls may be finalised: when the station's clocks show 04:00 of the next day
 * (of the next there is, where a zone left one out), or later where that hour was skipped.
 */
export function finalisationInstant(day: LocalDay, timeZone: string): number {
  const next = localDayAt(endOfDay(day, timeZone), timeZone)
  return instantOfClock(next, FINALISED_AT_HOUR, timeZone)
}

export interface DueOptions {
  /** The first day that is not final yet. */
  readonly firstDay: LocalDay
  /** Epoch ms. */
  readonly now: number
  readonly timeZone: string
}

/** The days from `firstDay` on that may be finalised at `now`, ascending; a day that the zone left out is none. */
export function dueDays({ firstDay, now, timeZone }: DueOptions): LocalDay[] {
  const due: LocalDay[] = []
  for (let day = firstDay; finalisationInstant(day, timeZone) <= now; day = addDays(day, 1)) {
    if (startOfDay(day, timeZone) < endOfDay(day, timeZone)) due.push(day)
  }
  return due
}
