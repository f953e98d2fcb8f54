/** What a day of air quality is here, and how it is described. */

export const POLLUTANTS = ['pm25', 'pm10', 'o3', 'no2', 'so2', 'co'] as const
export type Pollutant = (typeof POLLUTANTS)[number]

/** `YYYY-MM-DD`, a calendar day of the station's own time zone; never a `Date`. Made by `localDay()`. */
export type LocalDay = string & { readonly __localDay: true }

/** Index scales by name and version (US EPA bands of 2012 for PM and 2015 for ozone: what WAQI uses). */
export type Scale = 'us-epa-2015'

export type DayStatus = 'final' | 'partial'
/** Who made the value: an aqicn download, or a simulation that says nothing about real air. */
export type DayOrigin = 'csv' | 'simulator'

/** Daily sub-indices of one station: means of the day's hourly sub-indices. `aqi` is the largest present. */
export interface DailyReading {
  readonly day: LocalDay
  readonly timeZone: string
  readonly sub: Readonly<Partial<Record<Pollutant, number>>>
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

/** Something the reader should know, counted: `code` is stable, `message` is for people. */
export interface Warning {
  readonly code: string
  readonly message: string
}
