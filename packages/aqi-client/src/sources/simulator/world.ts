import type { HourStart } from '../../days/local-hour.ts'
import type { DailyReading, Pollutant, SubIndices } from '../../types.ts'
import type { HourlyAir } from './hourly-air.ts'
import { simulatedDays, type SimulatedDay, type WorldOptions } from './simulated-days.ts'

/** The air of one station that does not exist. */
export interface SimulatedWorld {
  readonly timeZone: string
  /**
   * The truth, ascending: means of the hourly sub-indices, rounded half up. Days of outage are absent. An hour that
   * the clock shows twice counts once, with its later value.
   */
  readonly days: readonly DailyReading[]
  /** What a download at 09:00 of the last of `days` holds for it: the means of its hours so far. */
  readonly lastDayMorning: SubIndices
}

const MORNING_HOURS = 9

/**
 * Simulates one station: seasons, weekdays, episodes of several days, outages. A longer or shorter span of the same
 * seed gives the same values on the days they share. Its hours: `simulatedHours`.
 *
 * Throws `AqiError` `bad-time-zone`, or `bad-span` when the span is empty or begins before 2000.
 */
export function simulateWorld(options: WorldOptions): SimulatedWorld {
  const { timeZone } = options
  const days: DailyReading[] = []
  let newest: SimulatedDay | undefined
  for (const simulated of simulatedDays(options)) {
    newest = simulated
    const sub = meansOf(simulated.air, simulated.hours)
    days.push({
      day: simulated.day,
      timeZone,
      sub,
      aqi: Math.max(...Object.values(sub)),
      hours: null,
      status: 'final',
      origin: 'simulator',
      unit: 'sub-index',
      scale: 'us-epa-2015',
      knownAt: simulated.end,
    })
  }
  const lastDayMorning = newest === undefined ? {} : meansOf(newest.air, newest.hours.slice(0, MORNING_HOURS))
  return { timeZone, days, lastDayMorning }
}

function meansOf(air: HourlyAir, hours: readonly HourStart[]): SubIndices {
  const lastOf = new Map(hours.map(({ hour }, i) => [hour, i]))
  const means: Partial<Record<Pollutant, number>> = {}
  for (const [pollutant, values] of air) {
    let sum = 0
    for (const i of lastOf.values()) sum += values[i] ?? 0
    means[pollutant] = Math.round(sum / lastOf.size)
  }
  return means
}
