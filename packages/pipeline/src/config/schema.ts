/** Every key of the configuration, with its default. */

import { z } from 'zod'
import { DECISIONS } from '../decisions.ts'
import { type ForecasterId, FORECASTERS } from '../forecasters.ts'
import { jobsSchemas } from './jobs-schemas.ts'
import { featureStoreSchemas, modelRegistrySchemas } from './remote-schemas.ts'
import { watchSchema } from './watch-schema.ts'

const CANDIDATES: readonly ForecasterId[] = [
  'persistence',
  'climatology',
  'ewma',
  'ridge',
  'blend',
  'global-blend',
]

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

/** Local hours at which evening and morning decide: the day has to be running. */
export const decisionHoursSchema = z.strictObject({
  evening: z.int().min(12).max(23).default(20),
  morning: z.int().min(1).max(11).default(6),
})

/** When forecasts as issued raise an alarm: persistence would have been better beyond chance. */
export const liveSkillSchema = z.strictObject({
  /** Of so many last days. */
  days: z.int().min(30).max(730).default(90),
  leastDays: z.int().min(20).max(365).default(30),
  /** 0: never. */
  alarmAt: z.number().min(0).max(0.5).default(0.05),
  /** Whether a plain rule then speaks in the model's place. */
  fallback: z.boolean().default(false),
})

export const forecastSchema = z.strictObject({
  decisions: z.array(z.enum(DECISIONS)).min(1).default(['end-of-day']),
  hours: decisionHoursSchema.prefault({}),
  /** Share of days the interval is to hold. */
  coverage: z.number().min(0.5).max(0.99).default(0.9),
  /** A station that is pulled is flagged where its newest reading is older. 0: never. */
  maxReadingAgeHours: z.number().min(0).max(168).default(4),
  liveSkill: liveSkillSchema.prefault({}),
})

const share = z.number().min(0).max(1)

/** When a challenger takes over from what serves. */
export const gateSchema = z.strictObject({
  pValue: share.default(0.1),
  minGain: share.default(0.01),
  refitTolerance: share.default(0.02),
})

/** Where hyper-parameters come from: each forecaster's own, or what the last search has published. */
export const hyperparametersSchema = z.strictObject({
  from: z.enum(['config', 'registry']).default('config'),
})

export const trainingSchema = z.strictObject({
  candidates: z
    .array(z.enum(FORECASTERS))
    .min(1)
    .default([...CANDIDATES]),
  testDays: z.int().min(30).max(3650).default(365),
  seed: z.int().default(1),
  /** `run-all` trains again after so many days. */
  everyDays: z.int().min(1).max(365).default(7),
  gate: gateSchema.prefault({}),
  hyperparameters: hyperparametersSchema.prefault({}),
})

/** What the page and the feed show. */
export const reportSchema = z.strictObject({
  /** Whether observed values may be passed on: WAQI's terms forbid it. */
  publishObservations: z.boolean().default(false),
})

/** Forecasts of the weather, archived for features; needs a station's location. */
export const weatherSchema = z.strictObject({
  kind: z.enum(['open-meteo', 'none']).default('open-meteo'),
  baseUrl: z.url().optional(),
})

export const configSchema = z.strictObject({
  stations: z.array(stationSchema).min(1),
  forecast: forecastSchema.prefault({}),
  featureStore: z
    .discriminatedUnion('kind', [featureStoreSchemas.sqlite, featureStoreSchemas.hopsworks])
    .default({ kind: 'sqlite' }),
  modelRegistry: z
    .discriminatedUnion('kind', [
      modelRegistrySchemas.local,
      modelRegistrySchemas.comet,
      modelRegistrySchemas.mlflow,
    ])
    .default({ kind: 'local' }),
  training: trainingSchema.prefault({}),
  weather: weatherSchema.prefault({}),
  jobs: z
    .discriminatedUnion('kind', [jobsSchemas.process, jobsSchemas.docker, jobsSchemas['azure-ml']])
    .default({ kind: 'process' }),
  report: reportSchema.prefault({}),
  watch: watchSchema.prefault({}),
  /** Hosts that secrets may be sent to, beside the vendors' own and loopback. */
  trustedHosts: z.array(z.string().min(1).max(253)).max(20).default([]),
})

export type Config = z.infer<typeof configSchema>
export type StationConfig = Config['stations'][number]
