import type { DailyReading } from '@airq/aqi-client'
import { aqiDaily, FeatureGroupsError, readDays } from '@airq/feature-groups'
import type { FeatureStore } from '@airq/feature-store'
import type { RunContext, StationConfig } from '@airq/pipeline'

/** The days of a station that were known at the run's instant; `no-data` when there are none. */
export async function knownDays(
  context: RunContext,
  store: FeatureStore,
  station: StationConfig,
): Promise<DailyReading[]> {
  const now = context.clock.now()
  const days = await readDays(store, station.id, { signal: context.signal })
  const known = days.filter((day) => day.knownAt <= now)
  if (known.length > 0) return known
  const first = days[0]
  const later =
    first === undefined ? '' : ` known at ${new Date(now).toISOString()} (its first day is ${first.day})`
  throw new FeatureGroupsError('no-data', `the feature store holds no day of ${station.id}${later}`, {
    where: `${aqiDaily.name} v${String(aqiDaily.version)}`,
    hint: 'Import its history (batch-feature-pipeline --csv FILE) or let feature-pipeline pull it.',
  })
}
