import { offsetInstant } from '@airq/aqi-client'
import { aqiReadings, readRows } from '@airq/feature-groups'
import type { FeatureStore } from '@airq/feature-store'
import type { RunContext, StationConfig } from '@airq/pipeline'

/** The newest reading of a station that is pulled, where it is too old. */
export interface OldReading {
  /** Epoch ms. */
  readonly observedAt: number
}

const HOUR_MS = 3_600_000
/** A station not pulled for so long is one of downloads. */
const PULLED_MS = 40 * 24 * HOUR_MS

/** Warns where the newest reading known by now is older than `forecast.maxReadingAgeHours`; `null` where none is, or none was pulled. */
export async function oldReading(
  context: RunContext,
  store: FeatureStore,
  { id, source, timeZone }: StationConfig,
): Promise<OldReading | null> {
  const { maxReadingAgeHours } = context.config.forecast
  if (maxReadingAgeHours === 0 || source.kind === 'aqicn-csv') return null
  const now = context.clock.now()
  const query = { keys: { station: id }, from: now - PULLED_MS }
  const readings = await readRows(store.read(aqiReadings, query, { signal: context.signal }))
  const known = readings.filter((reading) => reading.known_at <= now && reading.observed_ms <= now)
  const observedAt = known.reduce((newest, reading) => Math.max(newest, reading.observed_ms), -Infinity)
  const ageMs = now - observedAt
  if (observedAt === -Infinity || ageMs <= maxReadingAgeHours * HOUR_MS) return null
  context.warn(
    'old-reading',
    `${id}: the newest reading is of ${offsetInstant(observedAt, timeZone)}, ${(ageMs / HOUR_MS).toFixed(1)} h old, more than ${String(maxReadingAgeHours)} h (forecast.maxReadingAgeHours); run feature-pipeline, or see why it brings none`,
  )
  return { observedAt }
}
