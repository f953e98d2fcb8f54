/** Every key of the configuration, with its default. */

import { z } from 'zod'
import { type ForecasterId, FORECASTERS } from '../forecasters.ts'

const CANDIDATES: readonly ForecasterId[] = ['persistence', 'climatology', 'ewma', 'ridge', 'blend']

export const sourceSchemas = {
  'aqicn-csv': z.strictObject({ kind: z.literal('aqicn-csv') }),
  simulator: z.strictObject({
    kind: z.literal('simulator'),
    seed: z.int(),
    years: z.int().min(1).max(20).default(4),
  }),
  waqi: z.strictObject({
    kind: z.literal('waqi'),
    /** `@1451` for an agency station, `A372382` for a citizen's, else a city's name or path. */
    feed: z.string().regex(/^(@\d{1,9}|A\d{1,9}|[\p{L}][\p{L}\p{N} .'/-]{1,120})$/u),
    baseUrl: z.url().optional(),
  }),
  'open-meteo': z.strictObject({
    kind: z.literal('open-meteo'),
    /** The model's history begins in August 2022. */
    since: z.iso.date().default('2022-08-01'),
    baseUrl: z.url().optional(),
  }),
}

export const locationSchema = z.strictObject({
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
})

export const stationSchema = z.strictObject({
  /** Our name of the station: part of every key in the store. */
  id: z.string().regex(/^[a-z0-9-]{1,40}$/),
  name: z.string().trim().min(1).max(100),
  timeZone: z.string(),
  /** Where it stands: answers from elsewhere are refused. */
  location: locationSchema.optional(),
  source: z.discriminatedUnion('kind', [
    sourceSchemas['aqicn-csv'],
    sourceSchemas.simulator,
    sourceSchemas.waqi,
    sourceSchemas['open-meteo'],
  ]),
  scale: z.enum(['us-epa-2015']).default('us-epa-2015'),
})

export const forecastSchema = z.strictObject({
  decisions: z
    .array(z.enum(['end-of-day']))
    .min(1)
    .default(['end-of-day']),
  /** Share of days the interval is to hold. */
  coverage: z.number().min(0.5).max(0.99).default(0.9),
})

export const featureStoreSchema = z.strictObject({ kind: z.enum(['sqlite']).default('sqlite') })

export const modelRegistrySchema = z.strictObject({ kind: z.enum(['local']).default('local') })

const share = z.number().min(0).max(1)

/** When a challenger takes over from what serves. */
export const gateSchema = z.strictObject({
  pValue: share.default(0.1),
  minGain: share.default(0.01),
  refitTolerance: share.default(0.02),
})

export const trainingSchema = z.strictObject({
  candidates: z
    .array(z.enum(FORECASTERS))
    .min(1)
    .default([...CANDIDATES]),
  testDays: z.int().min(30).max(3650).default(365),
  seed: z.int().default(1),
  gate: gateSchema.prefault({}),
})

/** Forecasts of the weather, archived for features; needs a station's location. */
export const weatherSchema = z.strictObject({
  kind: z.enum(['open-meteo', 'none']).default('open-meteo'),
  baseUrl: z.url().optional(),
})

export const configSchema = z.strictObject({
  stations: z.array(stationSchema).min(1),
  forecast: forecastSchema.prefault({}),
  featureStore: featureStoreSchema.prefault({}),
  modelRegistry: modelRegistrySchema.prefault({}),
  training: trainingSchema.prefault({}),
  weather: weatherSchema.prefault({}),
  /** Hosts that secrets may be sent to, beside the vendors' own and loopback. */
  trustedHosts: z.array(z.string().min(1).max(253)).max(20).default([]),
})

export type Config = z.infer<typeof configSchema>
export type StationConfig = Config['stations'][number]
