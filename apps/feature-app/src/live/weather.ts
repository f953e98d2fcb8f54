import { type Attribution, localHourAt } from '@airq/aqi-client'
import { toWeatherRows, type WeatherForecastRow } from '@airq/feature-groups'
import type { RunContext, StationConfig } from '@airq/pipeline'
import { openMeteoClient } from './open-meteo-client.ts'

export interface WeatherPull {
  readonly rows: readonly WeatherForecastRow[]
  readonly attributions: readonly Attribution[]
}

const FORECAST_DAYS = 4

/** The weather forecast of this hour for a station's days to come; `null` where none is configured. */
export async function pullWeather(context: RunContext, station: StationConfig): Promise<WeatherPull | null> {
  const { weather } = context.config
  if (weather.kind === 'none' || station.location === undefined) return null
  const { timeZone } = station
  const client = openMeteoClient(context, weather.baseUrl)
  const forecast = await client.weatherForecast(station.location, {
    timeZone,
    days: FORECAST_DAYS,
    signal: context.signal,
  })
  const knownAt = context.clock.now()
  const pull = { source: 'open-meteo', slot: localHourAt(knownAt, timeZone), knownAt }
  return { rows: toWeatherRows(station, forecast.hours, pull), attributions: forecast.attributions }
}
