import {
  aqiDaily,
  aqiReadings,
  type FeatureColumn,
  type KnownAtReport,
  type Leak,
  sourceForecasts,
  weatherForecasts,
} from '@airq/feature-groups'
import { mark } from '@airq/pipeline'
import type { CheckedRows, CheckedStation } from './check-leaks.ts'

/** What was known too late, where, and by how long. */
export interface FoundLeak {
  readonly station: string
  /** The group the value is of; `null` where a column takes it from elsewhere. */
  readonly group: string | null
  readonly column: string
  /** Local day of the row: of an early row its own, of a column the target of the row it shows in; else `null`. */
  readonly day: string | null
  /** The key of an early row, without its station; `null` of a column. */
  readonly key: string | null
  /** Of a column: the decision of its rows, and the block they have. */
  readonly decision: string | null
  readonly block: string | null
  /** By how long it was known too late; `null` where no one value gave it away. */
  readonly lateMs: number | null
  readonly what: string
}

const GROUP_OF: Readonly<Record<FeatureColumn['from'], string | null>> = {
  calendar: null,
  days: aqiDaily.name,
  stationHours: aqiReadings.name,
  modelHours: aqiReadings.name,
  sourceForecast: sourceForecasts.name,
  weather: weatherForecasts.name,
  elsewhere: null,
}

const HOUR_MS = 3_600_000

/** The rows of a group that say to be known too early; of many the first, and how many more. */
export function earlyRows(station: string, { group, early, examples }: KnownAtReport): FoundLeak[] {
  const more = early - examples.length
  return examples.map(({ key, day, knownAt, earliest }, i) => ({
    station,
    group,
    column: 'known_at',
    day,
    key,
    decision: null,
    block: null,
    lateMs: earliest - knownAt,
    what:
      `says to be known at ${new Date(knownAt).toISOString()}, and can't have been before ${new Date(earliest).toISOString()}` +
      (more > 0 && i === examples.length - 1 ? `; ${String(more)} more rows like this` : ''),
  }))
}

interface CheckedColumns {
  readonly rows: CheckedRows
  readonly columns: readonly FeatureColumn[]
  readonly leaks: readonly Leak[]
  readonly missed: readonly string[]
}

/** Columns that saw what was known later, and planted ones that were not found. */
export function columnLeaks(station: string, { rows, columns, leaks, missed }: CheckedColumns): FoundLeak[] {
  const { decision, block } = rows
  const where = { station, key: null, decision, block }
  return [
    ...leaks.map(({ column, targetDay, lateMs, what }) => {
      const from = columns.find(({ name }) => name === column)?.from
      return {
        ...where,
        group: from === undefined ? null : GROUP_OF[from],
        column,
        day: targetDay,
        lateMs,
        what,
      }
    }),
    ...missed.map((column) => ({
      ...where,
      group: null,
      column,
      day: null,
      lateMs: null,
      what: 'was planted to be found, and was not: the guards of this version do not hold',
    })),
  ]
}

export function describeLeak({
  station,
  group,
  column,
  day,
  key,
  decision,
  block,
  lateMs,
  what,
}: FoundLeak): string {
  const place = [station, group, key ?? day, decision, block].filter((part) => part !== null)
  const late = lateMs === null ? '' : ` (${duration(lateMs)} too late)`
  return `  ${place.join(', ')}: ${column} ${what}${late}`
}

/** What was looked at of a station without a leak. */
export function describeChecked({ station, simulated, groups, rows }: CheckedStation): string {
  const lines = [
    `${station.name} (${station.id})`,
    ...groups
      .filter((group) => group.rows > 0)
      .map(
        ({ group, rows: count, values }) =>
          `  ${group.padEnd(17)} ${plural(values, 'value')} of ${plural(count, 'row')}, none known before it can have been`,
      ),
    ...rows.map(
      ({ decision, block, rows: count, columns, remade, canaries }) =>
        `  ${decision}, ${block ?? 'daily'}: ${plural(columns, 'column')} of ${plural(count, 'row')}, ${String(remade)} made once more, none sees what was known later; ${String(canaries.found)} of ${String(canaries.planted)} planted leaks found`,
    ),
  ]
  return mark(lines.join('\n'), simulated)
}

function plural(n: number, word: string): string {
  return `${n.toLocaleString('en')} ${word}${n === 1 ? '' : 's'}`
}

/** `3 d 4 h`, `4 h 30 min`, `5 s`: the two largest parts. */
function duration(ms: number): string {
  const parts = [
    [Math.floor(ms / (24 * HOUR_MS)), 'd'],
    [Math.floor(ms / HOUR_MS) % 24, 'h'],
    [Math.floor(ms / 60_000) % 60, 'min'],
    [Math.floor(ms / 1000) % 60, 's'],
  ] as const
  const first = parts.findIndex(([n]) => n > 0)
  if (first < 0) return 'less than a second'
  return parts
    .slice(first, first + 2)
    .filter(([n]) => n > 0)
    .map(([n, unit]) => `${String(n)} ${unit}`)
    .join(' ')
}
