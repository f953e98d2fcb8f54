import { endOfDay } from '../../days/bounds.ts'
import { dayFromNumber, dayNumber, localDay } from '../../days/local-day.ts'
import { hourStartsOfDay, type HourStart } from '../../days/local-hour.ts'
import { assertTimeZone } from '../../days/zone.ts'
import { AqiError } from '../../errors.ts'
import { POLLUTANTS, type LocalDay } from '../../types.ts'
import { simulateDay, type HourlyAir } from './hourly-air.ts'
import { simulateWeather } from './weather.ts'

export interface WorldOptions {
  /** An integer; the same seed gives the same air. */
  readonly seed: number
  readonly timeZone: string
  /** 2000-01-01 or later. */
  readonly firstDay: LocalDay
  readonly lastDay: LocalDay
}

/** One day on which the simulated station was up. */
export interface SimulatedDay {
  readonly day: LocalDay
  /** From midnight on; a clock put back shows a label twice. */
  readonly hours: readonly HourStart[]
  readonly air: HourlyAir
  /** Epoch ms. */
  readonly end: number
}

const FIRST_DAY = dayNumber(localDay('2000-01-01'))

/** The days of a world, ascending, outages and days that the zone left out skipped. Throws as `simulateWorld` does. */
export function* simulatedDays({ seed, timeZone, firstDay, lastDay }: WorldOptions): Generator<SimulatedDay> {
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
  for (let n = first; n <= last; n++) {
    const today = weather[n - FIRST_DAY]
    const tomorrow = weather[n + 1 - FIRST_DAY]
    if (today === undefined || tomorrow === undefined || today.isOutage) continue
    const day = dayFromNumber(n)
    const hours = hourStartsOfDay(day, timeZone)
    if (hours.length === 0) continue // a day its zone left out
    const air = simulateDay(seed, n, hours.length, today, tomorrow)
    yield { day, hours, air, end: endOfDay(day, timeZone) }
  }
}
