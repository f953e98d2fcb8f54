import { type DailyReading, dayFromNumber, dayNumber, endOfDay, type LocalDay } from '@airq/aqi-client'
import type { ForecastRow, TrainingMatrix } from '@airq/model'
import { FeatureGroupsError } from '../errors.ts'
import {
  dailyColumns,
  type FeatureColumn,
  HISTORY_COLUMNS,
  LAST_COLUMN,
  LAST_VALUE_MAX_AGE,
} from './columns.ts'
import { type DailySeries, layOut } from './series.ts'
import { PointInTimeView } from './view.ts'

/** `end-of-day`: decided at 24:00 of D, when D counts as complete. */
export type Decision = 'end-of-day'

export interface RowOptions {
  readonly decision: Decision
  /** Default: the columns of the information set `daily`. */
  readonly columns?: readonly FeatureColumn[]
}

/** A day after which the last value may be at most this old to be a training or test origin. */
const ORIGIN_MAX_AGE = 2

/**
 * Rows for training from the days of one station: one row a decision day D whose next day has a final AQI and
 * of whose days D, D−1, D−2 at least one has. Each row holds what was known at its decision; a column that
 * reaches beyond it throws `leakage`.
 */
export function trainingSet(days: readonly DailyReading[], options: RowOptions): TrainingMatrix {
  const columns = options.columns ?? dailyColumns
  const series = layOut(days)
  const origins: number[] = []
  for (let index = 0; index + 1 < series.length; index++) {
    if (isOrigin(series, index)) origins.push(index)
  }
  const values = new Float64Array(origins.length * columns.length)
  const decidedAt = new Float64Array(origins.length)
  origins.forEach((index, row) => {
    const day = series.firstDay + index
    decidedAt[row] = endsAt(series, index)
    const view = new PointInTimeView(series, { day, at: endsAt(series, index) })
    values.set(computeRow(columns, view), row * columns.length)
  })
  const matrix = {
    columns: columns.map((column) => column.name),
    roles: { last: LAST_COLUMN, history: HISTORY_COLUMNS },
    values,
    outcomes: Float64Array.from(origins, (index) => series.values.aqi[index + 1] ?? Number.NaN),
    targetDays: Int32Array.from(origins, (index) => series.firstDay + index + 1),
    decidedAt,
    outcomeKnownAt: Float64Array.from(
      origins,
      (index) => series.knownAt[index + 1] ?? Number.POSITIVE_INFINITY,
    ),
  }
  refuseCopies(matrix)
  return matrix
}

function isOrigin(series: DailySeries, index: number): boolean {
  const { aqi } = series.values
  if (Number.isNaN(aqi[index + 1] ?? Number.NaN)) return false
  const decidedAt = endsAt(series, index)
  for (let age = 0; age <= ORIGIN_MAX_AGE; age++) {
    const known = (series.knownAt[index - age] ?? Number.POSITIVE_INFINITY) <= decidedAt
    if (known && !Number.isNaN(aqi[index - age] ?? Number.NaN)) return true
  }
  return false
}

function endsAt(series: DailySeries, index: number): number {
  const known = series.endsAt[index] ?? Number.NaN
  return Number.isNaN(known) ? endOfDay(dayFromNumber(series.firstDay + index), series.timeZone) : known
}

/** Target day minus last day known at the decision, as most rows have it: 1 where D itself is known, 2 where it isn't yet. */
export function usualLead(matrix: TrainingMatrix): number {
  const counts = new Map<number, number>()
  const width = matrix.columns.length
  const columns = HISTORY_COLUMNS.map((name) => matrix.columns.indexOf(name))
  for (let row = 0; row < matrix.outcomes.length; row++) {
    const back = columns.findIndex(
      (column) => !Number.isNaN(matrix.values[row * width + column] ?? Number.NaN),
    )
    const lead = (back < 0 ? columns.length : back) + 1
    counts.set(lead, (counts.get(lead) ?? 0) + 1)
  }
  const [most] = [...counts].sort((a, b) => b[1] - a[1])
  return most?.[0] ?? 1
}

