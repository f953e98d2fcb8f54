import { createHttpClient, systemClock } from '@airq/http'

import type { GeoPoint, HourlyReading } from '../../types.ts'
import { streamAirQuality, streamConcentrations } from './air-quality.ts'
import { urlsByApi } from './endpoints.ts'
import { createRequester } from './requests.ts'
import type {
  AirQualityOptions,
  ConcentrationHour,
  DayRange,
  ForecastHour,
  ForecastOptions,
  HourStream,
  OpenMeteoOptions,
  RangeOptions,
  WeatherForecast,
  WeatherHour,
} from './types.ts'
import { streamArchive, streamAsForecast } from './weather-streams.ts'
import { pullForecast } from './weather-forecast.ts'

const TIMEOUT_MS = 30_000
const MAX_WAIT_MS = 65_000
// Bursts are what other users of the same address suffer from; 600 calls a minute are allowed.
const RATE = { perSecond: 5, burst: 5 }

/**
 * Keyless model data of open-meteo.com, free for non-commercial use; see `ATTRIBUTIONS`. All methods throw
 * `AqiError` (`bad-place`, `bad-span`, `bad-time-zone`, `bad-request`, `out-of-range`, `rate-limit`, `upstream`,
 * `malformed`) and the `HttpError` of transport (`aborted`, `timeout`, `network`, …).
 */
export interface OpenMeteoClient {
  /** Sub-indices by the hour from modelled concentrations: evidence `model`, not to be mixed with a station's. */
  airQuality(point: GeoPoint, range: DayRange, options?: AirQualityOptions): HourStream<HourlyReading>
  /** The concentrations themselves. */
  concentrations(point: GeoPoint, range: DayRange, options?: RangeOptions): HourStream<ConcentrationHour>
  /** Weather to come as forecast now: for serving. */
  weatherForecast(point: GeoPoint, options: ForecastOptions): Promise<WeatherForecast>
  /** Weather as it was, from 1940 on, known five days later: never what a forecast may have known of its future. */
  weatherArchive(point: GeoPoint, range: DayRange, options?: RangeOptions): HourStream<WeatherHour>
  /**
   * Weather as the freshest forecast out at the decision had it, from 2024 on: for training. `decisionFor` gives
   * the decision (epoch ms) that an hour (epoch ms) is used in. Throws `bad-span` where that lies more than the
   * seven days kept before the hour.
   */
  weatherAsForecast(
    point: GeoPoint,
    range: DayRange,
    decisionFor: (validAt: number) => number,
    options?: RangeOptions,
  ): HourStream<ForecastHour>
}

export function createOpenMeteoClient(options: OpenMeteoOptions = {}): OpenMeteoClient {
  const { transport, clock = systemClock, timeoutMs = TIMEOUT_MS, maxWaitMs = MAX_WAIT_MS } = options
  const http =
    options.http ??
    createHttpClient({ clock, timeoutMs, limit: RATE, ...(transport === undefined ? {} : { transport }) })
  const request = createRequester(http, clock, urlsByApi(options), { timeoutMs, maxWaitMs })

  return {
    airQuality: (point, range, opts = {}) => streamAirQuality(request, point, range, opts),
    concentrations: (point, range, opts = {}) => streamConcentrations(request, point, range, opts),
    weatherForecast: (point, opts) => pullForecast(request, clock, point, opts),
    weatherArchive: (point, range, opts = {}) => streamArchive(request, point, range, opts),
    weatherAsForecast: (point, range, decisionFor, opts = {}) =>
      streamAsForecast(request, point, range, decisionFor, opts),
  }
}
