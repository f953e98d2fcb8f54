import { endOfDay, startOfDay } from '../../days/bounds.ts'
import { AqiError } from '../../errors.ts'
import type { GeoPoint } from '../../types.ts'
import { createHourStream } from './hour-stream.ts'
import { ARCHIVE_DELAY_MS, OLDEST_PREVIOUS_DAY, publishedAt, smallestPreviousDay } from './lead-time.ts'
import { daysPerCall } from './limits.ts'
import type { Requester } from './requests.ts'
import type { DayRange, ForecastHour, HourStream, RangeOptions, WeatherHour } from './types.ts'
import { weatherUnits } from './variables.ts'
import { weatherAt } from './weather.ts'

const HOUR = 3_600_000

export function streamArchive(
  request: Requester,
  point: GeoPoint,
  range: DayRange,
  options: RangeOptions,
): HourStream<WeatherHour> {
  const units = weatherUnits([0])
  return createHourStream({
    range,
    options,
    longest: daysPerCall(Object.keys(units).length),
    leadDays: 0,
    fetch: (span) => request({ api: 'archive', point, units, span }, options),
    createReader:
      () =>
      ({ table, pulledAt }, isWanted) => ({
        hours: table.instants.flatMap((at, index) => {
          const knownAt = Math.min(pulledAt, at + ARCHIVE_DELAY_MS)
          return isWanted(at)
            ? [weatherAt(table, index, { timeZone: range.timeZone, knownAt, previousDay: 0 })]
            : []
        }),
        warnings: [],
      }),
  })
}

/** Each hour from the freshest run that was out at its decision, and only those runs are asked for. */
export function streamAsForecast(
  request: Requester,
  point: GeoPoint,
  range: DayRange,
  decisionFor: (validAt: number) => number,
  options: RangeOptions,
): HourStream<ForecastHour> {
  const units = weatherUnits(previousDaysOf(range, decisionFor))
  return createHourStream({
    range,
    options,
    longest: daysPerCall(Object.keys(units).length),
    leadDays: 0,
    fetch: (span) => request({ api: 'previous-runs', point, units, span }, options),
    createReader:
      () =>
      ({ table }, isWanted) => ({
        hours: table.instants.flatMap((at, index) => {
          if (!isWanted(at)) return []
          const previousDay = previousDayFor(at, decisionFor)
          const knownAt = publishedAt(at, previousDay)
          return [
            { ...weatherAt(table, index, { timeZone: range.timeZone, knownAt, previousDay }), previousDay },
          ]
        }),
        warnings: [],
      }),
  })
}

/** The previous days that the hours of the range need, ascending. */
function previousDaysOf(range: DayRange, decisionFor: (validAt: number) => number): number[] {
  const end = endOfDay(range.lastDay, range.timeZone)
  const needed = new Set<number>()
  const first = Math.ceil(startOfDay(range.firstDay, range.timeZone) / HOUR) * HOUR
  for (let at = first; at < end; at += HOUR) needed.add(previousDayFor(at, decisionFor))
  return [...needed].sort((a, b) => a - b)
}

function previousDayFor(validAt: number, decisionFor: (validAt: number) => number): number {
  const decisionAt = decisionFor(validAt)
  const previousDay = smallestPreviousDay(validAt, decisionAt)
  if (previousDay !== null) return previousDay
  throw new AqiError(
    'bad-span',
    `no forecast for ${new Date(validAt).toISOString()} is kept from before ${new Date(decisionAt).toISOString()}`,
    { fault: 'input', hint: `Decide at most ${String(OLDEST_PREVIOUS_DAY)} days, less 8 hours, ahead.` },
  )
}
