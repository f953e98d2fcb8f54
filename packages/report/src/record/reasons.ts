import type { Contribution } from '@airq/model'

/** What a reader can be told of: columns of a row by what they are about. */
export type ReasonKey =
  | 'lastDay'
  | 'daysBefore'
  | 'pollutants'
  | 'season'
  | 'hoursToday'
  | 'modelHours'
  | 'sourceForecast'
  | 'wind'
  | 'rain'
  | 'temperature'
  | 'humidity'
  | 'pressure'
  | 'other'

export interface Reason {
  readonly key: ReasonKey
  /** By what share the forecast is higher (or lower, negative) than with a usual value: 0.2 is a fifth. */
  readonly change: number
}

const PATTERNS: readonly (readonly [RegExp, ReasonKey])[] = [
  [/^(aqi_last|aqi_history_0|log_aqi_lag_0)$/, 'lastDay'],
  [/^(aqi_history_|log_aqi_(lag|mean|sd)_)/, 'daysBefore'],
  [/^year_/, 'season'],
  [/_so_far$|_(today|before)_\d/, 'hoursToday'],
  [/_model_\d+$/, 'modelHours'],
  [/_forecast$/, 'sourceForecast'],
  [/^wind_/, 'wind'],
  [/^precipitation_/, 'rain'],
  [/^temperature_/, 'temperature'],
  [/^dew_point_/, 'humidity'],
  [/^pressure_/, 'pressure'],
  [/^log_[a-z0-9]+_lag_\d+$/, 'pollutants'],
]

const SHOWN = 6
/** Smaller ones are no reason. */
const LEAST = 0.005

/** The largest reasons first. What columns of a kind did against each other is summed up. */
export function reasonsOf(contributions: readonly Contribution[]): Reason[] {
  const logs = new Map<ReasonKey, number>()
  for (const { feature, log } of contributions) {
    const key = PATTERNS.find(([pattern]) => pattern.test(feature))?.[1] ?? 'other'
    logs.set(key, (logs.get(key) ?? 0) + log)
  }
  return [...logs]
    .map(([key, log]) => ({ key, change: Math.exp(log) - 1, log }))
    .filter(({ change }) => Math.abs(change) >= LEAST)
    .sort((a, b) => Math.abs(b.log) - Math.abs(a.log))
    .slice(0, SHOWN)
    .map(({ key, change }) => ({ key, change }))
}
