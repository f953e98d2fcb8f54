import {
  addDays,
  aggregateDay,
  type DailyReading,
  dayOfHour,
  type DayOrigin,
  dueDays,
  type HourlyReading,
  type LocalDay,
  localDay,
  localDayAt,
} from '@airq/aqi-client'
import { aqiDaily, readDays, readReadings, toDailyRow } from '@airq/feature-groups'
import type { CallOptions, FeatureStore } from '@airq/feature-store'
import type { StationConfig } from '@airq/pipeline'

const ORIGINS: Readonly<Record<StationConfig['source']['kind'], DayOrigin>> = {
  waqi: 'pulls',
  'open-meteo': 'model',
  simulator: 'simulator',
  'aqicn-csv': 'csv',
}

/**
 * Makes days of hours as soon as they are due (04:00 of the next day), from the day after the last one made this
 * way on. A day that a download has given stays as the download has it.
 */
export async function finaliseDays(
  store: FeatureStore,
  station: StationConfig,
  now: number,
  options: CallOptions,
): Promise<DailyReading[]> {
  const { timeZone, scale } = station
  const origin = ORIGINS[station.source.kind]
  const days = await readDays(store, station.id, options)
  const byDownload = new Set(days.filter((day) => day.origin === 'csv').map(({ day }) => day))
  const lastMade = days.findLast((day) => day.origin === origin)?.day
  const today = localDayAt(now, timeZone)
  const readings = await readReadings(
    store,
    station.id,
    { first: lastMade ?? EARLIEST, last: today, timeZone },
    options,
  )
  const [earliest] = readings
  if (earliest === undefined) return []
  const firstDay = lastMade === undefined ? dayOf(earliest) : addDays(lastMade, 1)
  const byDay = Map.groupBy(readings, dayOf)
  const made = dueDays({ firstDay, now, timeZone })
    .filter((day) => !byDownload.has(day))
    .map((day) => aggregateDay(byDay.get(day) ?? [], { day, timeZone, scale, origin }))
  await store.upsert(
    aqiDaily,
    made.map((day) => toDailyRow(station.id, day)),
    options,
  )
  return made
}

/** Before any reading there can be. */
const EARLIEST = localDay('2000-01-02')

function dayOf({ hour }: HourlyReading): LocalDay {
  return dayOfHour(hour)
}
