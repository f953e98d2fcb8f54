import { endOfDay } from '../../days/bounds.ts'
import { dayFromNumber, dayNumber } from '../../days/local-day.ts'
import { assertTimeZone } from '../../days/zone.ts'
import {
  POLLUTANTS,
  type DailyReading,
  type DayOrigin,
  type LocalDay,
  type Pollutant,
  type Scale,
  type Warning,
} from '../../types.ts'
import { decideShifts, type AlignmentMethod, type DownloadZone, type Shifts } from './download-zone.ts'
import { provePm25Lag, type LagProof } from './pm25-lag.ts'
import type { BlockMarks, Column, ParsedHistory } from './types.ts'
import { dropUnfinished, type DroppedDays } from './unfinished-days.ts'

export interface AlignOptions {
  /** IANA name of the station's zone. */
  readonly timeZone: string
  /** Where the file was downloaded; `auto` reads it off the order of the rows. */
  readonly downloadZone: DownloadZone | 'auto'
  /** Default `csv`. */
  readonly origin?: DayOrigin | undefined
  /** Epoch ms. Days that end later are dropped. */
  readonly now?: number | undefined
  /** Default `us-epa-2015`. */
  readonly scale?: Scale | undefined
  /** Take `west` instead of an error when `auto` finds nothing. */
  readonly presume?: boolean | undefined
  /** Days to add to pm25 labels relative to the others, instead of proving it; 0: the file is aligned already. */
  readonly pm25LabelShiftDays?: -1 | 0 | undefined
}

export interface AlignmentReport {
  /** Days added to the label, by column. */
  readonly columns: Readonly<Partial<Record<Column, number>>>
  readonly method: AlignmentMethod
  readonly confidence: 'high' | 'presumed'
  /** How far the pm25 labels run behind the other columns. */
  readonly relative: LagProof
  readonly marks: BlockMarks
  readonly rowsRead: number
  readonly firstDay: LocalDay | null
  readonly lastDay: LocalDay | null
  readonly final: number
  /** Always 0: a download has whole days only. */
  readonly partial: number
  /** Days between the first and the last that have no value. */
  readonly missing: number
  readonly dropped: DroppedDays
  /** Of parsing and of alignment. */
  readonly warnings: readonly Warning[]
}

export interface AlignedHistory {
  /** Ascending, final, each with at least one value. */
  readonly days: readonly DailyReading[]
  readonly report: AlignmentReport
}

type Values = Partial<Record<Column, number>>

/**
 * Moves each column of a download to its true local day, then drops the newest day with any value: it may have been
 * in progress. The same history downloaded east or west of UTC gives the same days.
 *
 * The AQI of a day is the largest of its sub-indices and its `aqi` cell; it counts as known when the day ends.
 * Throws `AqiError` (fault `input`) `bad-time-zone`, or `download-zone-unknown` when `auto` finds no evidence and
 * `presume` is not set. A file without values gives no days.
 */
export function alignHistory(parsed: ParsedHistory, options: AlignOptions): AlignedHistory {
  assertTimeZone(options.timeZone)
  const relative = provePm25Lag(parsed)
  const hasValues = parsed.rows.some(({ values }) => Object.keys(values).length > 0)
  const shifts = decideShifts(parsed.marks, relative, {
    downloadZone: options.downloadZone,
    presume: (options.presume ?? false) || !hasValues,
    hasPm25: parsed.rows.some(({ values }) => values.pm25 !== undefined),
    pm25LabelShiftDays: options.pm25LabelShiftDays,
  })
  const byDay = shiftColumns(parsed, shifts)
  const numbers = [...byDay.keys()].sort((a, b) => a - b)
  const { kept, dropped, warnings } = dropUnfinished(numbers, options.timeZone, options.now)
  const days = kept.map((number) => reading(number, byDay.get(number) ?? {}, options))
  return {
    days,
    report: {
      columns: Object.fromEntries(parsed.columns.map((column) => [column, shiftOf(column, shifts)])),
      method: shifts.method,
      confidence: shifts.confidence,
      relative,
      marks: parsed.marks,
      rowsRead: parsed.rowsRead,
      ...spanOf(days),
      dropped,
      warnings: [...parsed.warnings, ...shifts.warnings, ...warnings],
    },
  }
}

function shiftOf(column: Column, shifts: Shifts): number {
  return column === 'pm25' ? shifts.pm25 : shifts.others
}

/** Values by true day (its number), every day with at least one. */
function shiftColumns(parsed: ParsedHistory, shifts: Shifts): Map<number, Values> {
  const byDay = new Map<number, Values>()
  for (const { label, values } of parsed.rows) {
    for (const column of parsed.columns) {
      const value = values[column]
      if (value === undefined) continue
      const day = dayNumber(label) + shiftOf(column, shifts)
      const known = byDay.get(day)
      if (known === undefined) byDay.set(day, { [column]: value })
      else known[column] = value
    }
  }
  return byDay
}

function reading(number: number, values: Values, options: AlignOptions): DailyReading {
  const day = dayFromNumber(number)
  const sub: Partial<Record<Pollutant, number>> = {}
  for (const pollutant of POLLUTANTS) {
    const value = values[pollutant]
    if (value !== undefined) sub[pollutant] = value
  }
  return {
    day,
    timeZone: options.timeZone,
    sub,
    aqi: Math.max(...Object.values(values)),
    hours: null,
    status: 'final',
    origin: options.origin ?? 'csv',
    unit: 'sub-index',
    scale: options.scale ?? 'us-epa-2015',
    knownAt: endOfDay(day, options.timeZone),
  }
}

function spanOf(days: readonly DailyReading[]) {
  const firstDay = days[0]?.day ?? null
  const lastDay = days.at(-1)?.day ?? null
  const calendar = firstDay === null || lastDay === null ? 0 : dayNumber(lastDay) - dayNumber(firstDay) + 1
  return { firstDay, lastDay, final: days.length, partial: 0, missing: calendar - days.length }
}
