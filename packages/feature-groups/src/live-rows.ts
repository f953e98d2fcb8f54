import {
  addDays,
  type GeoPoint,
  type HourlyReading,
  type LocalDay,
  localHour,
  POLLUTANTS,
  type Pollutant,
  type SourceForecast,
  startOfDay,
  type Attribution,
} from '@airq/aqi-client'
import type { CallOptions, FeatureStore } from '@airq/feature-store'
import { oneOf, scaleOf } from './daily-rows.ts'
import { aqiDaily } from './groups.ts'
import {
  aqiQuarantine,
  aqiReadings,
  type AqiReadingRow,
  aqiStations,
  type AqiStationRow,
  sourceForecasts,
  type SourceForecastRow,
  weatherForecasts,
} from './live-groups.ts'

/** An hourly reading as a row of `aqi_readings`. `source` says who answered, e.g. `waqi @1451`. */
export function toReadingRow(station: string, source: string, reading: HourlyReading): AqiReadingRow {
  const sub = (pollutant: Pollutant) => reading.sub[pollutant] ?? null
  return {
    station,
    hour: reading.hour,
    observed_ms: reading.observedAt,
    pm25: sub('pm25'),
    pm10: sub('pm10'),
    o3: sub('o3'),
    no2: sub('no2'),
    so2: sub('so2'),
    co: sub('co'),
    aqi: reading.aqi,
    dominant: reading.dominant,
    source,
    unit: reading.unit,
    scale: reading.scale,
    evidence: reading.evidence,
    known_at: reading.knownAt,
  }
}

/** A row of `aqi_readings` as an hourly reading; `bad-row` for words this version doesn't know. */
export function fromReadingRow(row: AqiReadingRow): HourlyReading {
  const where = `aqi_readings ${row.station} ${row.hour}`
  const sub: Partial<Record<Pollutant, number>> = {}
  for (const pollutant of POLLUTANTS) {
    const value = row[pollutant]
    if (value !== null) sub[pollutant] = value
  }
  return {
    hour: localHour(row.hour),
    observedAt: row.observed_ms,
    sub,
    aqi: row.aqi,
    dominant: row.dominant,
    unit: oneOf('unit', row.unit, ['sub-index'], where),
    scale: scaleOf(row.scale, where),
    evidence: oneOf('evidence', row.evidence, ['station', 'sensor', 'model'], where),
    knownAt: row.known_at,
  }
}

/** The readings of a station whose instants lie in local days `first` to `last`, with a day's margin for labels. */
export async function readReadings(
  store: FeatureStore,
  station: string,
  span: { readonly first: LocalDay; readonly last: LocalDay; readonly timeZone: string },
  options: CallOptions = {},
): Promise<HourlyReading[]> {
  const from = startOfDay(addDays(span.first, -1), span.timeZone)
  const to = startOfDay(addDays(span.last, 2), span.timeZone)
  const readings: HourlyReading[] = []
  for await (const rows of store.read(aqiReadings, { keys: { station }, from, to }, options)) {
    for (const row of rows) readings.push(fromReadingRow(row))
  }
  return readings
}

/** A day of the source's own forecast as a row of `source_forecasts`. */
export function toSourceForecastRow(
  station: { readonly id: string; readonly timeZone: string },
  forecast: SourceForecast,
  pull: { readonly source: string; readonly slot: string; readonly knownAt: number },
): SourceForecastRow {
  return {
    station: station.id,
    day: forecast.day,
    pollutant: forecast.pollutant,
    issue_slot: pull.slot,
    day_start: startOfDay(forecast.day, station.timeZone),
    average: forecast.average,
    lowest: forecast.lowest,
    highest: forecast.highest,
    source: pull.source,
    known_at: pull.knownAt,
  }
}

export interface StationIdentity {
  readonly source: string
  readonly sourceId: string
  readonly name: string | null
  readonly geo: GeoPoint | null
  readonly attributions: readonly Attribution[]
  readonly knownAt: number
}

/** Who a station is at its source, as a row of `aqi_stations`. */
export function toStationRow(station: string, identity: StationIdentity): AqiStationRow {
  return {
    station,
    source: identity.source,
    source_id: identity.sourceId,
    name: identity.name,
    latitude: identity.geo?.latitude ?? null,
    longitude: identity.geo?.longitude ?? null,
    attributions: JSON.stringify(identity.attributions),
    known_at: identity.knownAt,
  }
}

/** Creates or verifies every group that a live pull writes to. */
export async function ensureLiveGroups(store: FeatureStore, options: CallOptions = {}): Promise<void> {
  await store.ensure(aqiDaily, options)
  await store.ensure(aqiReadings, options)
  await store.ensure(aqiQuarantine, options)
  await store.ensure(sourceForecasts, options)
  await store.ensure(weatherForecasts, options)
  await store.ensure(aqiStations, options)
}
