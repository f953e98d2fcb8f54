import { dayOfHour, type LocalDay, type LocalHour, startOfDay } from '@airq/aqi-client'
import type { WeatherForecastRow } from './live-groups.ts'

/** Parts of a local day by the first hour in and the first hour out. */
const PARTS = {
  day: [0, 24],
  night: [0, 6],
  morning: [6, 12],
  afternoon: [12, 18],
  evening: [18, 24],
} as const
export type WeatherPart = keyof typeof PARTS
export const WEATHER_PARTS: readonly WeatherPart[] = ['day', 'night', 'morning', 'afternoon', 'evening']

/** One hour of weather: °C, hPa, mm in the hour, m/s; `null` where there is none. */
interface HourOfWeather {
  readonly hour: LocalHour
  readonly temperature: number | null
  readonly dewPoint: number | null
  readonly surfacePressure: number | null
  readonly precipitation: number | null
  readonly windSpeed: number | null
  readonly windU: number | null
  readonly windV: number | null
}

/** Hourly weather as rows of `weather_forecasts`: means (rain: the sum) of each day and each part of it that has hours; `hours` says how many. */
export function toWeatherRows(
  station: { readonly id: string; readonly timeZone: string },
  hours: readonly HourOfWeather[],
  pull: { readonly source: string; readonly slot: string; readonly knownAt: number },
): WeatherForecastRow[] {
  const byDay = Map.groupBy(hours, ({ hour }) => dayOfHour(hour))
  return [...byDay].flatMap(([day, ofDay]) =>
    WEATHER_PARTS.flatMap((part) => {
      const inPart = ofDay.filter(({ hour }) => isIn(part, hour))
      return inPart.length === 0 ? [] : [rowOf(station, day, part, inPart, pull)]
    }),
  )
}

function isIn(part: WeatherPart, hour: LocalHour): boolean {
  const [first, end] = PARTS[part]
  const clock = Number(hour.slice(-2))
  return clock >= first && clock < end
}

function rowOf(
  station: { readonly id: string; readonly timeZone: string },
  day: LocalDay,
  part: WeatherPart,
  hours: readonly HourOfWeather[],
  pull: { readonly source: string; readonly slot: string; readonly knownAt: number },
): WeatherForecastRow {
  const values = (pick: (hour: HourOfWeather) => number | null) =>
    hours.map(pick).filter((value) => value !== null)
  const sum = (numbers: readonly number[]) => numbers.reduce((total, value) => total + value, 0)
  const mean = (pick: (hour: HourOfWeather) => number | null) => {
    const present = values(pick)
    return present.length === 0 ? null : sum(present) / present.length
  }
  const rain = values((hour) => hour.precipitation)
  return {
    station: station.id,
    day,
    part,
    issue_slot: pull.slot,
    day_start: startOfDay(day, station.timeZone),
    temperature: mean((hour) => hour.temperature),
    dew_point: mean((hour) => hour.dewPoint),
    pressure: mean((hour) => hour.surfacePressure),
    precipitation: rain.length === 0 ? null : sum(rain),
    wind_speed: mean((hour) => hour.windSpeed),
    wind_u: mean((hour) => hour.windU),
    wind_v: mean((hour) => hour.windV),
    hours: hours.length,
    source: pull.source,
    known_at: pull.knownAt,
  }
}
