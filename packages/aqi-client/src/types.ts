/** What a day of air quality is here, and how it is described. */

export const POLLUTANTS = ['pm25', 'pm10', 'o3', 'no2', 'so2', 'co'] as const
export type Pollutant = (typeof POLLUTANTS)[number]

/** `YYYY-MM-DD`, a calendar day of the station's own time zone; never a `Date`. Made by `localDay()`. */
export type LocalDay = string & { readonly __localDay: true }

/** An hour of the station's own clock, `YYYY-MM-DDTHH`, as it stands on the reading. */
export type LocalHour = string & { readonly __localHour: true }

/**
 * Index scales by name and version. `us-epa-2015`: PM bands of 2012 and ozone bands of 2015, in force until May
 * 2024 and what WAQI uses; `us-epa-2024`: since then; `cn-hj633-2012`: China to February 2026; `cn-hj633-2026`:
 * since March 2026.
 */
export type Scale = 'us-epa-2015' | 'us-epa-2024' | 'cn-hj633-2012' | 'cn-hj633-2026'

/** `final`: enough hours; `partial`: too few, never a label; `missing`: none; `modelled`: from a model, a feature at best. */
export type DayStatus = 'final' | 'partial' | 'missing' | 'modelled'
/** Who made the value: an aqicn download, hourly pulls, a model, or a simulation that says nothing about real air. */
export type DayOrigin = 'csv' | 'pulls' | 'model' | 'simulator'

export type SubIndices = Readonly<Partial<Record<Pollutant, number>>>

/** Daily sub-indices of one station: means of the day's hourly sub-indices. `aqi` is the largest present. */
export interface DailyReading {
  readonly day: LocalDay
  readonly timeZone: string
  readonly sub: SubIndices
  readonly aqi: number | null
  /** Hours the means are made of; `null` where the source does not say. */
  readonly hours: number | null
  readonly status: DayStatus
  readonly origin: DayOrigin
  readonly unit: 'sub-index'
  readonly scale: Scale
  /** Epoch ms from which the value counts as known: the end of its local day for a CSV day. */
  readonly knownAt: number
}

/** What an observation rests on: an agency's station, a low-cost sensor, or a model's grid cell. */
export type Evidence = 'station' | 'sensor' | 'model'

/** One hour of one station. */
export interface HourlyReading {
  /** The label of the reading's own local time: `2026-01-05T23` belongs to 2026-01-05. */
  readonly hour: LocalHour
  /** Epoch ms. */
  readonly observedAt: number
  readonly sub: SubIndices
  /** As published; `null` where the source gives none. */
  readonly aqi: number | null
  readonly dominant: string | null
  readonly unit: 'sub-index'
  readonly scale: Scale
  readonly evidence: Evidence
  /** Epoch ms from which it counts as known: when it was pulled. */
  readonly knownAt: number
}

export interface GeoPoint {
  /** Degrees north. */
  readonly latitude: number
  /** Degrees east. */
  readonly longitude: number
}

/** Who must be named beside the data. Text and links come from outside: escape them before showing. */
export interface Attribution {
  readonly name: string
  readonly url: string | null
  readonly logo: string | null
}

/** A day as the source's own model forecasts it: sub-indices of one pollutant. */
export interface SourceForecast {
  readonly day: LocalDay
  readonly pollutant: Pollutant
  readonly average: number | null
  readonly lowest: number | null
  readonly highest: number | null
}

/** The newest observation of a station. Nothing in it is trusted more than its `warnings` say. */
export interface Observation {
  readonly source: string
  /** `1451` for an agency station, `A372382` for a citizen one. */
  readonly stationId: string
  readonly name: string | null
  readonly url: string | null
  readonly geo: GeoPoint | null
  /** `+08:00`; `null` where the source does not say. */
  readonly utcOffset: string | null
  /** Epoch ms; `null` for a dead station. */
  readonly observedAt: number | null
  readonly hour: LocalHour | null
  readonly fetchedAt: number
  readonly ageMs: number | null
  /** Older than the client's `maxAgeMs`, or without a time. */
  readonly stale: boolean
  readonly aqi: number | null
  readonly dominant: string | null
  readonly sub: SubIndices
  /** Weather keys as WAQI names them: t h p w wg wd dew r. */
  readonly weather: Readonly<Record<string, number>>
  /** Every other number that came along. */
  readonly extra: Readonly<Record<string, number>>
  readonly unit: 'sub-index'
  readonly scale: Scale
  readonly evidence: Evidence
  readonly attributions: readonly Attribution[]
  readonly warnings: readonly Warning[]
  readonly forecast: readonly SourceForecast[]
  /** The payload as it came, on request. */
  readonly raw?: unknown
}

/** Something the reader should know, counted: `code` is stable, `message` is for people. */
export interface Warning {
  readonly code: string
  readonly message: string
}
