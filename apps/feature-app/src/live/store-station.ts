import { type HourlyReading, localHourAt } from '@airq/aqi-client'
import {
  aqiQuarantine,
  aqiReadings,
  aqiStations,
  FeatureGroupsError,
  fromReadingRow,
  sourceForecasts,
  toReadingRow,
  toSourceForecastRow,
  toStationRow,
  weatherForecasts,
} from '@airq/feature-groups'
import type { CallOptions, FeatureStore } from '@airq/feature-store'
import type { StationConfig } from '@airq/pipeline'
import { judgeReading, STUCK_HOURS } from './judge-reading.ts'
import type { StationPull } from './pull.ts'
import type { WeatherPull } from './weather.ts'

const HOUR_MS = 3_600_000
const LATELY_MS = 40 * 24 * HOUR_MS

export interface StoredReadings {
  readonly newest: HourlyReading | null
  readonly written: number
  readonly unchanged: number
  readonly heldBack: number
  /** Hours between the newest stored reading and the first new one that nobody pulled. */
  readonly missedHours: number
}

/** The newest reading in a station's series: its instant (epoch ms) and who answered. */
export interface Newest {
  readonly observedAt: number
  readonly source: string
}

/** The newest reading in a station's series; `null` for none. */
export async function newestStored(
  store: FeatureStore,
  station: string,
  { now, ...options }: CallOptions & { readonly now: number },
): Promise<Newest | null> {
  // A station that reports at all has reported lately; only a dead one costs a look at everything.
  for (const from of [now - LATELY_MS, 0]) {
    let newest: Newest | null = null
    for await (const rows of store.read(aqiReadings, { keys: { station }, from }, options)) {
      for (const { observed_ms: observedAt, source } of rows) {
        if (newest === null || observedAt > newest.observedAt) newest = { observedAt, source }
      }
    }
    if (newest !== null) return newest
  }
  return null
}

/** Judges what a pull brought and stores it: good readings into the series, the others into quarantine. */
export async function storeReadings(
  store: FeatureStore,
  station: StationConfig,
  pull: StationPull,
  newest: Newest | null,
  options: CallOptions,
): Promise<StoredReadings> {
  refuseOtherKind(station.id, newest?.source, pull.source)
  let result: StoredReadings = { newest: null, written: 0, unchanged: 0, heldBack: 0, missedHours: 0 }
  for await (const batch of pull.readings) {
    const [first] = batch
    if (first === undefined) continue
    const recent = await recentReadings(store, station.id, first.observedAt, options)
    const good = []
    const held = []
    let newestGood: HourlyReading | null = null
    for (const reading of batch) {
      // A model's hours may repeat; only a sensor can be stuck.
      const verdict = judgeReading(reading, reading.evidence === 'model' ? [] : recent)
      recent.push(reading)
      const row = toReadingRow(station.id, pull.source, reading)
      if (verdict === null) {
        good.push(row)
        newestGood = reading
        if (result.newest === null && good.length === 1) {
          result = { ...result, missedHours: missedBetween(newest?.observedAt ?? null, reading.observedAt) }
        }
      } else held.push({ ...row, ...verdict, released: false })
    }
    const stored = await storedRows(store, station.id, good, options)
    const report = await store.upsert(aqiReadings, good.map(keepingKnownAt(stored)), options)
    if (held.length > 0) await store.upsert(aqiQuarantine, held, options)
    result = {
      ...result,
      newest: newestGood ?? result.newest,
      written: result.written + report.written,
      unchanged: result.unchanged + (report.unchanged ?? 0),
      heldBack: result.heldBack + held.length,
    }
  }
  return result
}

type ReadingRow = ReturnType<typeof toReadingRow>

/** An hour that was pulled before with the same values keeps the instant from which it was known. */
function keepingKnownAt(stored: ReadonlyMap<string, ReadingRow>): (row: ReadingRow) => ReadingRow {
  return (row) => {
    const there = stored.get(row.hour)
    if (there === undefined) return row
    const sameBut = { ...row, known_at: there.known_at }
    return JSON.stringify(sameBut) === JSON.stringify({ ...there }) ? sameBut : row
  }
}

async function storedRows(
  store: FeatureStore,
  station: string,
  rows: readonly ReadingRow[],
  options: CallOptions,
): Promise<Map<string, ReadingRow>> {
  const [from, to] = [rows[0]?.observed_ms, rows.at(-1)?.observed_ms]
  const stored = new Map<string, ReadingRow>()
  if (from === undefined || to === undefined) return stored
  for await (const batch of store.read(aqiReadings, { keys: { station }, from, to }, options)) {
    for (const row of batch) stored.set(row.hour, row)
  }
  return stored
}

async function recentReadings(
  store: FeatureStore,
  station: string,
  before: number,
  options: CallOptions,
): Promise<HourlyReading[]> {
  const query = { keys: { station }, from: before - STUCK_HOURS * 4 * HOUR_MS, to: before - 1 }
  const recent: HourlyReading[] = []
  for await (const rows of store.read(aqiReadings, query, options)) recent.push(...rows.map(fromReadingRow))
  for await (const rows of store.read(aqiQuarantine, query, options)) recent.push(...rows.map(fromReadingRow))
  return recent
}

function missedBetween(before: number | null, first: number): number {
  return before === null ? 0 : Math.max(0, Math.round((first - before) / HOUR_MS) - 1)
}

/** Stores what else a pull told: identity and attributions, the source's own forecast, the weather's. */
export async function storeContext(
  store: FeatureStore,
  station: StationConfig,
  pull: StationPull,
  weather: WeatherPull | null,
  { now, ...options }: CallOptions & { readonly now: number },
): Promise<{ forecastDays: number; weatherRows: number }> {
  const slot = localHourAt(now, station.timeZone)
  const forecasts = pull.forecast.map((day) =>
    toSourceForecastRow(station, day, { source: pull.source, slot, knownAt: now }),
  )
  await store.upsert(sourceForecasts, forecasts, options)
  await store.upsert(weatherForecasts, weather?.rows ?? [], options)
  const attributions = [...pull.attributions, ...(weather?.attributions ?? [])]
  await store.upsert(
    aqiStations,
    [toStationRow(station.id, { ...pull, attributions, knownAt: now })],
    options,
  )
  return { forecastDays: forecasts.length, weatherRows: weather?.rows.length ?? 0 }
}

/** A station's series has one kind of source for life: a model's hours and measured ones are never one series. */
function refuseOtherKind(station: string, before: string | undefined, now: string): void {
  const kind = (source: string) => source.split(' ')[0] ?? source
  if (before === undefined || kind(before) === kind(now)) return
  throw new FeatureGroupsError(
    'unlike-values',
    `${station} holds readings of ${kind(before)}, the configuration now says ${kind(now)}`,
    { where: `stations.${station}.source`, hint: 'Give the station of the new source an id of its own.' },
  )
}
