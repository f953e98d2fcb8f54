import { type HourlyReading, localDay, localDayAt } from '@airq/aqi-client'
import { ATTRIBUTIONS, type Chunk } from '@airq/aqi-client/open-meteo'
import { type RunContext, UserError } from '@airq/pipeline'
import { openMeteoClient } from './open-meteo-client.ts'
import type { PullStation } from './pull.ts'

/** Modelled hours of a grid cell, from where the store ends (or `since`) to now: evidence `model`. */
export function openMeteoPull(context: RunContext): PullStation {
  return ({ station, newestStored, now, signal, warn }) => {
    const { source, location, timeZone } = station
    if (source.kind !== 'open-meteo' || location === undefined) {
      throw new UserError('bad-config', `${station.id} needs a location`, {
        where: `station ${station.id}`,
        hint: 'Write location: { latitude: …, longitude: … } into the configuration.',
      })
    }
    const client = openMeteoClient(context, source.baseUrl)
    const firstDay = newestStored === null ? localDay(source.since) : localDayAt(newestStored, timeZone)
    const range = { firstDay, lastDay: localDayAt(now, timeZone), timeZone }
    const stream = client.airQuality(location, range, { signal, scale: station.scale, clip: true })
    return Promise.resolve({
      source: 'open-meteo',
      sourceId: `${String(location.latitude)},${String(location.longitude)}`,
      name: null,
      geo: location,
      attributions: ATTRIBUTIONS,
      readings: knownBy(now, stream.chunks(), warn),
      forecast: [],
      warnings: [],
      stale: false,
    })
  }
}

async function* knownBy(
  now: number,
  chunks: AsyncIterable<Chunk<HourlyReading>>,
  warn: (code: string, message: string) => void,
): AsyncGenerator<readonly HourlyReading[]> {
  for await (const { hours, warnings } of chunks) {
    for (const { code, message } of warnings) warn(code, message)
    yield hours.filter((reading) => reading.observedAt <= now && Object.keys(reading.sub).length > 0)
  }
}
