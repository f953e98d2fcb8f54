import type { Clock, HttpClient } from '@airq/http'

import { dayFromNumber } from '../../days/local-day.ts'
import { AqiError } from '../../errors.ts'
import type { GeoPoint } from '../../types.ts'
import { judgeAnswer } from './answer.ts'
import { malformed, parseHourlyTables } from './hourly-table.ts'
import type { Pull } from './hour-stream.ts'
import type { DaySpan } from './limits.ts'
import { createOneAtATime } from './one-at-a-time.ts'
import type { WaitOptions } from './types.ts'
import type { Api, Units } from './variables.ts'

const TRIES = 4

interface HourlyRequest {
  readonly api: Api
  readonly point: GeoPoint
  /** The variables to ask for, with the unit each must come in. */
  readonly units: Units
  /** UTC days, both ends included. */
  readonly span: DaySpan
}

export type Requester = (request: HourlyRequest, options: WaitOptions) => Promise<Pull>

/**
 * Asks for hours, one request at a time, as the API wants it of each IP address. Limits are waited for up to
 * `maxWaitMs`.
 */
export function createRequester(
  http: HttpClient,
  clock: Clock,
  urls: Readonly<Record<Api, string>>,
  defaults: { readonly timeoutMs: number; readonly maxWaitMs: number },
): Requester {
  const oneAtATime = createOneAtATime()

  return async (request, { signal, ...options }) => {
    assertPoint(request.point)
    const { timeoutMs, maxWaitMs } = { ...defaults, ...options }
    const read = (response: Parameters<typeof judgeAnswer>[0]): Pull => {
      const pulledAt = Math.floor(clock.now())
      const tables = parseHourlyTables(judgeAnswer(response, pulledAt), request.units)
      const [table] = tables
      if (table === undefined || tables.length > 1) throw malformed(`${String(tables.length)} places for one`)
      return { table, pulledAt }
    }
    const callOptions = {
      signal,
      timeoutMs,
      deadlineMs: TRIES * (timeoutMs + maxWaitMs),
      retry: { attempts: TRIES, maxRetryAfterMs: maxWaitMs },
    }
    return oneAtATime(
      () => http.call({ url: urls[request.api], query: queryOf(request) }, read, callOptions),
      signal,
    )
  }
}

function queryOf({ api, point, units, span }: HourlyRequest): Record<string, string | number | undefined> {
  return {
    latitude: point.latitude,
    longitude: point.longitude,
    hourly: Object.keys(units).join(','),
    start_date: dayFromNumber(span.first),
    end_date: dayFromNumber(span.last),
    timezone: 'GMT',
    wind_speed_unit: api === 'air-quality' ? undefined : 'ms',
  }
}

function assertPoint({ latitude, longitude }: GeoPoint): void {
  if (Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180) return
  throw new AqiError('bad-place', `${String(latitude)}, ${String(longitude)} is no place on Earth`, {
    fault: 'input',
    hint: 'Give latitude (-90 to 90) and longitude (-180 to 180) in degrees.',
  })
}
