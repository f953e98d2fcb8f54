import type { HourlyReading } from '@airq/aqi-client'
import type { SourceForecastRow, WeatherForecastRow } from '../live-groups.ts'

/** What a forecast may look at, from the poorest to the richest; each stands on a poorer one. */
export const INFORMATION_SETS = ['daily', '+stationHours', '+modelHours', '+weather'] as const
export type InformationSet = (typeof INFORMATION_SETS)[number]

/** What may be known beside the days: whole or not at all in a row. */
export const BLOCKS = ['stationHours', 'modelHours', 'sourceForecast', 'weather'] as const
export type Block = (typeof BLOCKS)[number]

/** What a set adds to a poorer one. */
export const BLOCKS_ADDED: Readonly<Record<InformationSet, readonly Block[]>> = {
  daily: [],
  '+stationHours': ['stationHours'],
  '+modelHours': ['modelHours', 'sourceForecast'],
  '+weather': ['weather'],
}

export type WeatherField =
  'temperature' | 'dew_point' | 'pressure' | 'precipitation' | 'wind_speed' | 'wind_u' | 'wind_v'

/** Weather of a day or a part of it, as it was forecast by an instant. */
export type WeatherOutlook = Pick<WeatherForecastRow, 'day' | 'part' | 'known_at' | 'hours' | WeatherField>
/** A day's mean sub-index of a pollutant, as the source itself forecast it by an instant. */
export type AirOutlook = Pick<SourceForecastRow, 'day' | 'pollutant' | 'average' | 'known_at'>

/** What there is of a station beside its days; of everything the instant from which it counts as known. */
export interface Beside {
  /** The station's own hours. */
  readonly hours?: readonly HourlyReading[]
  /** A model's hours for its place. */
  readonly modelHours?: readonly HourlyReading[]
  readonly weather?: readonly WeatherOutlook[]
  readonly sourceForecasts?: readonly AirOutlook[]
}

/** Where a column's values come from, and by that from when they count as known. */
export type Origin = 'calendar' | 'days' | Block | 'elsewhere'

/** From when a value counts as known, by its origin. */
export const KNOWN_FROM: Readonly<Record<Origin, string>> = {
  calendar: 'always',
  days: 'known_at of the day',
  stationHours: 'known_at of the reading',
  modelHours: 'known_at of the hour, and not before 8 h after it',
  sourceForecast: 'known_at of the pull',
  weather: 'known_at of the forecast: its pull, or 8 h after its run',
  elsewhere: 'the instant it is admitted with',
}
