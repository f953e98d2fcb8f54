import { type DailyReading, dayFromNumber, endOfDay } from '@airq/aqi-client'
import type { TrainingMatrix } from '@airq/model'
import { hasBlocks } from './blocks-known.ts'
import { columnsOf, SO_FAR_COLUMN } from './block-columns.ts'
import { type FeatureColumn, HISTORY_COLUMNS, LAST_COLUMN } from './columns.ts'
import { type DecisionPoint, decisionPoint, type DecisionRule, targetOffset } from './decisions.ts'
import type { Beside, Block } from './information.ts'
import { refuseCopies } from './refuse-copies.ts'
import { type DailySeries, layOut } from './series.ts'
import { layOutBeside, PointInTimeView } from './view.ts'

export interface RowOptions extends DecisionRule {
  /** What there is beside the days. Default: nothing. */
  readonly beside?: Beside
  /** What must have been known beside the days; each brings its columns. Default: none, so the set `daily`. */
  readonly blocks?: readonly Block[]
  /** Default: the columns of `daily` and of each block. */
  readonly columns?: readonly FeatureColumn[]
}

/** A day after which the last value may be at most this old to be a training or test origin. */
const ORIGIN_MAX_AGE = 2

/**
 * Rows for training from the days of one station: one row a decision whose target has a final AQI, and by which at
 * least one of the last three complete days was known and every block asked for. Each row holds what was known at
 * its decision; a column that reaches beyond it throws `leakage`.
 */
export function trainingSet(days: readonly DailyReading[], options: RowOptions): TrainingMatrix {
  const columns = columnsFor(options)
  const { series, rows } = originsOf(days, options)
  const values = new Float64Array(rows.length * columns.length)
  rows.forEach(({ view }, row) => {
    values.set(computeRow(columns, view), row * columns.length)
  })
  const names = columns.map((column) => column.name)
  const matrix = {
    columns: names,
    roles: {
      last: LAST_COLUMN,
      history: HISTORY_COLUMNS,
      logs: names.filter(isLog),
      ...(names.includes(SO_FAR_COLUMN) ? { soFar: SO_FAR_COLUMN } : {}),
    },
    values,
    outcomes: Float64Array.from(rows, ({ target }) => series.values.aqi[target] ?? Number.NaN),
    targetDays: Int32Array.from(rows, ({ target }) => series.firstDay + target),
    decidedAt: Float64Array.from(rows, ({ view }) => view.decision.at),
    outcomeKnownAt: Float64Array.from(
      rows,
      ({ target }) => series.knownAt[target] ?? Number.POSITIVE_INFINITY,
    ),
  }
  refuseCopies(matrix)
  return matrix
}

/** Lags, means and hours on the log scale; a deviation of logs is none. */
function isLog(name: string): boolean {
  return name.startsWith('log_') && !name.startsWith('log_aqi_sd_')
}

/** A decision that makes a row: what was known at it, and where in the series its target is. */
interface RowOrigin {
  readonly view: PointInTimeView
  readonly target: number
}

/** The decisions that make rows, in order. */
export function originsOf(
  days: readonly DailyReading[],
  options: RowOptions,
): { readonly series: DailySeries; readonly rows: readonly RowOrigin[] } {
  const series = layOut(days)
  const beside = layOutBeside(options.beside ?? {})
  const offset = targetOffset(options.decision)
  const rows: RowOrigin[] = []
  for (let index = 0; index + offset < series.length; index++) {
    const point = pointAt(series, index, options)
    if (!isOrigin(series, index, index + offset, point.at)) continue
    const view = new PointInTimeView(series, beside, point)
    if (hasBlocks(view, options.blocks ?? [])) rows.push({ view, target: index + offset })
  }
  return { series, rows }
}

/** The columns asked for, else those of `daily` and of each block. */
export function columnsFor(options: RowOptions): readonly FeatureColumn[] {
  return options.columns ?? columnsOf(options, options.blocks ?? [])
}

/** The decision whose last complete day is at an index of the series. */
function pointAt(series: DailySeries, index: number, rule: DecisionRule): DecisionPoint {
  const day = series.firstDay + index
  if (rule.decision !== 'end-of-day') return decisionPoint(day, rule, series.timeZone)
  return { day, targetDay: day + 1, hour: (day + 1) * 24, at: endsAt(series, index) }
}

function isOrigin(
  { values: { aqi }, knownAt }: DailySeries,
  index: number,
  target: number,
  at: number,
): boolean {
  if (Number.isNaN(aqi[target] ?? Number.NaN)) return false
  for (let age = 0; age <= ORIGIN_MAX_AGE; age++) {
    const known = (knownAt[index - age] ?? Number.POSITIVE_INFINITY) <= at
    if (known && !Number.isNaN(aqi[index - age] ?? Number.NaN)) return true
  }
  return false
}

function endsAt(series: DailySeries, index: number): number {
  const known = series.endsAt[index] ?? Number.NaN
  return Number.isNaN(known) ? endOfDay(dayFromNumber(series.firstDay + index), series.timeZone) : known
}

/**
 * Target day minus last day known at the decision, as most rows have it: for `end-of-day` 1 where D itself is known, 2
 * where it isn't yet.
 */
export function usualLead(matrix: TrainingMatrix, { decision }: DecisionRule): number {
  const counts = new Map<number, number>()
  const width = matrix.columns.length
  const columns = HISTORY_COLUMNS.map((name) => matrix.columns.indexOf(name))
  for (let row = 0; row < matrix.outcomes.length; row++) {
    const back = columns.findIndex(
      (column) => !Number.isNaN(matrix.values[row * width + column] ?? Number.NaN),
    )
    const lead = (back < 0 ? columns.length : back) + targetOffset(decision)
    counts.set(lead, (counts.get(lead) ?? 0) + 1)
  }
  const [most] = [...counts].sort((a, b) => b[1] - a[1])
  return most?.[0] ?? targetOffset(decision)
}

export function computeRow(columns: readonly FeatureColumn[], view: PointInTimeView): Float64Array {
  return Float64Array.from(columns, (column) => {
    view.enter(column)
    return column.compute(view)
  })
}
