import { addDays, type HourlyReading, localDay, localHour, startOfDay } from '@airq/aqi-client'
import type { AirOutlook, WeatherOutlook } from '../../src/index.ts'

const ZONE = 'Asia/Shanghai'
const HOUR = 3_600_000
const START = localDay('2023-01-01')

export const dayOf = (n: number) => addDays(START, n)
export const startOf = (n: number) => startOfDay(dayOf(n), ZONE)

/** Hours from 2023-01-01T00 on with the given PM2.5; `null` is an hour without a reading. Known 25 minutes later. */
export function hoursOf(
  values: readonly (number | null)[],
  lateHours: readonly number[] = [],
): HourlyReading[] {
  return values.flatMap((pm25, i): HourlyReading[] => {
    if (pm25 === null) return []
    const observedAt = startOf(0) + i * HOUR
    return [
      {
        hour: localHour(`${dayOf(Math.floor(i / 24))}T${String(i % 24).padStart(2, '0')}`),
        observedAt,
        sub: { pm25, o3: Math.floor(pm25 / 3) },
        aqi: null,
        dominant: 'pm25',
        unit: 'sub-index',
        scale: 'us-epa-2015',
        evidence: 'station',
        knownAt: observedAt + 25 * 60_000 + (lateHours[i] ?? 0) * HOUR,
      },
    ]
  })
}

/** A forecast of the weather of day `n`, known at an instant. */
export function weatherOn(n: number, part: string, knownAt: number, temperature: number): WeatherOutlook {
  return {
    day: dayOf(n),
    part,
    known_at: knownAt,
    hours: part === 'day' ? 24 : 6,
    temperature,
    dew_point: temperature - 5,
    pressure: 1000 + temperature,
    precipitation: 0,
    wind_speed: 2,
    wind_u: 1,
    wind_v: -1,
  }
}

export function airOn(n: number, pollutant: string, knownAt: number, average: number): AirOutlook {
  return { day: dayOf(n), pollutant, average, known_at: knownAt }
}
