import { dayNumber } from '../../days/local-day.ts'
import type { Shifts } from './download-zone.ts'
import { COLUMNS, type Column, type ParsedHistory } from './types.ts'

export type DayValues = Partial<Record<Column, number>>

export interface ShiftedColumns {
  /** Values by true day (its number), every day with at least one. */
  readonly byDay: ReadonlyMap<number, DayValues>
  /** Days of which values were lost because their label is shared with another day; none of them can be used. */
  readonly lost: ReadonlySet<number>
}

/** Days from a shared label to the days whose values may stand there: of pm25, and of the other columns. */
const SHARING = { pm25: [-1, 0], others: [0, 1] } as const

/** Moves every value to its true day. */
export function shiftColumns(parsed: ParsedHistory, shifts: Shifts): ShiftedColumns {
  const byDay = new Map<number, DayValues>()
  const lost = new Set<number>()
  const groups = new Set(parsed.rows.flatMap(({ values }) => columnsOf(values).map(groupOf)))
  for (const row of parsed.rows) {
    const columns = columnsOf(row.values)
    if (columns.length === 0) continue
    const label = dayNumber(row.label)
    const shift = shifts.at(label)
    if (shift === 'shared') {
      for (const group of groups) for (const days of SHARING[group]) lost.add(label + days)
    } else if (shift !== 'unused') {
      for (const column of columns) set(byDay, label + shift[groupOf(column)], column, row.values[column])
    }
  }
  return { byDay, lost }
}

/** The columns of a row that hold a value. */
function columnsOf(values: DayValues): Column[] {
  return COLUMNS.filter((column) => values[column] !== undefined)
}

export function groupOf(column: Column): 'pm25' | 'others' {
  return column === 'pm25' ? 'pm25' : 'others'
}

function set(byDay: Map<number, DayValues>, day: number, column: Column, value: number | undefined): void {
  if (value === undefined) return
  const known = byDay.get(day)
  if (known === undefined) byDay.set(day, { [column]: value })
  else known[column] = value
}
