import { addDays, type DailyReading, endOfDay, localDay } from '@airq/aqi-client'

const ZONE = 'Asia/Shanghai'

/** Final days from 2023-01-01 on with the given AQI; `null` is a day without a row. */
export function daysOf(values: readonly (number | null)[], zone = ZONE): DailyReading[] {
  return values.flatMap((aqi, i) => {
    if (aqi === null) return []
    const day = addDays(localDay('2023-01-01'), i)
    return [
      {
        day,
        timeZone: zone,
        sub: { pm25: aqi, o3: Math.floor(aqi / 2) },
        aqi,
        hours: null,
        status: 'final',
        origin: 'csv',
        unit: 'sub-index',
        scale: 'us-epa-2015',
        knownAt: endOfDay(day, zone),
      } satisfies DailyReading,
    ]
  })
}

/** Distinct values, so that one day can be told from another. */
export function ramp(length: number): number[] {
  return Array.from({ length }, (_, i) => 20 + ((i * 37) % 211))
}
