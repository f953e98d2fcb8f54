import { POLLUTANTS, type HourlyReading, type Pollutant } from '../../types.ts'
import { simulatedDays, type WorldOptions } from './simulated-days.ts'

/** A station publishes an hour, and it is pulled, this long after the time it bears. */
const PULLED_AFTER = 25 * 60_000

/**
 * Every hour of the world that `simulateWorld` makes of the same options, ascending, as a station would publish it:
 * whole sub-indices, pulled 25 minutes later. Days of outage have none, and a monitor that was down is absent from
 * `sub`. Where the clock is put back, two readings bear the same label. Throws as `simulateWorld` does.
 */
export function* simulatedHours(options: WorldOptions): Generator<HourlyReading> {
  for (const { hours, air } of simulatedDays(options)) {
    for (const [i, { instant, hour }] of hours.entries()) {
      const sub: Partial<Record<Pollutant, number>> = {}
      let dominant: Pollutant | null = null
      for (const pollutant of POLLUTANTS) {
        const value = air.get(pollutant)?.[i]
        if (value === undefined) continue
        sub[pollutant] = value
        if (dominant === null || value > (sub[dominant] ?? 0)) dominant = pollutant
      }
      yield {
        hour,
        observedAt: instant,
        sub,
        aqi: dominant === null ? null : (sub[dominant] ?? null),
        dominant,
        unit: 'sub-index',
        scale: 'us-epa-2015',
        evidence: 'station',
        knownAt: instant + PULLED_AFTER,
      }
    }
  }
}
