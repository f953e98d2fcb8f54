import type { Pollutant } from '../../types.ts'

/** The four APIs used, named by what they are asked for. */
export type Api = 'air-quality' | 'forecast' | 'archive' | 'previous-runs'

/** Variable name to unit, both as the API spells them. */
export type Units = Readonly<Record<string, string>>

/** Gases come in µg/m³ too, carbon monoxide included. */
export const POLLUTANT_VARIABLES: Readonly<Record<Pollutant, string>> = {
  pm25: 'pm2_5',
  pm10: 'pm10',
  o3: 'ozone',
  no2: 'nitrogen_dioxide',
  so2: 'sulphur_dioxide',
  co: 'carbon_monoxide',
}

export const AIR_QUALITY_UNITS: Units = Object.fromEntries(
  Object.values(POLLUTANT_VARIABLES).map((variable) => [variable, 'μg/m³']),
)

/** Wind in m/s because requests say `wind_speed_unit=ms`. */
const WEATHER_UNITS = {
  temperature_2m: '°C',
  dew_point_2m: '°C',
  surface_pressure: 'hPa',
  precipitation: 'mm',
  wind_speed_10m: 'm/s',
  wind_direction_10m: '°',
} as const

export type WeatherVariable = keyof typeof WEATHER_UNITS

/** `temperature_2m` as forecast `previousDay` times 24 h before the hour it is for; 0 is the plain variable. */
export function previousDayVariable(variable: WeatherVariable, previousDay: number): string {
  return previousDay === 0 ? variable : `${variable}_previous_day${String(previousDay)}`
}

/** The weather variables and units for the given previous days. */
export function weatherUnits(previousDays: readonly number[]): Units {
  return Object.fromEntries(
    previousDays.flatMap((previousDay) =>
      WEATHER_VARIABLES.map((variable) => [
        previousDayVariable(variable, previousDay),
        WEATHER_UNITS[variable],
      ]),
    ),
  )
}

const WEATHER_VARIABLES = [
  'temperature_2m',
  'dew_point_2m',
  'surface_pressure',
  'precipitation',
  'wind_speed_10m',
  'wind_direction_10m',
] as const satisfies readonly WeatherVariable[]
