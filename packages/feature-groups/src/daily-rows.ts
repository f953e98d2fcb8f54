import {
  type DailyReading,
  localDay,
  POLLUTANTS,
  type Pollutant,
  type Scale,
  startOfDay,
} from '@airq/aqi-client'
import type { CallOptions, FeatureStore } from '@airq/feature-store'
import { FeatureGroupsError } from './errors.ts'
import { aqiDaily, type AqiDailyRow } from './groups.ts'

/** A daily reading as a row of `aqi_daily`. */
export function toDailyRow(station: string, reading: DailyReading): AqiDailyRow {
  const sub = (pollutant: Pollutant) => reading.sub[pollutant] ?? null
  return {
    station,
    day: reading.day,
    day_start: startOfDay(reading.day, reading.timeZone),
    time_zone: reading.timeZone,
    pm25: sub('pm25'),
    pm10: sub('pm10'),
    o3: sub('o3'),
    no2: sub('no2'),
    so2: sub('so2'),
    co: sub('co'),
    aqi: reading.aqi,
    hours: reading.hours,
    status: reading.status,
    origin: reading.origin,
    unit: reading.unit,
    scale: reading.scale,
    known_at: reading.knownAt,
  }
}

/** A row of `aqi_daily` as a daily reading; `bad-row` for words this version doesn't know. */
export function fromDailyRow(row: AqiDailyRow): DailyReading {
  const where = `aqi_daily ${row.station} ${row.day}`
  const sub: Partial<Record<Pollutant, number>> = {}
  for (const pollutant of POLLUTANTS) {
    const value = row[pollutant]
    if (value !== null) sub[pollutant] = value
  }
  return {
    day: localDay(row.day),
    timeZone: row.time_zone,
    sub,
    aqi: row.aqi,
    hours: row.hours,
    status: oneOf('status', row.status, ['final', 'partial', 'missing', 'modelled'], where),
    origin: oneOf('origin', row.origin, ['csv', 'pulls', 'model', 'simulator'], where),
    unit: oneOf('unit', row.unit, ['sub-index'], where),
    scale: scaleOf(row.scale, where),
    knownAt: row.known_at,
  }
}

const SCALES = ['us-epa-2015', 'us-epa-2024', 'cn-hj633-2012', 'cn-hj633-2026'] as const

/** The scale a row names; `bad-row` for one this version doesn't know. */
export function scaleOf(text: string, where: string): Scale {
  return oneOf('scale', text, SCALES, where)
}

export function oneOf<const T extends string>(
  column: string,
  text: string,
  allowed: readonly T[],
  where: string,
): T {
  const found = allowed.find((value) => value === text)
  if (found !== undefined) return found
  throw new FeatureGroupsError(
    'bad-row',
    `${column} is "${text}"; this version knows ${allowed.join(', ')}`,
    {
      where,
      hint: 'Use the version of airq that wrote the row.',
    },
  )
}

/** All days of a station in order; joining unlike values (scales, zones, real and simulated) is refused. */
export async function readDays(
  store: FeatureStore,
  station: string,
  options: CallOptions = {},
): Promise<DailyReading[]> {
  const days: DailyReading[] = []
  for await (const batch of store.read(aqiDaily, { keys: { station } }, options)) {
    for (const row of batch) days.push(fromDailyRow(row))
  }
  const first = days[0]
  for (const day of days) {
    if (first !== undefined) refuseUnlike(station, first, day)
  }
  return days
}

/** Values of one series share scale, unit, zone and kind; anything else is `unlike-values`. */
export function refuseUnlike(station: string, a: DailyReading, b: DailyReading): void {
  const differs =
    unequal('scale', a.scale, b.scale) ??
    unequal('time zone', a.timeZone, b.timeZone) ??
    unequal('kind', kindOf(a), kindOf(b))
  if (differs === null) return
  throw new FeatureGroupsError('unlike-values', `the days of ${station} can't be joined: ${differs}`, {
    where: `${a.day} and ${b.day}`,
    hint: 'Give the other series a station id of its own.',
  })
}

/** Downloads and pulls of a station are one series; a model's hours and a simulation are others. */
function kindOf({ origin }: DailyReading): string {
  return origin === 'csv' || origin === 'pulls' ? 'measured days' : `${origin} days`
}

function unequal(what: string, a: string, b: string): string | null {
  return a === b ? null : `${what} ${a} and ${b}`
}
