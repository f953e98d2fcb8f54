import type { CallOptions, Clock, HttpClient, HttpClientOptions, Transport } from '@airq/http'

import type { GeoPoint, Observation, Warning } from '../../types.ts'
import type { StationRef } from './observation-schema.ts'

/** Which station to ask for. */
export type Where =
  /** An agency's station; a sensor's number is understood, too. */
  | { readonly uid: number }
  /** A citizen's sensor: 372382 for `A372382`. */
  | { readonly sensorId: number }
  /** A city's name, or a station's path such as `netherland/utrecht/griftpark`. WAQI picks the station. */
  | { readonly city: string }
  /** The station nearest to a point. */
  | { readonly geo: GeoPoint }
  /** The station nearest to the caller's IP address. */
  | { readonly here: true }

/** The token itself, or where it comes from: asked anew for each call. */
export type TokenSource = string | (() => string | Promise<string>)

export interface WaqiOptions {
  readonly token: TokenSource
  /** Default `https://api.waqi.info`. */
  readonly baseUrl?: string
  /** Used as it is; then `transport`, `random`, `maxRetries`, `timeoutMs` and `trustedHosts` say nothing. */
  readonly http?: HttpClient
  /** Default: axios, loaded at the first request. */
  readonly transport?: Transport
  readonly clock?: Clock
  /** 0 ≤ x < 1, for the jitter of retries. */
  readonly random?: () => number
  /** Ms; an older observation is `stale`. Default 6 h. */
  readonly maxAgeMs?: number
  /** Default 2. */
  readonly maxRetries?: number
  /** Ms for one try. Default 30,000. */
  readonly timeoutMs?: number
  /** Hosts beside WAQI's that the token may be sent to. */
  readonly trustedHosts?: readonly string[]
  /** An answer of another station than the one asked for by number fails as `not-found`. Default: a warning. */
  readonly strict?: boolean
  /** Default one request a second, five at once. Without effect on `http`. */
  readonly limit?: NonNullable<HttpClientOptions['limit']>
}

export type WaqiCallOptions = Pick<CallOptions, 'signal' | 'timeoutMs' | 'retry'>

export interface LatestOptions extends WaqiCallOptions {
  /** Keep the payload as it came in `raw`. */
  readonly raw?: boolean
  /** Where the station must stand: an answer from more than 50 km away fails as `station-mismatch`. */
  readonly near?: GeoPoint
}

export interface BoundsOptions extends WaqiCallOptions {
  /** `all` has citizens' sensors, too. Default `all`. */
  readonly networks?: 'all' | 'official'
}

/** Two opposite corners, any two. */
export interface Box {
  readonly from: GeoPoint
  readonly to: GeoPoint
}

export interface StationList {
  /** Each station once, in the order of the answer. */
  readonly stations: readonly StationRef[]
  /** Entries that were dropped, counted. */
  readonly warnings: readonly Warning[]
}

/**
 * The JSON API of the World Air Quality Index project. Its data may not be redistributed, and whoever shows them
 * names the project and the `attributions`.
 *
 * Every call throws `AqiError`: `config` (fault `input`) before anything is sent; `auth`, `not-found`, `api`;
 * `rate-limit`, `upstream`, `malformed`, `network`, `timeout` after the retries; `aborted`.
 */
export interface WaqiClient {
  readonly id: 'waqi'
  /** The newest observation of a station. Throws `station-mismatch`, too, where `near` is given. */
  latest(where: Where, options?: LatestOptions): Promise<Observation>
  /** Stations by words. Not every station is found this way. */
  search(text: string, options?: WaqiCallOptions): Promise<StationList>
  /** Stations on the map. The box must not cross the 180th meridian. */
  bounds(box: Box, options?: BoundsOptions): Promise<StationList>
}
