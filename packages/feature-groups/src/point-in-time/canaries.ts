import { type DailyReading, dayNumber } from '@airq/aqi-client'
import { checkLeaks } from './check-leaks.ts'
import type { FeatureColumn } from './columns.ts'
import { canTellFuture } from './future-in.ts'
import { originsOf, type RowOptions } from './rows.ts'

export interface CanaryReport {
  readonly planted: number
  /** Names of those that got through: the guards don't hold. */
  readonly missed: readonly string[]
}

const DAY_HOURS = 24

/** Columns that cheat, each in a way of its own. Every one must be found. */
const CHEATS: readonly FeatureColumn[] = [
  { name: 'canary_next_day', from: 'days', compute: (view) => view.value('aqi', -1) },
  {
    name: 'canary_next_hour',
    from: 'stationHours',
    compute(view) {
      const day = Math.floor(view.decision.hour / DAY_HOURS)
      const clock = view.decision.hour - day * DAY_HOURS
      return view.hours('aqi', day, [clock, clock + 1])
    },
  },
  {
    name: 'canary_known_later',
    from: 'elsewhere',
    compute: (view) => view.admit(1, view.decision.at + 1),
  },
  { name: 'canary_undeclared', from: 'calendar', compute: (view) => view.value('aqi', 0) },
]

/**
 * Plants columns that cheat into rows of this very history and counts those that `checkLeaks` finds. The one that reads
 * its values past the view is planted where it can be told: not in a series that hardly changes, nor in a few rows.
 */
export function checkCanaries(days: readonly DailyReading[], options: RowOptions): CanaryReport {
  const { series, rows } = originsOf(days, options)
  if (rows.length === 0) return { planted: 0, missed: [] }
  const aqi = new Map(days.map((day) => [dayNumber(day.day), day.aqi ?? Number.NaN]))
  const joined: FeatureColumn = {
    name: 'canary_joined',
    from: 'elsewhere',
    compute: (view) => aqi.get(view.targetDay) ?? Number.NaN,
  }
  const columns = canTellFuture(series, rows) ? [...CHEATS, joined] : CHEATS
  const found = checkLeaks(days, { ...options, columns }).leaks.map(({ column }) => column)
  const missed = columns.map(({ name }) => name).filter((name) => !found.includes(name))
  return { planted: columns.length, missed }
}
