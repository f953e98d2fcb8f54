import { startOfDay } from '../../days/bounds.ts'
import { civilFromNumber } from '../../days/civil.ts'
import { dayFromNumber, dayNumber } from '../../days/local-day.ts'
import { POLLUTANTS, type Pollutant } from '../../types.ts'
import { startOfJanuaryBlock } from '../aqicn-csv/blocks.ts'
import type { SimulatedWorld } from './world.ts'

export interface ExportOptions {
  /** Where the pretended download happens: on which side of UTC, or in which IANA zone. */
  readonly downloadZone: 'west' | 'east' | { readonly timeZone: string }
  /** Columns of the file; default all six. */
  readonly columns?: readonly Pollutant[] | undefined
}

const DAY = 86_400_000

type Values = Partial<Record<Pollutant, number>>

/**
 * The world as aqicn.org would let it be downloaded on the morning of its last day, quirks included: `YYYY/M/D`,
 * blanks around cells, newest quarter first, each column labelled as by the clock of that place, rows without PM2.5
 * at the end, no final line end. Throws `AqiError` `bad-time-zone`.
 */
export function exportHistoricalCsv(world: SimulatedWorld, options: ExportOptions): string {
  const columns = POLLUTANTS.filter((pollutant) => options.columns?.includes(pollutant) ?? true)
  const rows = new Map<number, Values>()
  // One column after the other: a later one adds the days that the earlier ones lack at the end.
  for (const column of columns) {
    for (const [stamp, value] of inBlockOrder(stampedValues(world, column))) {
      const label = labelOf(stamp + 1, options.downloadZone)
      const row = rows.get(label)
      if (row === undefined) rows.set(label, { [column]: value })
      else row[column] = value // where two dates share a label, the later one is kept, as in real files
    }
  }
  const lines = [...rows].map(([label, values]) => {
    const { year, month, dayOfMonth } = civilFromNumber(label)
    return [[year, month, dayOfMonth].join('/'), ...columns.map((column) => values[column] ?? '')].join(', ')
  })
  return [['date', ...columns].join(', '), ...lines].join('\n')
}

/** The UTC day of a date's midnight on the clock of the computer that downloads. */
function labelOf(date: number, zone: ExportOptions['downloadZone']): number {
  if (zone === 'west') return date
  if (zone === 'east') return date - 1
  return Math.floor(startOfDay(dayFromNumber(date), zone.timeZone) / DAY)
}

/** Stamp (a day number) and value of each day, ascending; the last day is still in progress. */
function stampedValues(world: SimulatedWorld, column: Pollutant): (readonly [number, number])[] {
  const last = world.days.at(-1)
  return world.days.flatMap((reading) => {
    const value = (reading === last ? world.lastDayMorning : reading.sub)[column]
    return value === undefined ? [] : [[dayNumber(reading.day) - (column === 'pm25' ? 0 : 1), value] as const]
  })
}

/** Blocks newest first, ascending within: months in the newest quarter, quarters before it. */
function inBlockOrder(stamped: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  const newest = stamped.at(-1)?.[0] ?? 0
  const newestQuarter = Math.floor(blockMonth(newest) / 3)
  const blockOf = (stamp: number) => {
    const month = blockMonth(stamp)
    return Math.floor(month / 3) === newestQuarter ? month : Math.floor(month / 3) * 3
  }
  return stamped.toSorted(([a], [b]) => blockOf(b) - blockOf(a) || a - b)
}

/** Months since year 0; the days before the first quarter's block belong to the December before. */
function blockMonth(stamp: number): number {
  const { year, month } = civilFromNumber(stamp)
  const isBeforeBlock = month === 1 && stamp < startOfJanuaryBlock(year)
  return year * 12 + month - (isBeforeBlock ? 2 : 1)
}
