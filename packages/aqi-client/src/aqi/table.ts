import type { Measure } from './concentration.ts'

/** A straight line of a breakpoint table: concentrations `from` to `to`, in steps, give `indexFrom` to `indexTo`. */
export interface Segment {
  readonly from: number
  readonly to: number
  readonly indexFrom: number
  readonly indexTo: number
}

/** The breakpoints of one pollutant over one averaging time. */
export interface Column {
  readonly measure: Measure
  /** Steps in one unit: 10 for a column of one decimal. Counting in steps keeps the arithmetic exact. */
  readonly stepsPerUnit: number
  /** Ascending. */
  readonly segments: readonly [Segment, ...Segment[]]
  /** Past the last segment: its line goes on, its top index stays, or there is no index. */
  readonly above: 'line' | 'top' | 'none'
  /** Whether the daily index uses it. */
  readonly daily: boolean
}

/** The columns of an index scale and its rules of rounding. */
export interface Table {
  /** What happens to a concentration before its index is looked up. */
  readonly before: 'truncate' | 'half-even' | 'nothing'
  /** How the index becomes a whole number: nearest with halves up, or always up. */
  readonly after: 'nearest' | 'up'
  /** The smallest index there is. */
  readonly least: 0 | 1
  /** The smallest AQI that has a dominant pollutant. */
  readonly dominantFrom: 0 | 51
  readonly columns: readonly Column[]
}

// Far below the last digit of any monitor, far above the error of a product of doubles.
const TINY = 1e-9

function wholeSteps(steps: number, before: Table['before']): number {
  if (before === 'nothing') return steps
  const nearest = Math.round(steps)
  if (before === 'truncate') return Math.abs(steps - nearest) < TINY ? nearest : Math.floor(steps)
  const below = Math.floor(steps)
  const tie = Math.abs(steps - below - 0.5) < TINY
  return tie ? below + (below % 2) : nearest
}

function indexOfSteps(steps: number, column: Column, table: Table): number | null {
  if (steps < column.segments[0].from) return null
  const last = column.segments.at(-1) ?? column.segments[0]
  if (steps > last.to && column.above === 'none') return null
  if (steps > last.to && column.above === 'top') return last.indexTo
  const { from, to, indexFrom, indexTo } = column.segments.find((segment) => steps <= segment.to) ?? last
  const index = indexFrom + ((indexTo - indexFrom) * (steps - from)) / (to - from)
  return Math.max(table.least, table.after === 'up' ? Math.ceil(index - TINY) : Math.round(index))
}

/** The index of a concentration in the column's unit; `null` where the column gives none. */
export function lookUp(value: number, column: Column, table: Table): number | null {
  return indexOfSteps(wholeSteps(value * column.stepsPerUnit, table.before), column, table)
}

/** A concentration in the column's unit whose index is `index`, or the nearest the column gives; `null` outside it. */
export function lookUpInverse(index: number, column: Column, table: Table): number | null {
  const last = column.segments.at(-1) ?? column.segments[0]
  if (index < Math.max(table.least, column.segments[0].indexFrom)) return null
  if (index > last.indexTo && column.above !== 'line') return null
  const { from, to, indexFrom, indexTo } = column.segments.find((segment) => index <= segment.indexTo) ?? last
  const steps = from + ((index - indexFrom) * (to - from)) / (indexTo - indexFrom)
  if (table.before === 'nothing') return steps / column.stepsPerUnit
  const miss = (candidate: number) => Math.abs((indexOfSteps(candidate, column, table) ?? Infinity) - index)
  const [below, above] = [Math.floor(steps + TINY), Math.ceil(steps - TINY)]
  return (miss(above) < miss(below) ? above : below) / column.stepsPerUnit
}
