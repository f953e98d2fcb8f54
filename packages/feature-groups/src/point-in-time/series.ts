import { type DailyReading, dayNumber, endOfDay, POLLUTANTS, type Pollutant } from '@airq/aqi-client'

export type Field = 'aqi' | Pollutant
export const FIELDS: readonly Field[] = ['aqi', ...POLLUTANTS]

/** The days of one station laid out by day number, for quick reading; `NaN` where there is no final value. */
export interface DailySeries {
  readonly timeZone: string
  readonly firstDay: number
  readonly length: number
  readonly values: Readonly<Record<Field, Float64Array>>
  /** Epoch ms from which each day's values count as known; infinite where there is no day. */
  readonly knownAt: Float64Array
  /** Epoch ms at which each local day ends. */
  readonly endsAt: Float64Array
}

/** Lays out days; only `final` ones carry values. `days` must be of one station, in any order. */
export function layOut(days: readonly DailyReading[]): DailySeries {
  const numbers = days.map((day) => dayNumber(day.day))
  const firstDay = numbers.reduce((least, n) => Math.min(least, n), Number.POSITIVE_INFINITY)
  const lastDay = numbers.reduce((most, n) => Math.max(most, n), Number.NEGATIVE_INFINITY)
  const length = days.length === 0 ? 0 : lastDay - firstDay + 1
  const empty = () => new Float64Array(length).fill(Number.NaN)
  const values: Record<Field, Float64Array> = {
    aqi: empty(),
    pm25: empty(),
    pm10: empty(),
    o3: empty(),
    no2: empty(),
    so2: empty(),
    co: empty(),
  }
  const knownAt = new Float64Array(length).fill(Number.POSITIVE_INFINITY)
  const endsAt = empty()
  days.forEach((day, i) => {
    const index = (numbers[i] ?? 0) - firstDay
    endsAt[index] = endOfDay(day.day, day.timeZone)
    if (day.status !== 'final') return
    knownAt[index] = day.knownAt
    for (const field of FIELDS) {
      values[field][index] = (field === 'aqi' ? day.aqi : day.sub[field]) ?? Number.NaN
    }
  })
  return { timeZone: days[0]?.timeZone ?? 'UTC', firstDay, length, values, knownAt, endsAt }
}
