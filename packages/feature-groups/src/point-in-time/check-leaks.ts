import { type DailyReading, dayFromNumber, type LocalDay } from '@airq/aqi-client'
import { FeatureGroupsError } from '../errors.ts'
import type { FeatureColumn } from './columns.ts'
import type { DecisionPoint } from './decisions.ts'
import type { Beside } from './information.ts'
import { columnsFor, originsOf, type RowOptions } from './rows.ts'
import { type DailySeries, FIELDS, layOut } from './series.ts'
import { layOutBeside, PointInTimeView } from './view.ts'

/** A column that sees what was not known yet. */
export interface Leak {
  readonly column: string
  /** Target of the row it showed in; `null` where it shows in all rows together. */
  readonly targetDay: LocalDay | null
  readonly what: string
}

export interface LeakReport {
  readonly rows: number
  readonly columns: number
  /** One a column. */
  readonly leaks: readonly Leak[]
}

/** Rows that are made a second time, from nothing but what was known. */
const ROWS_REMADE = 40
/** Fewer rows tell nothing of how a column and the future go together. */
const LEAST_ROWS = 30
/** A column that goes with a value of the future so closely is one. */
const SAME = 0.999
/** A series that repeats itself like this goes with its own future. */
const STATIC = 0.99

/**
 * Looks for columns that know more than was known: makes rows once more with all that became known later taken away
 * and compares them cell by cell, lets each column's own reading be refused, and looks whether a column goes row by
 * row with a value of the target's day or the next, whatever it says of itself.
 */
export function checkLeaks(days: readonly DailyReading[], options: RowOptions): LeakReport {
  const columns = columnsFor(options)
  const { series, rows } = originsOf(days, options)
  const step = Math.max(1, Math.floor(rows.length / ROWS_REMADE))
  const remade = rows
    .filter((_, i) => i % step === 0)
    .map(({ view }) => ({ view, known: viewOfKnown(days, options.beside ?? {}, view.decision) }))
  const leaks = columns.flatMap((column): Leak[] => {
    for (const { view, known } of remade) {
      const what = refusal(column, view) ?? difference(column, view, known)
      if (what !== null) return [{ column: column.name, targetDay: dayFromNumber(view.targetDay), what }]
    }
    const cells = rows.map(({ view }) => compute(column, view))
    const what = futureIn(cells, series, rows)
    return what === null ? [] : [{ column: column.name, targetDay: null, what }]
  })
  return { rows: rows.length, columns: columns.length, leaks }
}

/** Everything that was not known at a decision taken away. */
function viewOfKnown(
  days: readonly DailyReading[],
  beside: Beside,
  decision: DecisionPoint,
): PointInTimeView {
  const { at } = decision
  const known = {
    hours: beside.hours?.filter(({ knownAt }) => knownAt <= at) ?? [],
    modelHours: beside.modelHours?.filter(({ knownAt }) => knownAt <= at) ?? [],
    weather: beside.weather?.filter(({ known_at: knownAt }) => knownAt <= at) ?? [],
    sourceForecasts: beside.sourceForecasts?.filter(({ known_at: knownAt }) => knownAt <= at) ?? [],
  }
  const past = days.filter(({ knownAt }) => knownAt <= at)
  return new PointInTimeView(layOut(past), layOutBeside(known), decision)
}

function compute(column: FeatureColumn, view: PointInTimeView): number {
  view.enter(column)
  return column.compute(view)
}

function refusal(column: FeatureColumn, view: PointInTimeView): string | null {
  try {
    compute(column, view)
    return null
  } catch (error) {
    if (FeatureGroupsError.isInstance(error) && error.code === 'leakage') return error.message
    throw error
  }
}

function difference(column: FeatureColumn, view: PointInTimeView, known: PointInTimeView): string | null {
  const [all, past] = [compute(column, view), compute(column, known)]
  if (Object.is(all, past)) return null
  return `is ${String(all)}, and ${String(past)} once what became known later is taken away`
}

function futureIn(
  cells: readonly number[],
  series: DailySeries,
  rows: readonly { readonly target: number }[],
): string | null {
  if (rows.length < LEAST_ROWS) return null
  for (const field of FIELDS) {
    const at = (offset: number) =>
      rows.map(({ target }) => series.values[field][target + offset] ?? Number.NaN)
    if (likeness(at(-1), at(0)) > STATIC) continue
    for (const offset of [0, 1]) {
      const values = at(offset)
      const closest = Math.max(likeness(cells, values), likeness(cells, values.map(Math.log1p)))
      if (closest >= SAME)
        return `goes row by row with ${field} of ${offset === 0 ? "the target's day" : 'the day after the target'}`
    }
  }
  return null
}

/** Size of the correlation over the rows that have both; 0 where too few have, or one never changes. */
function likeness(a: readonly number[], b: readonly number[]): number {
  const pairs = a.flatMap((x, i) => {
    const y = b[i] ?? Number.NaN
    return Number.isNaN(x) || Number.isNaN(y) ? [] : [[x, y] as const]
  })
  if (pairs.length < LEAST_ROWS) return 0
  const mean = (pick: (pair: readonly [number, number]) => number) =>
    pairs.reduce((sum, pair) => sum + pick(pair), 0) / pairs.length
  const [mx, my] = [mean(([x]) => x), mean(([, y]) => y)]
  const [vx, vy] = [mean(([x]) => (x - mx) ** 2), mean(([, y]) => (y - my) ** 2)]
  if (vx === 0 || vy === 0) return 0
  return Math.abs(mean(([x, y]) => (x - mx) * (y - my))) / Math.sqrt(vx * vy)
}
