import { type DailyReading, dayFromNumber, type LocalDay } from '@airq/aqi-client'
import { FeatureGroupsError } from '../errors.ts'
import type { FeatureColumn } from './columns.ts'
import { futureIn } from './future-in.ts'
import { changedLater, withoutLater } from './known-later.ts'
import { columnsFor, originsOf, type RowOptions } from './rows.ts'
import type { PointInTimeView } from './view.ts'

/** A column that sees what was not known yet. */
export interface Leak {
  readonly column: string
  /** Target of a row it shows in; of the newest where it shows in all rows together. */
  readonly targetDay: LocalDay
  readonly what: string
  /** How long after that row's decision the value became known; `null` where no one value gave it away. */
  readonly lateMs: number | null
}

export interface LeakReport {
  readonly rows: number
  readonly columns: number
  /** Rows that were made once more from nothing but what was known, and from a changed future. */
  readonly remade: number
  /** One a column. */
  readonly leaks: readonly Leak[]
}

type Found = Pick<Leak, 'what' | 'lateMs'>

const ROWS_REMADE = 40

/**
 * Looks for columns that know more than was known. Lets each cell's own reading be refused; makes rows once more with
 * all that became known after their decision taken away, and with all of it changed, and compares them cell by cell;
 * and looks whether a column goes row by row with a value of the target's day or the next, whatever it says of itself.
 */
export function checkLeaks(days: readonly DailyReading[], options: RowOptions): LeakReport {
  const columns = columnsFor(options)
  const { series, rows } = originsOf(days, options)
  const step = Math.max(1, Math.floor(rows.length / ROWS_REMADE))
  const sample = rows.filter((_, i) => i % step === 0)
  const leaks = new Map<string, Leak>()
  const tell = (column: FeatureColumn, target: number, found: Found | null) => {
    if (found === null || leaks.has(column.name)) return
    const { what, lateMs } = found
    leaks.set(column.name, { column: column.name, targetDay: dayFromNumber(target), what, lateMs })
  }
  for (const column of columns) {
    const cells: number[] = []
    for (const { view } of rows) {
      const { cell, refused } = compute(column, view)
      cells.push(cell)
      tell(column, view.targetDay, refused)
    }
    const future = futureIn(cells, series, rows)
    if (future !== null) tell(column, future.targetDay, future)
  }
  for (const { view } of sample) {
    if (leaks.size === columns.length) break
    // Two at a time and no more: each lays out the whole history.
    const past = withoutLater(days, options.beside ?? {}, view.decision)
    const other = changedLater(days, options.beside ?? {}, view.decision)
    for (const column of columns) {
      if (leaks.has(column.name)) continue
      tell(
        column,
        view.targetDay,
        difference(column, view, past, 'taken away') ?? difference(column, view, other, 'changed'),
      )
    }
  }
  return { rows: rows.length, columns: columns.length, remade: sample.length, leaks: [...leaks.values()] }
}

function compute(
  column: FeatureColumn,
  view: PointInTimeView,
): { readonly cell: number; readonly refused: Found | null } {
  view.enter(column)
  try {
    return { cell: column.compute(view), refused: null }
  } catch (error) {
    if (!FeatureGroupsError.isInstance(error) || error.code !== 'leakage') throw error
    const { lateMs } = error.details ?? {}
    const refused = { what: error.message, lateMs: typeof lateMs === 'number' ? lateMs : null }
    return { cell: Number.NaN, refused }
  }
}

function difference(
  column: FeatureColumn,
  view: PointInTimeView,
  remade: PointInTimeView,
  done: string,
): Found | null {
  const [is, was] = [compute(column, view).cell, compute(column, remade).cell]
  if (Object.is(is, was)) return null
  const what = `is ${String(is)}, and ${String(was)} once what became known later is ${done}`
  return { what, lateMs: null }
}
