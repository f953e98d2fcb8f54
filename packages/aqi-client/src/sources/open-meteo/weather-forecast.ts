import type { Clock } from '@airq/http'

import { endOfDay, startOfDay } from '../../days/bounds.ts'
import { addDays } from '../../days/local-day.ts'
import { localDayAt } from '../../days/zone.ts'
import { AqiError } from '../../errors.ts'
import type { GeoPoint } from '../../types.ts'
import { ATTRIBUTIONS } from './attributions.ts'
import { publishedAt } from './lead-time.ts'
import type { Requester } from './requests.ts'
import type { ForecastOptions, WeatherForecast } from './types.ts'
import { weatherUnits } from './variables.ts'
import { weatherAt } from './weather.ts'

const DAY = 86_400_000
const MOST_DAYS = 15
const MOST_PAST_DAYS = 90

/** The forecast for local days around today, in one request. */
export async function pullForecast(
  request: Requester,
  clock: Clock,
  point: GeoPoint,
  options: ForecastOptions,
): Promise<WeatherForecast> {
  const { timeZone, days = 3, pastDays = 0 } = options
  assertCount('days', days, 1, MOST_DAYS)
  assertCount('pastDays', pastDays, 0, MOST_PAST_DAYS)
  const today = localDayAt(Math.floor(clock.now()), timeZone)
  const from = startOfDay(addDays(today, -pastDays), timeZone)
  const to = endOfDay(addDays(today, days - 1), timeZone)
  const span = { first: Math.floor(from / DAY), last: Math.floor((to - 1) / DAY) }

  const { table, pulledAt } = await request(
    { api: 'forecast', point, units: weatherUnits([0]), span },
    options,
  )
  const hours = table.instants.flatMap((at, index) => {
    const knownAt = Math.min(pulledAt, publishedAt(at, 0))
    return at >= from && at < to ? [weatherAt(table, index, { timeZone, knownAt, previousDay: 0 })] : []
  })
  return { hours, cell: table.cell, pulledAt, attributions: ATTRIBUTIONS }
}

function assertCount(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  throw new AqiError(
    'bad-span',
    `${name} must be ${String(least)} to ${String(most)}, not ${String(value)}`,
    {
      fault: 'input',
    },
  )
}
