import { isLocalDay } from '../../days/local-day.ts'
import { POLLUTANTS, type LocalDay, type Pollutant, type SourceForecast } from '../../types.ts'
import { forecastRowSchema } from './feed-schema.ts'
import { isBlank, toIndex } from './numbers.ts'
import type { WarningList } from './warning-list.ts'

/**
 * The rows of `forecast.daily`, by day and pollutant. Of rows for the same day the last counts. Rows of the past are
 * kept: they are the model's, not measured. Rows that make no sense are dropped and counted; `uvi` is no pollutant.
 */
export function readForecast(
  daily: Readonly<Record<string, unknown>>,
  warnings: WarningList,
): readonly SourceForecast[] {
  let dropped = 0
  const rows = POLLUTANTS.flatMap((pollutant) => {
    const byDay = new Map<LocalDay, SourceForecast>()
    const wire = Object.hasOwn(daily, pollutant) ? daily[pollutant] : undefined
    for (const entry of Array.isArray(wire) ? (wire as readonly unknown[]) : []) {
      const row = readRow(entry, pollutant)
      if (row === null) dropped++
      else byDay.set(row.day, row)
    }
    return [...byDay.values()]
  })
  if (dropped > 0) warnings.add('forecast-dropped', `${String(dropped)} forecast rows make no sense`)
  // Stable: within a day the pollutants stay in their order.
  return rows.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0))
}

function readRow(entry: unknown, pollutant: Pollutant): SourceForecast | null {
  const wire = forecastRowSchema.safeParse(entry).data
  if (wire?.day === undefined || !isLocalDay(wire.day)) return null
  const [average, lowest, highest] = [toIndex(wire.avg), toIndex(wire.min), toIndex(wire.max)]
  const isBad = [wire.avg, wire.min, wire.max].some(
    (value) => !isBlank(value) && toIndex(value).value === null,
  )
  if (isBad || (average.value === null && lowest.value === null && highest.value === null)) return null
  if (lowest.value !== null && highest.value !== null && lowest.value > highest.value) return null
  return { day: wire.day, pollutant, average: average.value, lowest: lowest.value, highest: highest.value }
}

/** A day of the forecast with all its pollutants; `null` for those it lacks. */
export interface ForecastDay extends Readonly<Record<Pollutant, SourceForecast | null>> {
  readonly day: LocalDay
}

/** Joins forecast rows by day: the source's lists differ in length and in the day they begin with. */
export function forecastByDay(rows: readonly SourceForecast[]): readonly ForecastDay[] {
  const byDay = new Map<LocalDay, ForecastDay>()
  for (const row of rows) {
    const day = byDay.get(row.day) ?? { day: row.day, ...NOTHING }
    byDay.set(row.day, { ...day, [row.pollutant]: row })
  }
  return [...byDay.values()].sort((a, b) => (a.day < b.day ? -1 : 1))
}

const NOTHING = { pm25: null, pm10: null, o3: null, no2: null, so2: null, co: null }
