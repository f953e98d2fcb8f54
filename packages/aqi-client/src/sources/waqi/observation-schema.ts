import { z } from 'zod'

import { isLocalDay } from '../../days/local-day.ts'
import { isLocalHour } from '../../days/local-hour.ts'
import { POLLUTANTS, type LocalDay, type LocalHour } from '../../types.ts'

const localDay = z.custom<LocalDay>((value) => typeof value === 'string' && isLocalDay(value))
const localHour = z.custom<LocalHour>((value) => typeof value === 'string' && isLocalHour(value))
const numbers = z.record(z.string(), z.number())
const index = z.number().min(0)
const pollutant = z.enum(POLLUTANTS)

const geoSchema = z.object({
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
})

const warningSchema = z.object({ code: z.string(), message: z.string() })

/** `Observation` as a schema, for data that has been out of sight. */
export const observationSchema = z.object({
  source: z.string(),
  stationId: z.string().regex(/^A?\d+$/),
  name: z.string().nullable(),
  url: z.string().nullable(),
  geo: geoSchema.nullable(),
  utcOffset: z
    .string()
    .regex(/^[+-]\d\d:\d\d$/)
    .nullable(),
  observedAt: z.int().nullable(),
  hour: localHour.nullable(),
  fetchedAt: z.int(),
  ageMs: z.int().nullable(),
  stale: z.boolean(),
  aqi: index.nullable(),
  dominant: z.string().nullable(),
  sub: z.partialRecord(pollutant, index),
  weather: numbers,
  extra: numbers,
  unit: z.literal('sub-index'),
  scale: z.literal('us-epa-2015'),
  evidence: z.enum(['station', 'sensor']),
  attributions: z.array(
    z.object({ name: z.string().min(1), url: z.string().nullable(), logo: z.string().nullable() }),
  ),
  warnings: z.array(warningSchema),
  forecast: z.array(
    z.object({
      day: localDay,
      pollutant,
      average: index.nullable(),
      lowest: index.nullable(),
      highest: index.nullable(),
    }),
  ),
  raw: z.unknown().optional(),
})

/** A station as found by a search or on the map. `where` is what `latest` takes to ask for it. */
export const stationRefSchema = z.object({
  stationId: z.string().regex(/^A?\d+$/),
  where: z.union([z.object({ uid: z.int().positive() }), z.object({ sensorId: z.int().positive() })]),
  name: z.string().nullable(),
  /** As it came: a path for a search hit. */
  url: z.string().nullable(),
  geo: geoSchema.nullable(),
  aqi: index.nullable(),
  /** Epoch ms. */
  observedAt: z.int().nullable(),
  utcOffset: z.string().nullable(),
  evidence: z.enum(['station', 'sensor']),
})
export type StationRef = Readonly<z.infer<typeof stationRefSchema>>
