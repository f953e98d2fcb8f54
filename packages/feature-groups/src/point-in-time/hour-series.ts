import { dayNumber, type HourlyReading, localDay } from '@airq/aqi-client'
import { type Field, FIELDS } from './series.ts'

/** The hours of one station laid out by local hour; sub-indices and log(1 + sub-index), `NaN` where there is none. */
export interface HourSeries {
  /** Local hours since 1970-01-01T00. */
  readonly firstHour: number
  readonly length: number
  readonly values: Readonly<Record<Field, Float64Array>>
  readonly logs: Readonly<Record<Field, Float64Array>>
  /** Epoch ms; infinite where there is no hour. */
  readonly knownAt: Float64Array
}

/** Local hours since 1970-01-01T00 of a label. */
function hourNumber({ hour }: HourlyReading): number {
  return dayNumber(localDay(hour.slice(0, 10))) * 24 + Number(hour.slice(11))
}

/** Lays out hours in any order; of two with the same label the one pulled last counts. */
export function layOutHours(readings: readonly HourlyReading[]): HourSeries {
  const numbers = readings.map(hourNumber)
  const firstHour = numbers.reduce((least, n) => Math.min(least, n), Number.POSITIVE_INFINITY)
  const lastHour = numbers.reduce((most, n) => Math.max(most, n), Number.NEGATIVE_INFINITY)
  const length = readings.length === 0 ? 0 : lastHour - firstHour + 1
  const empty = () => new Float64Array(length).fill(Number.NaN)
  const fields = () => ({
    aqi: empty(),
    pm25: empty(),
    pm10: empty(),
    o3: empty(),
    no2: empty(),
    so2: empty(),
    co: empty(),
  })
  const [values, logs] = [fields(), fields()]
  const knownAt = new Float64Array(length).fill(Number.POSITIVE_INFINITY)
  const pulledAt = new Float64Array(length).fill(Number.NEGATIVE_INFINITY)
  readings.forEach((reading, i) => {
    const index = (numbers[i] ?? 0) - firstHour
    if (reading.knownAt < (pulledAt[index] ?? 0)) return
    pulledAt[index] = reading.knownAt
    knownAt[index] = reading.knownAt
    for (const field of FIELDS) {
      values[field][index] = valueOf(reading, field)
      logs[field][index] = Math.log1p(valueOf(reading, field))
    }
  })
  return { firstHour, length, values, logs, knownAt }
}

/** An hour's AQI: as published, else the largest of its sub-indices. */
function valueOf({ sub, aqi }: HourlyReading, field: Field): number {
  if (field !== 'aqi') return sub[field] ?? Number.NaN
  if (aqi !== null) return aqi
  const present = Object.values(sub)
  return present.length === 0 ? Number.NaN : Math.max(...present)
}
