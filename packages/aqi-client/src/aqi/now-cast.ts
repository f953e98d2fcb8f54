import { AqiError } from '../errors.ts'
import type { Concentration, Particle } from './concentration.ts'

const HOURS = 12

/**
 * EPA's NowCast of particles: from the newest 12 hourly means, newest first, in µg/m³ (`null`: missing), what
 * stands in for the 24 h mean at this hour. Hour i weighs w^i, w = max(0.5, 1 − (max − min) / max), so that changing
 * air counts by its newest hours. Truncated as EPA does, PM2.5 to 0.1 and PM10 to 1. Older hours are passed over.
 *
 * `null` unless two of the newest three hours are there. Throws `AqiError` `bad-value` for a negative or infinite
 * value. Source: EPA-454/B-24-002. (NowCast of ozone is another method and not here.)
 */
export function nowCastPm(hours: readonly (number | null)[], pollutant: Particle): Concentration | null {
  const newest = hours.slice(0, HOURS)
  const present = newest.filter((value) => value !== null)
  if (!present.every((value) => Number.isFinite(value) && value >= 0)) {
    throw new AqiError('bad-value', `an hourly ${pollutant} is negative or not finite`, {
      hint: 'Give null for an hour without a valid value.',
    })
  }
  if (newest.slice(0, 3).filter((value) => value !== null).length < 2) return null

  const largest = Math.max(...present)
  const steadiness = largest === 0 ? 1 : Math.min(...present) / largest
  const weight = Math.max(steadiness, 0.5)
  let sum = 0
  let weights = 0
  for (const [hoursAgo, value] of newest.entries()) {
    if (value === null) continue
    sum += weight ** hoursAgo * value
    weights += weight ** hoursAgo
  }
  const stepsPerUnit = pollutant === 'pm25' ? 10 : 1
  // A weighted mean of equal values may come out a hair below them.
  const value = Math.floor((sum / weights) * stepsPerUnit + 1e-9) / stepsPerUnit
  return { pollutant, averaging: '24h', unit: 'ugm3', value }
}
