import type { GeoPoint, HourlyReading, Warning } from '../../types.ts'
import { concentrationsAt, countNegative } from './concentrations.ts'
import type { HourlyTable } from './hourly-table.ts'
import { createHourStream } from './hour-stream.ts'
import { publishedAt } from './lead-time.ts'
import { daysPerCall } from './limits.ts'
import type { Requester } from './requests.ts'
import { createSubIndexer } from './sub-indices.ts'
import type { AirQualityOptions, ConcentrationHour, DayRange, HourStream, RangeOptions } from './types.ts'
import { AIR_QUALITY_UNITS } from './variables.ts'

const LONGEST = daysPerCall(Object.keys(AIR_QUALITY_UNITS).length)
/** Running means reach back 7 h, into the day before. */
const REACH_DAYS = 1

export function streamAirQuality(
  request: Requester,
  point: GeoPoint,
  range: DayRange,
  options: AirQualityOptions,
): HourStream<HourlyReading> {
  return streamHours(request, point, range, options, REACH_DAYS, () =>
    createSubIndexer(options.scale ?? 'us-epa-2015'),
  )
}

export function streamConcentrations(
  request: Requester,
  point: GeoPoint,
  range: DayRange,
  options: RangeOptions,
): HourStream<ConcentrationHour> {
  return streamHours(request, point, range, options, 0, () => (hour) => hour)
}

function streamHours<T extends { readonly observedAt: number }>(
  request: Requester,
  point: GeoPoint,
  range: DayRange,
  options: RangeOptions,
  leadDays: number,
  createConverter: () => (hour: ConcentrationHour) => T,
): HourStream<T> {
  return createHourStream({
    range,
    options,
    longest: LONGEST,
    leadDays,
    fetch: (span) => request({ api: 'air-quality', point, units: AIR_QUALITY_UNITS, span }, options),
    createReader() {
      const convert = createConverter()
      return ({ table, pulledAt }, isWanted) => {
        const hours = table.instants.map((at, index) => {
          const knownAt = Math.min(pulledAt, publishedAt(at, 0))
          return convert(concentrationsAt(table, index, { timeZone: range.timeZone, knownAt }))
        })
        return { hours: hours.filter((hour) => isWanted(hour.observedAt)), warnings: warningsOf(table) }
      }
    },
  })
}

function warningsOf(table: HourlyTable): Warning[] {
  const negative = countNegative(table)
  if (negative === 0) return []
  return [{ code: 'out-of-range', message: `${String(negative)} concentrations below zero were left out` }]
}
