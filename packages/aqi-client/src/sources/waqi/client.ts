import { createHttpClient, redactor, systemClock, type HttpClient, type HttpRequest } from '@airq/http'

import { answerJudge } from './judge-answer.ts'
import { asAqiError } from './http-failure.ts'
import { DEFAULT_MAX_AGE_MS, parseFeed } from './parse-feed.ts'
import { parseStations } from './parse-stations.ts'
import { tokenOf } from './token.ts'
import type { WaqiCallOptions, WaqiClient, WaqiOptions } from './types.ts'
import {
  checkedBaseUrl,
  checkedKeyword,
  checkedPoint,
  config,
  feedPath,
  latlngOf,
  PUBLIC_URL,
  VENDOR_HOSTS,
} from './urls.ts'

/** WAQI allows more; nobody needs it. */
const LIMIT = { perSecond: 1, burst: 5 }
const MAX_BODY_BYTES = 5 * 1024 * 1024
const DEFAULT_MAX_RETRIES = 2
/** For a call with all its tries and waits: some 300 calls made at once get their turn. */
const DEADLINE_MS = 300_000

interface Asked<T> {
  readonly path: string
  readonly query?: NonNullable<HttpRequest['query']>
  readonly parse: (json: unknown) => T
}

/** A client of WAQI's JSON API. Opens nothing until the first call. Throws `AqiError` `config`. */
export function createWaqiClient(options: WaqiOptions): WaqiClient {
  const { clock = systemClock, maxAgeMs = DEFAULT_MAX_AGE_MS, strict = false } = options
  if (!(maxAgeMs >= 0)) throw config('maxAgeMs is not a number of milliseconds', 'Give 0 or more.')
  const baseUrl = checkedBaseUrl(options.baseUrl ?? PUBLIC_URL)
  const http = options.http ?? httpClientFor(options)

  async function ask<T>({ path, query, parse }: Asked<T>, call: WaqiCallOptions = {}): Promise<T> {
    const { signal, timeoutMs, retry } = call
    const url = `${baseUrl}${path}`
    const value = await tokenOf(options.token, signal)
    const redact = redactor([value])
    try {
      return await http.call(
        {
          url,
          headers: { accept: 'application/json' },
          ...(query === undefined ? {} : { query }),
          secret: { in: 'query', name: 'token', value, vendorHosts: VENDOR_HOSTS },
        },
        answerJudge({ parse, where: url, redact }),
        {
          signal,
          ...(timeoutMs === undefined ? {} : { timeoutMs }),
          ...(retry === undefined ? {} : { retry }),
        },
      )
    } catch (error) {
      throw asAqiError(error)
    }
  }

  return {
    id: 'waqi',
    async latest(where, call = {}) {
      const near = call.near === undefined ? undefined : checkedPoint(call.near)
      const parse = (json: unknown) =>
        parseFeed(json, {
          requested: where,
          fetchedAt: Math.floor(clock.now()),
          maxAgeMs,
          strict,
          near,
          raw: call.raw,
        })
      return ask({ path: feedPath(where), parse }, call)
    },
    async search(text, call) {
      return ask({ path: '/search/', query: { keyword: checkedKeyword(text) }, parse: parseStations }, call)
    },
    async bounds(box, call = {}) {
      const query = { latlng: latlngOf(box), networks: call.networks ?? 'all' }
      return ask({ path: '/v2/map/bounds', query, parse: parseStations }, call)
    },
  }
}

function httpClientFor(options: WaqiOptions): HttpClient {
  const { transport, clock, random, timeoutMs, trustedHosts, limit = LIMIT } = options
  const { maxRetries = DEFAULT_MAX_RETRIES } = options
  if (!Number.isInteger(maxRetries) || maxRetries < 0) {
    throw config('maxRetries is not a number of retries', 'Give 0 for none.')
  }
  try {
    return createHttpClient({
      limit,
      deadlineMs: DEADLINE_MS,
      maxBodyBytes: MAX_BODY_BYTES,
      retry: { attempts: maxRetries + 1 },
      ...(transport === undefined ? {} : { transport }),
      ...(clock === undefined ? {} : { clock }),
      ...(random === undefined ? {} : { random }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(trustedHosts === undefined ? {} : { trustedHosts }),
    })
  } catch (error) {
    throw asAqiError(error)
  }
}
