import { POLLUTANTS } from '@airq/aqi-client'
import { yearAngle } from '@airq/model'
import type { Origin } from './information.ts'
import type { PointInTimeView } from './view.ts'

/** One column of a row: computed from what its view lets through. `NaN` means missing. */
export interface FeatureColumn {
  readonly name: string
  /** The one kind of values it reads, and by that from when they count as known (`KNOWN_FROM`). */
  readonly from: Origin
  readonly compute: (view: PointInTimeView) => number
}

/** A value older than this is no longer carried forward into a lag. */
const CARRY_DAYS = 7
const LAGS = 8
const POLLUTANT_LAGS = 3
const WINDOWS = [3, 7, 14, 30, 90] as const
const HARMONICS = [1, 2, 3] as const
const HISTORY_DAYS = 14
/** No column looks further back than so many days before the decision's day. */
export const LOOKBACK_DAYS = Math.max(...WINDOWS, HISTORY_DAYS, LAGS + CARRY_DAYS)
/** Inference refuses data older than this many days before the decision's day. */
export const LAST_VALUE_MAX_AGE = 3

const range = (n: number) => Array.from({ length: n }, (_, i) => i)

/** Log values of the last `days` days that are known, newest first. */
function logWindow(view: PointInTimeView, days: number): number[] {
  const logs: number[] = []
  for (let back = 0; back < days; back++) {
    const value = view.value('aqi', back)
    if (!Number.isNaN(value)) logs.push(Math.log1p(value))
  }
  return logs
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length
}

function deviation(values: readonly number[]): number {
  if (values.length < 3) return Number.NaN
  const centre = mean(values)
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)))
}

export const LAST_COLUMN = 'aqi_last'
export const HISTORY_COLUMNS: readonly string[] = range(HISTORY_DAYS).map(
  (back) => `aqi_history_${String(back)}`,
)

/** The series itself in index points, for the baselines. */
const seriesColumns: readonly FeatureColumn[] = [
  { name: LAST_COLUMN, from: 'days', compute: (view) => view.carried('aqi', 0, LAST_VALUE_MAX_AGE) },
  ...HISTORY_COLUMNS.map((name, back) => ({
    name,
    from: 'days' as const,
    compute: (view: PointInTimeView) => view.value('aqi', back),
  })),
]

const lagColumns: readonly FeatureColumn[] = range(LAGS).map((back) => ({
  name: `log_aqi_lag_${String(back)}`,
  from: 'days',
  compute: (view) => Math.log1p(view.carried('aqi', back, CARRY_DAYS)),
}))

const rollingColumns: readonly FeatureColumn[] = [
  ...WINDOWS.map((days) => ({
    name: `log_aqi_mean_${String(days)}`,
    from: 'days' as const,
    compute: (view: PointInTimeView) => mean(logWindow(view, days)),
  })),
  ...[7, 30].map((days) => ({
    name: `log_aqi_sd_${String(days)}`,
    from: 'days' as const,
    compute: (view: PointInTimeView) => deviation(logWindow(view, days)),
  })),
]

const pollutantColumns: readonly FeatureColumn[] = POLLUTANTS.flatMap((pollutant) =>
  range(POLLUTANT_LAGS).map((back) => ({
    name: `log_${pollutant}_lag_${String(back)}`,
    from: 'days' as const,
    compute: (view: PointInTimeView) => Math.log1p(view.carried(pollutant, back, CARRY_DAYS)),
  })),
)

const calendarColumns: readonly FeatureColumn[] = HARMONICS.flatMap((k) => [
  {
    name: `year_sin_${String(k)}`,
    from: 'calendar',
    compute: (view) => Math.sin(k * yearAngle(view.targetDay)),
  },
  {
    name: `year_cos_${String(k)}`,
    from: 'calendar',
    compute: (view) => Math.cos(k * yearAngle(view.targetDay)),
  },
])

/** The columns of the information set `daily`: the station's own daily values and the calendar. */
export const dailyColumns: readonly FeatureColumn[] = [
  ...seriesColumns,
  ...lagColumns,
  ...rollingColumns,
  ...pollutantColumns,
  ...calendarColumns,
]
