import { type GeoPoint, type Observation, offsetInstant } from '@airq/aqi-client'
import { createWaqiClient, distanceKm, type WaqiClient, type Where } from '@airq/aqi-client/waqi'
import type { StationConfig } from '@airq/pipeline'
import { type Check, type Failure, type Finding, type Next, ok } from './check.ts'
import { lineWith, placeOf, stationPath } from './places.ts'
import { refusedSecret, secretId } from './secrets.ts'
import { once, type Session } from './session.ts'
import { suggestedZone } from './zones.ts'

/** A station answers for a place; one that stands farther away is another station. */
const FARTHEST_KM = 50
/** So many stations are looked at: the quota is for the pipelines. */
const MOST_STATIONS = 5
/** Degrees around a place in which another station is looked for. */
const NEARBY_DEGREES = 0.45

type WaqiStation = StationConfig & { readonly source: { readonly kind: 'waqi' } }

export function waqiStations({ context }: Session): readonly WaqiStation[] {
  return context.config.stations.filter((station): station is WaqiStation => station.source.kind === 'waqi')
}

/** Whether the token is taken; and of each station whether it is the one that was meant. */
export function waqiChecks(session: Session): Check[] {
  const stations = waqiStations(session)
  const [first] = stations
  if (first === undefined) return []
  const clientOf = (station: WaqiStation) => once(() => connect(session, station))
  const asked = new Map(
    stations.slice(0, MOST_STATIONS).map((station) => {
      const client = clientOf(station)
      const latest = once(async () =>
        // Shared by two checks, so that only the end of the examination ends it.
        (await client()).latest(whereOf(station.source.feed), { signal: session.context.signal }),
      )
      return [station, { client, latest }] as const
    }),
  )
  return [
    {
      id: 'waqi',
      needs: [secretId('aqi-token')],
      network: true,
      where: hostOf(session, first),
      nextFor: nextForService,
      run: async () => tokenFinding(session, asked.get(first)?.latest, tokenText(stations.length)),
    },
    ...[...asked].map(([station, { client, latest }]): Check => ({
      id: `station ${station.id}`,
      needs: ['waqi'],
      network: true,
      where: placeOf(session, stationPath(session, station, 'source', 'feed')),
      nextFor: nextForService,
      run: async () => stationFinding(session, station, await latest().then(answer, refusal), client),
    })),
  ]
}

/** What a station's page answered. */
type Answer = { readonly observation: Observation } | { readonly error: Failure }
const answer = (observation: Observation): Answer => ({ observation })
function refusal(error: unknown): Answer {
  if ((error as Failure).code === 'not-found') return { error: error as Failure }
  throw error
}

async function connect(session: Session, { source }: WaqiStation): Promise<WaqiClient> {
  const { context, now } = session
  const baseUrl = context.baseUrl('WAQI_BASE_URL', source.baseUrl)
  const started = context.systemClock.now()
  return createWaqiClient({
    token: await context.secret('aqi-token'),
    clock: {
      now: () => now + Math.max(0, context.systemClock.now() - started),
      // No retries, so nothing is waited for but the turn.
      sleep: (ms, signal) => sleepFor(ms, signal),
    },
    maxRetries: 0,
    trustedHosts: context.config.trustedHosts,
    ...(baseUrl === undefined ? {} : { baseUrl }),
  })
}

async function sleepFor(ms: number, signal: AbortSignal): Promise<void> {
  const { systemClock } = await import('@airq/http')
  return systemClock.sleep(ms, signal)
}

function hostOf({ context }: Session, { source }: WaqiStation): string {
  const base = context.baseUrl('WAQI_BASE_URL', source.baseUrl)
  return base === undefined ? 'api.waqi.info' : new URL(base).host
}

/** Only that the token is taken: which station answers is the next question. */
async function tokenFinding(
  session: Session,
  latest: (() => Promise<Observation>) | undefined,
  taken: string,
): Promise<Finding> {
  try {
    await latest?.()
  } catch (error) {
    const { code, message } = error as Failure
    if (code === 'not-found') return ok(taken)
    if (code !== 'auth') throw error
    return {
      status: 'failed',
      message: `the token is refused: ${message}`,
      hint: 'Tokens are free: aqicn.org/data-platform/token.',
      next: await refusedSecret(session, 'aqi-token'),
    }
  }
  return ok(taken)
}

function tokenText(stations: number): string {
  const more = `; ${String(MOST_STATIONS)} of ${String(stations)} stations are looked at`
  return `the token is taken${stations > MOST_STATIONS ? more : ''}`
}

/** `@1451`: an agency station; `A372382`: a citizen's; anything else is a city's name or path. */
function whereOf(feed: string): Where {
  const uid = /^@(\d+)$/.exec(feed)?.[1]
  if (uid !== undefined) return { uid: Number(uid) }
  const sensor = /^A(\d+)$/.exec(feed)?.[1]
  return sensor === undefined ? { city: feed } : { sensorId: Number(sensor) }
}