function computeRow(columns: readonly FeatureColumn[], view: PointInTimeView): Float64Array {
  return Float64Array.from(columns, (column) => {
    view.enter(column.name)
    return column.compute(view)
  })
}

/**
 * A column that equals the outcome row by row has been joined from the future, whatever it says of itself.
 * (A series that hardly changes equals its own past: there nothing can be told and nothing is refused.)
 */
function refuseCopies(matrix: TrainingMatrix): void {
  const rows = matrix.outcomes.length
  const width = matrix.columns.length
  const share = (column: number) => {
    let same = 0
    for (let i = 0; i < rows; i++) {
      const value = matrix.values[i * width + column] ?? Number.NaN
      const outcome = matrix.outcomes[i] ?? Number.NaN
      if (value === outcome || value === Math.log1p(outcome)) same++
    }
    return same / rows
  }
  const last = matrix.columns.indexOf(LAST_COLUMN)
  if (rows < 30 || (last >= 0 && share(last) > 0.5)) return
  matrix.columns.forEach((name, column) => {
    if (share(column) < 0.9) return
    throw new FeatureGroupsError('leakage', `the column "${name}" equals the outcome it should forecast`, {
      hint: 'It was joined from the target day; shift it back or drop it.',
    })
  })
}

export interface DecisionRow {
  readonly columns: readonly string[]
  readonly row: ForecastRow
  readonly decision: Decision
  readonly decisionDay: LocalDay
  readonly targetDay: LocalDay
  /** The newest day with a final AQI known at the decision. */
  readonly lastFinalDay: LocalDay
  readonly decidedAt: number
  /** Target day minus last final day. */
  readonly lead: number
  /** The last final AQI: what persistence would say. */
  readonly lastAqi: number
}

/**
 * The row to forecast D + 1 from, by the same columns as in training. Throws `no-data` when no final day is
 * known, `stale-data` when the last one lies more than three days before D.
 */
export function decisionRow(
  days: readonly DailyReading[],
  decisionDay: LocalDay,
  options: RowOptions,
): DecisionRow {
  const columns = options.columns ?? dailyColumns
  const first = days[0]
  if (first === undefined) throw new FeatureGroupsError('no-data', 'there is no day to forecast from')
  const day = dayNumber(decisionDay)
  const decidedAt = endOfDay(decisionDay, first.timeZone)
  const lastFinal = lastFinalDay(days, decidedAt)
  if (lastFinal === undefined) {
    throw new FeatureGroupsError('no-data', `no final day was known at the end of ${decisionDay}`)
  }
  const age = day - dayNumber(lastFinal)
  if (age > LAST_VALUE_MAX_AGE) {
    throw new FeatureGroupsError(
      'stale-data',
      `the last final day, ${lastFinal}, lies ${String(age)} days before the decision's day, ${decisionDay}`,
      { details: { lastFinalDay: lastFinal, decisionDay } },
    )
  }
  const view = new PointInTimeView(layOut(days), { day, at: decidedAt })
  return {
    columns: columns.map((column) => column.name),
    row: { values: computeRow(columns, view), targetDay: day + 1 },
    decision: options.decision,
    decisionDay,
    targetDay: dayFromNumber(day + 1),
    lastFinalDay: lastFinal,
    decidedAt,
    lead: age + 1,
    lastAqi: view.carried('aqi', 0, LAST_VALUE_MAX_AGE),
  }
}

function lastFinalDay(days: readonly DailyReading[], decidedAt: number): LocalDay | undefined {
  const known = days.filter((day) => day.status === 'final' && day.aqi !== null && day.knownAt <= decidedAt)
  return known.reduce<LocalDay | undefined>(
    (newest, { day }) => (newest === undefined || day > newest ? day : newest),
    undefined,
  )
}
