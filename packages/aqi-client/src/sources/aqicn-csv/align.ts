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
import { decideShifts, type AlignmentMethod, type DownloadPlace, type Shifts } from './download-zone.ts'
import { provePm25Lag, type LagProof } from './pm25-lag.ts'
import { groupOf, shiftColumns, type DayValues } from './shift-columns.ts'
import type { BlockMarks, Column, ParsedHistory } from './types.ts'
import { dropUnfinished, type DroppedDays } from './unfinished-days.ts'

export interface AlignOptions {
  /** IANA name of the station's zone. */
  readonly timeZone: string
  /**
   * Where the file was downloaded; `auto` reads it off the order of the rows, also where the labels change sides of
   * UTC with summer time. A zone, such as `{ timeZone: 'Europe/Lisbon' }`, says what `west` and `east` cannot.
   */
  readonly downloadZone: DownloadPlace
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

/** From one label on, columns move by these days. */
export interface AlignedSegment {
  readonly firstLabel: LocalDay
  readonly pm25: number
  readonly others: number
}

export interface AlignmentReport {
  /** Days added to the label, by column; of the last segment. */
  readonly columns: Readonly<Partial<Record<Column, number>>>
  /** Stretches of labels with the same shifts, ascending: one, unless the downloader's zone crosses UTC. */
  readonly segments: readonly AlignedSegment[]
  /** Days whose values share a label with another day's, where the clocks went forward over UTC: left out. */
  readonly lost: readonly LocalDay[]
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

/**
 * Moves each column of a download to its true local day, then drops the newest day with any value: it may have been
 * in progress. The same history downloaded anywhere gives the same days, but for those that the file itself has lost
 * where the downloader's clock went forward over UTC.
 *
 * The AQI of a day is the largest of its sub-indices and its `aqi` cell; it counts as known when the day ends.
 * Throws `AqiError` (fault `input`) `bad-time-zone`, or `download-zone-unknown` when `auto` finds no evidence and
 * `presume` is not set. A file without values gives no days.
 */
export function alignHistory(parsed: ParsedHistory, options: AlignOptions): AlignedHistory {
  assertTimeZone(options.timeZone)
  const relative = provePm25Lag(parsed)
  const hasValues = parsed.rows.some(({ values }) => Object.keys(values).length > 0)
  const shifts = decideShifts(parsed, relative, {
    downloadZone: options.downloadZone,
    presume: (options.presume ?? false) || !hasValues,
    pm25LabelShiftDays: options.pm25LabelShiftDays,
  })
  const { byDay, lost } = shiftColumns(parsed, shifts)
  // A lost day takes part in finding the newest one: it may have been the day in progress.
  const numbers = [...new Set([...byDay.keys(), ...lost])].sort((a, b) => a - b)
  const { kept, dropped, warnings } = dropUnfinished(numbers, options.timeZone, options.now)
  const days = kept
    .filter((number) => !lost.has(number))
    .map((number) => reading(number, byDay.get(number) ?? {}, options))
  const lostDays = kept.filter((number) => lost.has(number)).map(dayFromNumber)
  const segments = segmentsOf(parsed, shifts)
  return {
    days,
    report: {
      columns: Object.fromEntries(
        parsed.columns.map((column) => [column, segments.at(-1)?.[groupOf(column)] ?? 0]),
      ),
      segments,
      lost: lostDays,
      method: shifts.method,
      confidence: shifts.confidence,
      relative,
      marks: parsed.marks,
      rowsRead: parsed.rowsRead,
      ...spanOf(days),
      dropped,
      warnings: [
        ...parsed.warnings,
        ...shifts.warnings,
        ...crossingWarnings(segments, lostDays),
        ...warnings,
      ],
    },
  }
}

function segmentsOf(parsed: ParsedHistory, shifts: Shifts): AlignedSegment[] {
  const segments: AlignedSegment[] = []
  for (const { label } of parsed.rows) {
    const shift = shifts.at(dayNumber(label))
    const isNew = typeof shift === 'object' && shift.others !== segments.at(-1)?.others
    if (isNew) segments.push({ firstLabel: label, ...shift })
  }
  return segments
}

function crossingWarnings(segments: readonly AlignedSegment[], lost: readonly LocalDay[]): Warning[] {
  if (segments.length < 2) return []
  const changes = segments.length - 1
  const message =
    `the labels change sides of UTC ${String(changes)} times, with the clock of the computer that downloaded the file` +
    (lost.length === 0 ? '' : `; ${String(lost.length)} days lost where two share a label`)
  return [{ code: 'download-zone-crossing', message }]
}

function reading(number: number, values: DayValues, options: AlignOptions): DailyReading {
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
