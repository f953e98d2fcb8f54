import type { RunContext } from './types.ts'

const DAY_MS = 86_400_000
/** The history of Open-Meteo's model begins then, and nobody pulled stations for airq before. */
const FIRST_PULL = Date.UTC(2022, 7, 1)

/** What bounds the keys of this run's groups: `stations` by id, `now` and `firstReading` in epoch ms. */
export function keySpan({ config, clock, systemClock }: RunContext): {
  readonly stations: readonly string[]
  readonly now: number
  readonly firstReading: number
} {
  // A replay is of the past, the store goes on.
  const now = Math.max(clock.now(), systemClock.now())
  const firstReadings = config.stations.map(({ source }) => {
    if (source.kind === 'open-meteo') return Date.parse(source.since)
    return source.kind === 'simulator' ? clock.now() - (source.years * 366 + 1) * DAY_MS : FIRST_PULL
  })
  return {
    stations: config.stations.map(({ id }) => id),
    now,
    firstReading: Math.min(FIRST_PULL, ...firstReadings),
  }
}
