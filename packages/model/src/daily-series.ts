import { yearAngle } from './calendar.ts'
import { ModelError } from './errors.ts'
import type { ForecastRow, TrainingMatrix } from './matrix.ts'

const DAY_MS = 86_400_000
const HISTORY_DAYS = 14
const WINDOWS = [3, 7, 14, 30]
/** A day counts as a row where one of the last so many has a value. */
const LAST_AT_MOST = 3

/** A plain daily series made ready to be forecast. */
export interface DailySeries {
  /** One row a day that has a value and a day before it: forecasts of the next day, decided at its end. */
  readonly matrix: TrainingMatrix
  /** The row to forecast the day after the last value from. */
  readonly next: ForecastRow
  /** Epoch ms of its decision: the end of the last day, UTC. */
  readonly nextDecidedAt: number
}

/**
 * Makes rows of any daily series: lags of its logarithm over two weeks, means over up to a month, the week and the
 * year. Each row holds only what was known at the end of its day, where a value counts as known.
 * @param values one a day without gaps, not negative; `NaN` or `null` where a day has none
 * @param firstDay `YYYY-MM-DD` of the first
 * @throws ModelError `bad-matrix` where a value is negative or the day is none, `too-few-rows` without two values
 */
export function dailySeries(values: readonly (number | null)[], firstDay: string): DailySeries {
  const first = dayNumberOf(firstDay)
  const series = Float64Array.from(values, checked)
  const origins: number[] = []
  for (let i = 0; i + 1 < series.length; i++) {
    if (!Number.isNaN(series[i + 1]) && !Number.isNaN(lastOf(series, i))) origins.push(i)
  }
  if (origins.length === 0 || Number.isNaN(lastOf(series, series.length - 1))) {
    throw new ModelError(
      'too-few-rows',
      'a series needs values on two days in a row, and one in its last three',
      {
        fault: 'input',
      },
    )
  }
  const rows = origins.map((i) => rowOf(series, i, first))
  const endOf = (i: number) => (first + i + 1) * DAY_MS
  return {
    matrix: {
      columns: COLUMNS,
      roles: { last: 'last', history: HISTORY, logs: LOGS },
      values: Float64Array.from(rows.flat()),
      outcomes: Float64Array.from(origins, (i) => series[i + 1] ?? Number.NaN),
      targetDays: Int32Array.from(origins, (i) => first + i + 1),
      decidedAt: Float64Array.from(origins, endOf),
      outcomeKnownAt: Float64Array.from(origins, (i) => endOf(i + 1)),
    },
    next: {
      values: Float64Array.from(rowOf(series, series.length - 1, first)),
      targetDay: first + series.length,
    },
    nextDecidedAt: endOf(series.length - 1),
  }
}

const HISTORY = Array.from({ length: HISTORY_DAYS }, (_, k) => `value_${String(k)}`)
const LOGS = [...HISTORY.map((_, k) => `log_${String(k)}`), ...WINDOWS.map((days) => `mean_${String(days)}`)]
const COLUMNS = [
  'last',
  ...HISTORY,
  ...LOGS,
  ...Array.from({ length: 7 }, (_, k) => `weekday_${String(k)}`),
  ...[1, 2, 3].flatMap((k) => [`year_cos_${String(k)}`, `year_sin_${String(k)}`]),
]

/** What is known at the end of a day, and the calendar of the next. */
function rowOf(series: Float64Array, day: number, firstDay: number): number[] {
  const target = firstDay + day + 1
  const angle = yearAngle(target)
  const history = Array.from({ length: HISTORY_DAYS }, (_, age) => series[day - age] ?? Number.NaN)
  // 1970-01-01 was a Thursday.
  const weekday = (((target + 3) % 7) + 7) % 7
  return [
    lastOf(series, day),
    ...history,
    ...history.map(Math.log1p),
    ...WINDOWS.map((days) => meanLog(series.subarray(Math.max(0, day - days + 1), day + 1))),
    ...Array.from({ length: 7 }, (_, k) => (k === weekday ? 1 : 0)),
    ...[1, 2, 3].flatMap((k) => [Math.cos(k * angle), Math.sin(k * angle)]),
  ]
}

/** The newest value of the last days, `NaN` where there is none. */
function lastOf(series: Float64Array, day: number): number {
  for (let age = 0; age < LAST_AT_MOST; age++) {
    const value = series[day - age] ?? Number.NaN
    if (!Number.isNaN(value)) return value
  }
  return Number.NaN
}

function meanLog(window: Float64Array): number {
  const logs = window.filter((value) => !Number.isNaN(value)).map(Math.log1p)
  return logs.length === 0 ? Number.NaN : logs.reduce((sum, log) => sum + log, 0) / logs.length
}

function checked(value: number | null, index: number): number {
  if (value === null || Number.isNaN(value)) return Number.NaN
  if (value >= 0 && Number.isFinite(value)) return value
  throw new ModelError('bad-matrix', `value ${String(index)} of the series is ${String(value)}`, {
    fault: 'input',
    hint: 'Forecast values of 0 and more; give NaN where a day has none.',
  })
}

function dayNumberOf(day: string): number {
  const instant = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN
  if (!Number.isNaN(instant) && new Date(instant).toISOString().startsWith(day)) return instant / DAY_MS
  throw new ModelError('bad-matrix', `"${day}" is not a day`, {
    fault: 'input',
    hint: 'Write the first day as YYYY-MM-DD.',
  })
}
