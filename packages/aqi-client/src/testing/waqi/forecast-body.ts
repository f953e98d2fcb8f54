import { addDays } from '../../days/local-day.ts'
import { localDayAt } from '../../days/zone.ts'
import { seededRandom } from '../../sources/simulator/random.ts'
import type { LocalDay, Pollutant } from '../../types.ts'
import type { FakeStation, FakeWorld } from './types.ts'

const FORECAST_POLLUTANTS = ['pm25', 'pm10', 'o3'] as const satisfies readonly Pollutant[]
const DAYS_AHEAD = { pm25: 6, pm10: 6, o3: 5, uvi: 4 }

interface ForecastRow {
  readonly avg: number
  readonly day: LocalDay
  readonly max: number
  readonly min: number
}

/**
 * `forecast.daily` as of `now`: the truth with an error that grows with the lead. Lists end on different days, as the
 * real ones do.
 */
export function forecastDaily(
  world: FakeWorld,
  station: FakeStation,
  now: number,
): Record<string, ForecastRow[]> {
  const today = localDayAt(now, station.timeZone)
  const daysUntil = (ahead: number) =>
    Array.from({ length: station.forecastStartsDaysAgo + ahead }, (_, i) =>
      addDays(today, i - station.forecastStartsDaysAgo),
    )
  const pollutants = FORECAST_POLLUTANTS.map((pollutant, column) => {
    const rows = daysUntil(DAYS_AHEAD[pollutant]).flatMap((day, lead) => {
      const values = world.hoursOf(station, day).flatMap(({ sub }) => sub[pollutant] ?? [])
      const random = seededRandom(station.seed, column, Math.floor(now / 21_600_000), lead)
      const error = Math.exp(0.08 * (lead + 1) * random.normal())
      return values.length === 0 ? [] : [rowOf(day, values, error)]
    })
    return [pollutant, rows] as const
  })
  const uvi = daysUntil(DAYS_AHEAD.uvi).map((day) => ({ avg: 1, day, max: 5, min: 0 }))
  return { ...Object.fromEntries(pollutants), uvi }
}

function rowOf(day: LocalDay, values: readonly number[], error: number): ForecastRow {
  const forecast = (value: number) => Math.min(500, Math.round(value * error))
  const sum = values.reduce((total, value) => total + value, 0)
  return {
    avg: forecast(sum / values.length),
    day,
    max: forecast(Math.max(...values)),
    min: forecast(Math.min(...values)),
  }
}