async function stationFinding(
  session: Session,
  station: WaqiStation,
  told: Answer,
  client: () => Promise<WaqiClient>,
): Promise<Finding> {
  const { feed } = station.source
  const { location } = station
  if ('error' in told) {
    return {
      status: 'failed',
      message: `${feed} is no station: ${told.error.message}`,
      hint: 'The number stands on the map of aqicn.org, behind @; a citizen’s sensor begins with A.',
      next: await nearestFeed(session, station, client),
    }
  }
  const { observation } = told
  const { geo, name, stationId } = observation
  const mismatch = observation.warnings.find(({ code }) => code === 'station-mismatch')
  const away = location === undefined || geo === null ? 0 : distanceKm(location, geo)
  if (mismatch !== undefined || away > FARTHEST_KM) {
    return {
      status: 'failed',
      message: `${feed} is ${name ?? stationId}, ${away.toFixed(0)} km from the configured location`,
      hint: 'Feed and location must be of one place. The token "demo" always answers with Shanghai.',
      next: await nearestFeed(session, station, client),
    }
  }
  return zoneFinding(session, station, observation, away)
}

function zoneFinding(
  session: Session,
  station: WaqiStation,
  { utcOffset, observedAt, name, stale, ageMs, stationId }: Observation,
  away: number,
): Finding {
  const at = observedAt ?? session.now
  const ours = offsetInstant(at, station.timeZone).slice(-6)
  const path = stationPath(session, station, 'timeZone')
  if (utcOffset !== null && ours.replace('Z', '+00:00') !== utcOffset) {
    const zone = suggestedZone([station.name, name ?? '', station.id, station.source.feed], utcOffset, at)
    return {
      status: 'failed',
      message: `is in UTC${utcOffset}, and ${station.timeZone} is UTC${ours}`,
      where: placeOf(session, path),
      hint: 'Days would be cut at the wrong hour.',
      next: (zone === undefined ? undefined : lineWith(session, path, zone)) ?? {
        kind: 'do',
        text: `Write a zone of UTC${utcOffset} as timeZone of ${station.id}.`,
      },
    }
  }
  const told = `${station.source.feed} is ${name ?? stationId}, ${away.toFixed(0)} km away, UTC${utcOffset ?? ours}`
  if (!stale) return ok(told)
  const age = ageMs === null ? 'without a time' : `${String(Math.round(ageMs / 3_600_000))} h old`
  return {
    status: 'warning',
    message: `${told}; its newest observation is ${age}`,
    hint: 'Stations go silent for hours and come back.',
    next: {
      kind: 'do',
      text: `Look at the station on aqicn.org; if it stays silent, choose another one near it.`,
    },
  }
}

/** The station that stands nearest to the configured location. */
async function nearestFeed(
  session: Session,
  station: WaqiStation,
  client: () => Promise<WaqiClient>,
): Promise<Next> {
  const byHand: Next = {
    kind: 'do',
    text: `Look up the number of the station on the map of aqicn.org, and write it as source.feed of ${station.id}.`,
  }
  const { location } = station
  if (location === undefined) return byHand
  const near = await (
    await client()
  )
    .bounds(around(location), { networks: 'official', signal: session.context.signal })
    .catch(() => null)
  const [nearest] = (near?.stations ?? [])
    .flatMap(({ where, geo }) =>
      geo === null || !('uid' in where)
        ? []
        : [{ feed: `@${String(where.uid)}`, km: distanceKm(location, geo) }],
    )
    .toSorted((a, b) => a.km - b.km)
  if (nearest === undefined || nearest.feed === station.source.feed) return byHand
  const path = stationPath(session, station, 'source', 'feed')
  return lineWith(session, path, `'${nearest.feed}'`) ?? byHand
}

function around({ latitude, longitude }: GeoPoint): { from: GeoPoint; to: GeoPoint } {
  const wide = NEARBY_DEGREES / Math.max(0.2, Math.cos((latitude * Math.PI) / 180))
  const clamp = (value: number, most: number) => Math.max(-most, Math.min(most, value))
  return {
    from: {
      latitude: clamp(latitude - NEARBY_DEGREES, 90),
      longitude: clamp(longitude - wide, 180),
    },
    to: { latitude: clamp(latitude + NEARBY_DEGREES, 90), longitude: clamp(longitude + wide, 180) },
  }
}

function nextForService({ code, message }: Failure): Next | undefined {
  if (code === 'rate-limit') return { kind: 'do', text: 'Wait a while: the quota of the token is used up.' }
  if (code === 'network' || code === 'timeout') {
    return { kind: 'do', text: 'Check the network, the proxy, and WAQI_BASE_URL where it is set.' }
  }
  return { kind: 'do', text: `WAQI is at fault (${message}): try again later.` }
}
