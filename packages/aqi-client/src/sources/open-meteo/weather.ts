import { localHourAt } from '../../days/local-hour.ts'
import type { HourlyTable } from './hourly-table.ts'
import type { WeatherHour } from './types.ts'
import { previousDayVariable, type WeatherVariable } from './variables.ts'

/**
 * Weather of the table's hour at `index`, of the run `previousDay` times 24 h before it (0: the latest).
 * `knownAt` in epoch ms.
 */
export function weatherAt(
  table: HourlyTable,
  index: number,
  { timeZone, knownAt, previousDay }: { timeZone: string; knownAt: number; previousDay: number },
): WeatherHour {
  const validAt = table.instants[index] ?? Number.NaN
  const value = (variable: WeatherVariable) =>
    table.columns.get(previousDayVariable(variable, previousDay))?.[index] ?? null
  const windSpeed = value('wind_speed_10m')
  const windDirection = value('wind_direction_10m')
  return {
    hour: localHourAt(validAt, timeZone),
    validAt,
    knownAt,
    temperature: value('temperature_2m'),
    dewPoint: value('dew_point_2m'),
    surfacePressure: value('surface_pressure'),
    precipitation: value('precipitation'),
    windSpeed,
    windDirection,
    ...windVector(windSpeed, windDirection),
    evidence: 'model',
  }
}

/** The direction is where the wind comes from, the vector points where it goes. Calm needs no direction. */
export function windVector(
  speed: number | null,
  direction: number | null,
): { readonly windU: number | null; readonly windV: number | null } {
  if (speed === 0) return { windU: 0, windV: 0 }
  if (speed === null || direction === null) return { windU: null, windV: null }
  const angle = (direction * Math.PI) / 180
  return { windU: -speed * Math.sin(angle), windV: -speed * Math.cos(angle) }
}
