import type { CallOptions, Clock, HttpClient, Transport } from '@airq/http'

import type { Attribution, LocalDay, LocalHour, Pollutant, Scale, Warning } from '../../types.ts'
import type { Endpoints } from './endpoints.ts'

export interface OpenMeteoOptions extends Partial<Endpoints> {
  /** Used as it is; then `transport`, `clock` and `timeoutMs` say nothing about requests. */
  readonly http?: HttpClient
  readonly transport?: Transport
  readonly clock?: Clock
  /** One try. Default 30,000. */
  readonly timeoutMs?: number
  /**
   * The longest wait for a limit to be lifted, in ms. Default 65,000: the full minute is waited for, the full
   * hour and the next day are not (`rate-limit` says how long they would take).
   */
  readonly maxWaitMs?: number
}

/** Local days of one time zone, both ends included. */
export interface DayRange {
  readonly firstDay: LocalDay
  readonly lastDay: LocalDay
  readonly timeZone: string
}

export interface WaitOptions extends Pick<CallOptions, 'signal' | 'timeoutMs'> {
  /** The longest wait for a limit to be lifted, in ms, for this call. */
  readonly maxWaitMs?: number
}

export interface RangeOptions extends WaitOptions {
  /** `Chunk.resume` of the last chunk that was kept: goes on behind it. */
  readonly resume?: string | undefined
  /** Deliver what the source has of the range, with a warning, instead of failing as `out-of-range`. */
  readonly clip?: boolean
}

export interface AirQualityOptions extends RangeOptions {
  /** Default `us-epa-2015`. */
  readonly scale?: Scale
}

export interface ForecastOptions extends WaitOptions {
  readonly timeZone: string
  /** Local days from today on, today included: 1 to 15. Default 3. */
  readonly days?: number
  /** Local days before today: 0 to 90. Default 0. */
  readonly pastDays?: number
}

/** The hours of one request, and where to go on after it. */
export interface Chunk<T> {
  readonly hours: readonly T[]
  /** Hand it back as `resume` to go on behind this chunk; `null` after the last one. */
  readonly resume: string | null
  /** `null` where nothing was asked for because the source has none of these days. */
  readonly cell: GridCell | null
  readonly warnings: readonly Warning[]
  readonly attributions: readonly Attribution[]
}

/** Hours in order, one by one; or by the request they came with, for what must be able to go on after a stop. */
export interface HourStream<T> extends AsyncIterable<T> {
  chunks(): AsyncIterable<Chunk<T>>
}

/** The model's cell that was read: its centre differs from the place asked for. */
export interface GridCell {
  readonly latitude: number
  readonly longitude: number
  /** Metres. */
  readonly elevation: number | null
}

/** What the model has for one hour, before it is made an index. */
export interface ConcentrationHour {
  readonly hour: LocalHour
  /** Epoch ms. */
  readonly observedAt: number
  readonly concentrations: Readonly<Partial<Record<Pollutant, number>>>
  /** µg/m³, for the gases too. */
  readonly unit: 'ugm3'
  readonly evidence: 'model'
  /** Epoch ms: 8 h after the hour, or when it was asked for if that came first. */
  readonly knownAt: number
}

/** Weather of a model's cell for one hour. `null` where the model gives none. */
export interface WeatherHour {
  readonly hour: LocalHour
  /** Epoch ms of the instant it is for. */
  readonly validAt: number
  /** Epoch ms from which it counts as known. */
  readonly knownAt: number
  /** °C, 2 m above ground. */
  readonly temperature: number | null
  /** °C, 2 m above ground. */
  readonly dewPoint: number | null
  /** hPa, at the ground. */
  readonly surfacePressure: number | null
  /** mm in the hour before `validAt`. */
  readonly precipitation: number | null
  /** m/s, 10 m above ground. */
  readonly windSpeed: number | null
  /** Degrees the wind comes from, clockwise from north. */
  readonly windDirection: number | null
  /** m/s towards the east and towards the north. */
  readonly windU: number | null
  readonly windV: number | null
  readonly evidence: 'model'
}

/** Weather as it was forecast. */
export interface ForecastHour extends WeatherHour {
  /** The run started this many times 24 h before `validAt`, or up to one update cycle earlier. */
  readonly previousDay: number
}

/** The forecast as of now. */
export interface WeatherForecast {
  readonly hours: readonly WeatherHour[]
  readonly cell: GridCell
  /** Epoch ms. */
  readonly pulledAt: number
  readonly attributions: readonly Attribution[]
}
