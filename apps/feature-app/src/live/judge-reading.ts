import { type HourlyReading, POLLUTANTS } from '@airq/aqi-client'

export interface Verdict {
  readonly reason: 'impossible' | 'sentinel' | 'stuck' | 'clock'
  readonly detail: string
}

/** Genuine dust storms reach 1,000 in an hour; nothing measured reaches this. */
const IMPOSSIBLE = 2000
/** A number that stands for "no value" in the wild (the other, 9999, is impossible anyway). */
const SENTINELS: ReadonlySet<number> = new Set([999])
/** A sensor that repeats all its values for so many hours on end is stuck. */
export const STUCK_HOURS = 12
/** Clocks differ by minutes; more is a wrong date. */
const FUTURE_MS = 15 * 60_000
const HOUR_MS = 3_600_000

/**
 * Whether a reading must be held back, and why; `null` when it may enter the series. `before` are the station's
 * readings of the hours before it, held back or not, in any order.
 */
export function judgeReading(reading: HourlyReading, before: readonly HourlyReading[]): Verdict | null {
  for (const pollutant of POLLUTANTS) {
    const value = reading.sub[pollutant]
    if (value === undefined) continue
    if (value < 0 || value >= IMPOSSIBLE) {
      return { reason: 'impossible', detail: `${pollutant} is ${String(value)}` }
    }
    if (SENTINELS.has(value)) return { reason: 'sentinel', detail: `${pollutant} is ${String(value)}` }
  }
  if (reading.observedAt > reading.knownAt + FUTURE_MS) {
    return { reason: 'clock', detail: `${reading.hour} lies in the future of the pull` }
  }
  const repeated = repeatedHours(reading, before)
  if (repeated < STUCK_HOURS) return null
  return { reason: 'stuck', detail: `the same values for ${String(repeated)} hours on end` }
}

/** For how many hours on end, this one included, all values have been the same. */
function repeatedHours(reading: HourlyReading, before: readonly HourlyReading[]): number {
  const values = fingerprint(reading)
  if (values === null) return 1
  const byHour = new Map(before.map((other) => [Math.round(other.observedAt / HOUR_MS), other]))
  const last = Math.round(reading.observedAt / HOUR_MS)
  let hours = 1
  for (;;) {
    const other = byHour.get(last - hours)
    if (other === undefined || fingerprint(other) !== values) return hours
    hours++
  }
}

/** All sub-indices in one word; `null` where fewer than two pollutants or only zeros could be alike by chance. */
function fingerprint(reading: HourlyReading): string | null {
  const values = POLLUTANTS.map((pollutant) => reading.sub[pollutant])
  const present = values.filter((value) => value !== undefined)
  if (present.length < 2 || present.every((value) => value === 0)) return null
  return JSON.stringify(values.map((value) => value ?? null))
}
