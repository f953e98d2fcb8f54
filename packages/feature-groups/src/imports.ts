import { createHash } from 'node:crypto'
import { type AlignedHistory, type DownloadPlace, POLLUTANTS, type Pollutant } from '@airq/aqi-client'
import { type CallOptions, defineGroup, type FeatureStore, type RowOf } from '@airq/feature-store'
import { toDailyRow } from './daily-rows.ts'
import { readRows } from './read-rows.ts'

const text = (description: string) => ({ type: 'string', description }) as const
const count = (description: string) => ({ type: 'int', description }) as const
const shift = (pollutant: string) =>
  ({
    type: 'int',
    nullable: true,
    description: `Days added to the labels of ${pollutant}; null where the download has no such column.`,
  }) as const

/** One row an imported download: how its columns came to their days. No values. */
export const aqiImports = defineGroup({
  name: 'aqi_imports',
  version: 1,
  description: 'Imports of downloaded histories, with the alignment of each.',
  primaryKey: ['station', 'number'],
  eventTime: 'known_at',
  columns: {
    station: text('Station id of the configuration.'),
    number: count('0 for the first import of the station.'),
    source_kind: text('Kind of the source of the station: waqi, aqicn-csv.'),
    first_day: text('First local day of the download, aligned, YYYY-MM-DD.'),
    last_day: text('Last one.'),
    final_days: count('Days with values.'),
    partial_days: count('Days with too few hours.'),
    missing_days: count('Days without values between the first and the last.'),
    shift_pm25: shift('PM2.5'),
    shift_pm10: shift('PM10'),
    shift_o3: shift('ozone'),
    shift_no2: shift('nitrogen dioxide'),
    shift_so2: shift('sulphur dioxide'),
    shift_co: shift('carbon monoxide'),
    stretches: count('Stretches of labels with the same shifts; the shifts told are those of the last one.'),
    method: text('How the shifts were found: block-marks, download-zone, presumed, already-aligned.'),
    confidence: text('high or presumed.'),
    download_zone: text('Where it was said to be downloaded: west, east, a time zone, or auto.'),
    days_sha256: text('Digest of the imported days, to tell the same import again.'),
    known_at: { type: 'bigint', description: 'When it was imported. Epoch ms.' },
  },
})
export type AqiImportRow = RowOf<typeof aqiImports.columns>

/** A download on its way into the store. */
export interface ImportedHistory {
  readonly station: string
  readonly sourceKind: string
  readonly downloadZone: DownloadPlace
  readonly history: AlignedHistory
}

/**
 * The rows of `aqi_imports` that a run is to add: none of a station whose newest imports were these.
 * @param now epoch ms
 */
export async function newImports(
  store: FeatureStore,
  imports: readonly ImportedHistory[],
  now: number,
  options: CallOptions = {},
): Promise<AqiImportRow[]> {
  const added: AqiImportRow[] = []
  for (const station of new Set(imports.map((one) => one.station))) {
    const there = inOrder(await readRows(store.read(aqiImports, { keys: { station } }, options)))
    const told = imports
      .filter((one) => one.station === station)
      .map((one, i) => toImportRow(one, { number: there.length + i, now }))
    if (!told.every((row, i) => isSame(row, there.at(i - told.length)))) added.push(...told)
  }
  return added
}

/** The imports known by an instant (epoch ms), the newest last. */
export function importsBy(rows: readonly AqiImportRow[], now: number): AqiImportRow[] {
  return inOrder(rows.filter((row) => row.known_at <= now))
}

/** Days added to the label, by column of the download. */
export function shiftsOf(row: AqiImportRow): Partial<Record<Pollutant, number>> {
  const shifts: Partial<Record<Pollutant, number>> = {}
  for (const pollutant of POLLUTANTS) {
    const days = row[`shift_${pollutant}`]
    if (days !== null) shifts[pollutant] = days
  }
  return shifts
}

function toImportRow(
  { station, sourceKind, downloadZone, history: { days, report } }: ImportedHistory,
  { number, now }: { readonly number: number; readonly now: number },
): AqiImportRow {
  const shiftOf = (pollutant: Pollutant) => report.columns[pollutant] ?? null
  const rows = days.map((day) => toDailyRow(station, day))
  return {
    station,
    number,
    source_kind: sourceKind,
    first_day: report.firstDay ?? '',
    last_day: report.lastDay ?? '',
    final_days: report.final,
    partial_days: report.partial,
    missing_days: report.missing,
    shift_pm25: shiftOf('pm25'),
    shift_pm10: shiftOf('pm10'),
    shift_o3: shiftOf('o3'),
    shift_no2: shiftOf('no2'),
    shift_so2: shiftOf('so2'),
    shift_co: shiftOf('co'),
    stretches: report.segments.length,
    method: report.method,
    confidence: report.confidence,
    download_zone: typeof downloadZone === 'string' ? downloadZone : downloadZone.timeZone,
    days_sha256: createHash('sha256').update(JSON.stringify(rows)).digest('hex'),
    known_at: now,
  }
}

function isSame(row: AqiImportRow, other: AqiImportRow | undefined): boolean {
  if (other === undefined) return false
  const columns = Object.keys(aqiImports.columns) as (keyof AqiImportRow)[]
  return columns.every((name) => name === 'number' || name === 'known_at' || row[name] === other[name])
}

function inOrder(rows: readonly AqiImportRow[]): AqiImportRow[] {
  return rows.toSorted((a, b) => a.number - b.number)
}
