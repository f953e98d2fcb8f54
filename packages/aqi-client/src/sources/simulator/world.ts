import { endOfDay, startOfDay } from '../../days/bounds.ts'
import { dayFromNumber, dayNumber, localDay } from '../../days/local-day.ts'
import { assertTimeZone } from '../../days/zone.ts'
import { AqiError } from '../../errors.ts'
import { POLLUTANTS, type DailyReading, type LocalDay, type Pollutant } from '../../types.ts'
import { seededRandom } from './random.ts'
import { simulateWeather, type Weather } from './weather.ts'

export interface WorldOptions {
  /** An integer; the same seed gives the same air. */
  readonly seed: number
  readonly timeZone: string
  /** 2000-01-01 or later. */
  readonly firstDay: LocalDay
  readonly lastDay: LocalDay
}

/** The air of one station that does not exist. */
export interface SimulatedWorld {
  readonly timeZone: string
  /** The truth, ascending: means of the hourly sub-indices, rounded half up. Days of outage are absent. */
  readonly days: readonly DailyReading[]
  /** What a download at 09:00 of the last of `days` holds for it: the means of its hours so far. */
  readonly lastDayMorning: Readonly<Partial<Record<Pollutant, number>>>
}

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

const FIRST_DAY = dayNumber(localDay('2000-01-01'))
const MONITOR_DOWN = 0.012
const MORNING_HOURS = 9
const HOUR = 3_600_000
const YEAR = 365.2425

/**
 * Simulates one station: seasons, weekdays, episodes of several days, outages. A longer or shorter span of the same
 * seed gives the same values on the days they share.
 *
 * Throws `AqiError` `bad-time-zone`, or `bad-span` when the span is empty or begins before 2000.
 */
export function simulateWorld({ seed, timeZone, firstDay, lastDay }: WorldOptions): SimulatedWorld {
  assertTimeZone(timeZone)
  const first = dayNumber(firstDay)
  const last = dayNumber(lastDay)
  if (first < FIRST_DAY || last < first) {
    throw new AqiError(
      'bad-span',
      `cannot simulate ${firstDay} to ${lastDay}: 2000-01-01 or later, first day first`,
    )
  }
  const weather = simulateWeather(seed, last + 2 - FIRST_DAY, POLLUTANTS.length)
  const days: DailyReading[] = []
  let lastDayMorning: SimulatedWorld['lastDayMorning'] = {}
  for (let n = first; n <= last; n++) {
    const today = weather[n - FIRST_DAY]
    const tomorrow = weather[n + 1 - FIRST_DAY]
    if (today === undefined || tomorrow === undefined || today.isOutage) continue
    const day = dayFromNumber(n)
    const knownAt = endOfDay(day, timeZone)
    const hours = Math.round((knownAt - startOfDay(day, timeZone)) / HOUR)
    if (hours === 0) continue // a day its zone left out
    const hourly = simulateDay(seed, n, hours, today, tomorrow)
    const sub = meansOf(hourly, hours)
    days.push({
      day,
      timeZone,
      sub,
      aqi: Math.max(...Object.values(sub)),
      hours: null,
      status: 'final',
      origin: 'simulator',
      unit: 'sub-index',
      scale: 'us-epa-2015',
      knownAt,
    })
    lastDayMorning = meansOf(hourly, MORNING_HOURS)
  }
  return { timeZone, days, lastDayMorning }
}

type Hourly = ReadonlyMap<Pollutant, readonly number[]>

function simulateDay(seed: number, n: number, hours: number, today: Weather, tomorrow: Weather): Hourly {
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

function meansOf(hourly: Hourly, hours: number): Partial<Record<Pollutant, number>> {
  const means: Partial<Record<Pollutant, number>> = {}
  for (const [pollutant, values] of hourly) {
    const counted = values.slice(0, hours)
    means[pollutant] = Math.round(counted.reduce((sum, value) => sum + value, 0) / counted.length)
  }
  return means
}
