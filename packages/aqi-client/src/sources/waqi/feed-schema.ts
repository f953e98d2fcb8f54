import { z } from 'zod'

import { isRecord } from './record.ts'

/** What is not of the wanted shape counts as absent: stations differ in what they send. */
const text = z.string().optional().catch(undefined)
const anything = z.unknown().optional()
/** Its entries are looked at when they are read: some answers are long. */
const table = z.custom<Readonly<Record<string, unknown>>>(isRecord).catch({})
const list = z.array(z.unknown()).catch([])

/**
 * `data` of `/feed/…` as far as it is read. `time.v` is left out on purpose: agencies put local time taken for UTC
 * there, sensors the true epoch.
 */
export const feedSchema = z.object({
  idx: anything,
  aqi: anything,
  dominentpol: text,
  iaqi: table,
  time: z.object({ iso: text, s: text, tz: text }).catch({}),
  city: z.object({ geo: list, name: text, url: text }).catch({ geo: [] }),
  attributions: list,
  forecast: z.object({ daily: table }).catch({ daily: {} }),
})
export type FeedPayload = z.infer<typeof feedSchema>

/** One entry of `attributions`. */
export const attributionSchema = z.object({ name: text, url: text, logo: text })

/** One day of one pollutant in `forecast.daily`. */
export const forecastRowSchema = z.object({ day: text, avg: anything, min: anything, max: anything })

/** One hit of `/search/`, or one pin of `/map/bounds/` and `/v2/map/bounds`. */
export const stationHitSchema = z.object({
  uid: anything,
  aqi: anything,
  lat: anything,
  lon: anything,
  time: z.object({ stime: text, tz: text }).catch({}),
  station: z.object({ name: text, url: text, geo: list, time: text }).catch({ geo: [] }),
})
export type StationHit = z.infer<typeof stationHitSchema>
