import {
  aqiDaily,
  aqiQuarantine,
  aqiReadings,
  aqiStations,
  sourceForecasts,
  weatherForecasts,
} from '@airq/feature-groups'
import {
  type CheckItem,
  checkStore,
  type RunContext,
  runChecks,
  type StageResult,
  type StationConfig,
} from '@airq/pipeline'
import type { Pullers } from './pullers.ts'
import { pullWeather } from './weather.ts'

const GROUPS = [aqiDaily, aqiReadings, aqiQuarantine, sourceForecasts, weatherForecasts, aqiStations]

/** Asks each source and the store once and writes nothing: credentials, connections, identity, weather. */
export function checkStations(
  context: RunContext,
  stations: readonly StationConfig[],
  pullers: Pullers,
): Promise<StageResult> {
  const now = context.clock.now()
  const ofStations = stations.flatMap((station): CheckItem[] => [
    {
      name: `${station.id} ${station.source.kind}`,
      run: async () => {
        const pull = await pullers[station.source.kind]({
          station,
          newestStored: now,
          now,
          signal: context.signal,
          warn: context.warn,
        })
        for await (const batch of pull.readings) if (batch.length > 0) break
        return `answers as ${pull.name ?? pull.sourceId}${pull.stale ? ', but its newest observation is old' : ''}`
      },
    },
    {
      name: `${station.id} weather`,
      run: async () => {
        const weather = await pullWeather(context, station)
        return weather === null ? 'none is configured' : `${String(weather.rows.length)} parts of days`
      },
    },
  ])
  const fields = { stations: [], written: 0, unchanged: 0 }
  return runChecks(context, [checkStore(context, GROUPS), ...ofStations], fields)
}
