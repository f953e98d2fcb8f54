import { CATEGORY_KEYS } from '@airq/aqi-client'
import { DECISIONS } from '@airq/feature-groups'
import { z } from 'zod'

export const FEED_VERSION = 1

const day = z.iso.date().describe('Local calendar day of the station.')
const instant = z.iso.datetime()
const slot = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T([01]\d|2[0-4])$/)
  .describe('Local hour of the decision; 24 is the end of the day named.')
const share = z.number().min(0).max(1)
const points = z.number().min(0)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const decision = z.enum(DECISIONS)
const text = z.string().max(2000)

const LedgerHeadSchema = z
  .strictObject({
    rows: z.int().min(0),
    head: sha256.describe('SHA-256 over all rows in order; what --verify holds against the ledger of today.'),
    lastIssuedAt: instant.nullable(),
  })
  .describe('Where the ledger stood.')

const ForecastSchema = z.strictObject({
  day,
  decision,
  issueSlot: slot,
  issuedAt: instant,
  revision: z.int().min(0),
  horizon: z.int().describe('Days from the local day of the decision.'),
  aqi: points,
  lower: points,
  upper: points,
  coverage: share.describe('What the interval aims to hold.'),
  category: z.enum(CATEGORY_KEYS),
  probabilities: z.strictObject(
    Object.fromEntries(CATEGORY_KEYS.map((key) => [key, share])) as Record<
      (typeof CATEGORY_KEYS)[number],
      typeof share
    >,
  ),
  informationSet: text,
  model: z.strictObject({ name: text, version: text }).nullable().describe('null for a fallback.'),
  fallback: z.boolean(),
  simulated: z.boolean(),
})

const span = {
  n: z.int().min(1).describe('Days.'),
  firstDay: day,
  lastDay: day,
  mae: points,
  persistenceMae: points,
  skill: z.number().max(1).describe('1 - mae / persistenceMae.'),
  coverage: share.describe('Share of days within the interval.'),
  classHits: share,
}

const TrackRecordSchema = z.strictObject({
  decision,
  hour: z.int().min(1).max(24).describe('Local hour of the decision; 24 is the end of the day.'),
  total: z.strictObject(span).nullable().describe('null: nothing can be told yet.'),
  months: z.array(z.strictObject({ month: z.string().regex(/^\d{4}-\d{2}$/), ...span })),
  fallbackDays: z.int().min(0).describe('Not counted: a plain rule spoke.'),
  lateDays: z.int().min(0).describe('Not counted: the first forecast came too late.'),
  simulated: z.boolean(),
})

const StationSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,40}$/),
  name: text,
  timeZone: text,
  scale: text,
  simulated: z.boolean(),
  attributions: z.array(z.strictObject({ name: text, url: z.url().nullable() })),
  forecast: ForecastSchema.nullable().describe('Of tomorrow, else of today; null where there is neither.'),
  recent: z.array(ForecastSchema).describe('Every revision for the last target days, newest first.'),
  observations: z
    .array(z.strictObject({ day, aqi: points }))
    .optional()
    .describe('Only where observationsPublished.'),
  trackRecord: z.array(TrackRecordSchema).describe('Of forecasts issued before the event, by decision.'),
  ledger: LedgerHeadSchema,
})

export const FeedSchema = z
  .strictObject({
    $schema: z.literal('forecast.schema.json'),
    format: z.literal('airq-forecast-feed'),
    version: z.literal(FEED_VERSION),
    generatedAt: instant,
    airqVersion: text,
    notice: text,
    observationsPublished: z.boolean(),
    ledger: LedgerHeadSchema,
    stations: z.array(StationSchema).min(1),
  })
  .describe('Forecasts of the daily AQI as issued, by station.')

/** What `forecast.json` holds. */
export type Feed = z.infer<typeof FeedSchema>

/** JSON Schema (draft 2020-12) of the feed. */
export function feedSchema(): Record<string, unknown> {
  return {
    $id: 'forecast.schema.json',
    title: 'airq forecast feed',
    ...z.toJSONSchema(FeedSchema, { target: 'draft-2020-12' }),
  }
}
