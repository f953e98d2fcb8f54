import { localDayAt } from '@airq/aqi-client'
import { readDays } from '@airq/feature-groups'
import type { FeatureStore } from '@airq/feature-store'
import type { RunContext, StationConfig } from '@airq/pipeline'
import { type Outlook, outlook } from './outlook.ts'

/** How many final days a station has, and when its first model can come. */
export async function readOutlook(
  context: RunContext,
  store: FeatureStore,
  station: StationConfig,
): Promise<Outlook> {
  const days = await readDays(store, station.id, { signal: context.signal })
  const final = days.filter(({ status, aqi }) => status === 'final' && aqi !== null)
  return outlook(final.length, localDayAt(context.clock.now(), station.timeZone))
}
