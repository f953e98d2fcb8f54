/** Every key of the configuration, with its default. */

import { z } from 'zod'

const FORECASTERS = ['persistence', 'climatology', 'ewma', 'ridge'] as const
export type ForecasterId = (typeof FORECASTERS)[number]

export const sourceSchemas = {
  'aqicn-csv': z.strictObject({ kind: z.literal('aqicn-csv') }),
  simulator: z.strictObject({
    kind: z.literal('simulator'),
    seed: z.int(),
    years: z.int().min(1).max(20).default(4),
  }),
}

export const stationSchema = z.strictObject({
  /** Our name of the station: part of every key in the store. */
  id: z.string().regex(/^[a-z0-9-]{1,40}$/),
  name: z.string().trim().min(1).max(100),
  timeZone: z.string(),
  source: z.discriminatedUnion('kind', [sourceSchemas['aqicn-csv'], sourceSchemas.simulator]),
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

export const trainingSchema = z.strictObject({
  candidates: z
    .array(z.enum(FORECASTERS))
    .min(1)
    .default([...FORECASTERS]),
  testDays: z.int().min(30).max(3650).default(365),
  seed: z.int().default(1),
})

export const configSchema = z.strictObject({
  stations: z.array(stationSchema).min(1),
  forecast: forecastSchema.prefault({}),
  featureStore: featureStoreSchema.prefault({}),
  modelRegistry: modelRegistrySchema.prefault({}),
  training: trainingSchema.prefault({}),
})

export type Config = z.infer<typeof configSchema>
export type StationConfig = Config['stations'][number]
