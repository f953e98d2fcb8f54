import { POLLUTANTS, type Pollutant } from '../../types.ts'
import { seededRandom } from './random.ts'
import type { Weather } from './weather.ts'

/** Hourly sub-indices of a day by pollutant, in the order of its hours; a monitor that was down is absent. */
export type HourlyAir = ReadonlyMap<Pollutant, readonly number[]>

/** How a pollutant answers to season, weather and hour; on the scale of log sub-index. */
interface Response {
  readonly base: number
  /** Winter minus the yearly mean. */
  readonly winter: number
  readonly stagnation: number
  readonly inversion: number
  readonly dust: number
  readonly weekend: number
  readonly diurnal: number
  /** Hour of the daily peak. */
  readonly peakHour: number
  /** Day-to-day scatter of its own. */
  readonly scatter: number
}

// prettier-ignore
const RESPONSES: Readonly<Record<Pollutant, Response>> = {
  pm25: { base: 4.5, winter: 0.2, stagnation: 0.5, inversion: 0.05, dust: 0.1, weekend: -0.06, diurnal: 0.12, peakHour: 22, scatter: 0.1 },
  pm10: { base: 3.95, winter: 0.1, stagnation: 0.4, inversion: 0.05, dust: 0.8, weekend: -0.08, diurnal: 0.12, peakHour: 20, scatter: 0.14 },
  o3: { base: 3.2, winter: -0.55, stagnation: -0.08, inversion: 0, dust: 0, weekend: 0.05, diurnal: 0.7, peakHour: 15, scatter: 0.2 },
  no2: { base: 2.8, winter: 0.15, stagnation: 0.2, inversion: 0.24, dust: 0, weekend: -0.18, diurnal: 0.25, peakHour: 20, scatter: 0.12 },
  so2: { base: 1.6, winter: 0.5, stagnation: 0.2, inversion: 0.1, dust: 0, weekend: -0.05, diurnal: 0.1, peakHour: 10, scatter: 0.2 },
  co: { base: 2.1, winter: 0.25, stagnation: 0.32, inversion: 0.2, dust: 0, weekend: -0.05, diurnal: 0.15, peakHour: 8, scatter: 0.12 },
}

const MONITOR_DOWN = 0.012
const YEAR = 365.2425

/** The air of day number `n`: `hours` values a pollutant, from today's weather towards tomorrow's. */
export function simulateDay(
  seed: number,
  n: number,
  hours: number,
  today: Weather,
  tomorrow: Weather,
): HourlyAir {
  const random = seededRandom(seed, n)
  const hourly = new Map<Pollutant, number[]>()
  for (const [i, pollutant] of POLLUTANTS.entries()) {
    const values = simulateHours(RESPONSES[pollutant], n, hours, today, tomorrow, random.normal)
    // PM2.5 is what makes the index here: a day of the station without it would be another series.
    const isDown = pollutant !== 'pm25' && (today.monitors[i] ?? 1) < MONITOR_DOWN
    if (!isDown) hourly.set(pollutant, values)
  }
  return hourly
}

function simulateHours(
  response: Response,
  n: number,
  hours: number,
  today: Weather,
  tomorrow: Weather,
  normal: () => number,
): number[] {
  const weekday = (n + 4) % 7 // 0 is Sunday
  const level =
    response.base +
    response.winter * Math.cos((2 * Math.PI * (n - 15)) / YEAR) +
    (weekday === 0 || weekday === 6 ? response.weekend : 0) +
    response.scatter * normal()
  const effect = (weather: Weather) =>
    response.stagnation * weather.stagnation +
    response.inversion * weather.inversion +
    response.dust * weather.dust
  const [from, to] = [effect(today), effect(tomorrow)]
  let noise = 0.12 * normal()
  return Array.from({ length: hours }, (_, hour) => {
    noise = 0.8 * noise + 0.07 * normal()
    const clock = response.diurnal * Math.cos((2 * Math.PI * (hour - response.peakHour)) / 24)
    const log = level + from + ((to - from) * (hour + 0.5)) / hours + clock + noise
    return Math.min(500, Math.round(Math.exp(log)))
  })
}
