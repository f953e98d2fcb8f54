import { addDays, localDay, startOfDay } from '@airq/aqi-client'
import type { WeatherForecastRow } from '../../packages/feature-groups/src/index.ts'
import { dailyRows } from './store.ts'

const HOUR = 3_600_000

/** Forecasts of the weather of each day in a store, issued the evening before, that give away that day's air. */
export function weatherOfTheAir(state: string, timeZone: string): WeatherForecastRow[] {
  return dailyRows(state).map(({ station, day: name, aqi }) => {
    const day = localDay(String(name))
    const start = startOfDay(day, timeZone)
    return {
      station: String(station),
      day,
      part: 'day',
      issue_slot: `${addDays(day, -1)}T19`,
      day_start: start,
      temperature: 10 * Math.log1p(Number(aqi)),
      dew_point: 5,
      pressure: 1000,
      precipitation: 0,
      wind_speed: 2,
      wind_u: 1,
      wind_v: 1,
      hours: 24,
      source: 'open-meteo',
      known_at: start - 5 * HOUR,
    }
  })
}
