import type { HourlyReading, Observation } from '@airq/aqi-client'
import { createWaqiClient, distanceKm, toHourlyReading, type WaqiClient } from '@airq/aqi-client/waqi'
import { PipelineError, type RunContext, type StationConfig } from '@airq/pipeline'
import { parseFeed } from './feed.ts'
import type { PullStation } from './pull.ts'
import { sourceClock } from './source-clock.ts'

/** A station answers for a place; one that stands farther away is another station. */
const FARTHEST_KM = 50

/** Pulls the newest observation of a WAQI station, and makes sure that it is the one that was meant. */
export function waqiPull(context: RunContext): PullStation {
  const clients = new Map<string | undefined, Promise<WaqiClient>>()
  const clientOf = (base: string | undefined): Promise<WaqiClient> => {
    const client = clients.get(base) ?? connect(context, base)
    clients.set(base, client)
    return client
  }
  return async ({ station, signal }) => {
    if (station.source.kind !== 'waqi') throw new Error(`${station.id} is not a WAQI station`)
    const { feed, baseUrl } = station.source
    const client = await clientOf(context.baseUrl('WAQI_BASE_URL', baseUrl))
    const observation = await client.latest(parseFeed(feed), { signal })
    checkIdentity(station, observation)
    const reading = toHourlyReading(observation)
    return {
      source: `waqi ${feed}`,
      sourceId: observation.stationId,
      name: observation.name,
      geo: observation.geo,
      attributions: observation.attributions,
      readings: one(reading === null ? [] : [{ ...reading, knownAt: context.clock.now() }]),
      forecast: observation.forecast,
      warnings: observation.warnings,
      stale: observation.stale,
    }
  }
}

async function connect(context: RunContext, base: string | undefined): Promise<WaqiClient> {
  if (base !== undefined) context.logger.info('asking WAQI elsewhere', { host: new URL(base).host })
  return createWaqiClient({
    token: await context.secret('aqi-token'),
    clock: sourceClock(context),
    trustedHosts: context.config.trustedHosts,
    ...(base === undefined ? {} : { baseUrl: base }),
  })
}

/** The answer must be of the station asked for, and near where the configuration says it stands. */
function checkIdentity(station: StationConfig, observation: Observation): void {
  const mismatch = observation.warnings.find(({ code }) => code === 'station-mismatch')
  const where = `stations.${station.id}`
  if (mismatch !== undefined) {
    throw new PipelineError('wrong-station', mismatch.message, {
      where,
      hint: 'Check source.feed; the token "demo" always answers with Shanghai.',
    })
  }
  if (station.location === undefined || observation.geo === null) return
  const distance = distanceKm(station.location, observation.geo)
  if (distance <= FARTHEST_KM) return
  throw new PipelineError(
    'wrong-station',
    `the answer is of "${observation.name ?? observation.stationId}", ${distance.toFixed(0)} km from the configured location`,
    { where, hint: 'Check source.feed and location: they must be of the same place.' },
  )
}

async function* one(readings: readonly HourlyReading[]): AsyncGenerator<readonly HourlyReading[]> {
  yield await Promise.resolve(readings)
}
