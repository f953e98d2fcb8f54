import { seededRandom } from './random.ts'

/** What drives the air of the simulated station on one day. Levels hold at its midnight, in standard units. */
export interface Weather {
  /** How still the air is; builds up over days, and a front sweeps it away. */
  readonly stagnation: number
  /** Emission and inversion; stagnation follows it with a day's delay. */
  readonly inversion: number
  readonly dust: number
  /** The station was down the whole day. */
  readonly isOutage: boolean
  /** A draw in [0, 1) for each pollutant: small ones mean that its monitor was down. */
  readonly monitors: readonly number[]
}

const FRONT_PROBABILITY = 0.1
const DUST_PROBABILITY = 0.012
const OUTAGE_PROBABILITY = 0.004
const MAX_OUTAGE_DAYS = 6

/**
 * The first `count` days, each made from the one before. Every day takes the same number of draws, so more days never
 * change the earlier ones.
 */
export function simulateWeather(seed: number, count: number, pollutants: number): Weather[] {
  const random = seededRandom(seed)
  const days: Weather[] = []
  let [stagnation, inversion, dust, outageLeft] = [0, 0, 0, 0]
  for (let n = 0; n < count; n++) {
    const hasFront = random.uniform() < FRONT_PROBABILITY
    const hasDust = random.uniform() < DUST_PROBABILITY
    const outageDraw = random.uniform()
    const outageDays = Math.ceil(random.uniform() * MAX_OUTAGE_DAYS)
    stagnation = 0.3 * stagnation + 0.65 * inversion + 0.75 * random.normal()
    if (hasFront) stagnation = 0.3 * stagnation - 1
    inversion = 0.35 * inversion + 0.9 * random.normal()
    dust = hasDust ? 1.5 : 0.3 * dust
    outageLeft = outageLeft > 0 ? outageLeft - 1 : outageDraw < OUTAGE_PROBABILITY ? outageDays : 0
    const monitors = Array.from({ length: pollutants }, () => random.uniform())
    days.push({ stagnation, inversion, dust, isOutage: outageLeft > 0, monitors })
  }
  return days
}
