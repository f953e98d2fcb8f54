import { feedBody } from './feed-body.ts'
import { mapBody, searchBody } from './listing-bodies.ts'
import type { FakeStation, FakeWorld, RecordedRequest } from './types.ts'

/** What the token `demo` is answered for, whatever it asks. */
const DEMO_STATION = 1437

/** What is asked, after the token is taken off. */
export interface Asked {
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly token: RecordedRequest['token']
  /** Epoch ms. */
  readonly now: number
}

/** The body for a request; `undefined` where there is nothing. Errors are bodies, too: the status is 200. */
export function bodyFor(world: FakeWorld, asked: Asked): object | undefined {
  const { path, query, token, now } = asked
  const feed = /^\/feed\/(.+?)\/?$/.exec(path)?.[1]
  const map = /^\/(v2\/)?map\/bounds\/?$/.exec(path)
  const isSearch = /^\/search\/?$/.test(path)
  if (feed === undefined && map === null && !isSearch) return undefined
  if (token === 'missing' || token === 'wrong') return errorBody('Invalid key')
  if (feed !== undefined) return answerFeed(world, token === 'demo' ? `@${String(DEMO_STATION)}` : feed, now)
  if (isSearch) return searchBody(world, query['keyword'] ?? '', now)
  const corners = (query['latlng'] ?? '').split(',').map(Number)
  const [lat1 = NaN, lng1 = NaN, lat2 = NaN, lng2 = NaN] = corners
  const box = { from: { latitude: lat1, longitude: lng1 }, to: { latitude: lat2, longitude: lng2 } }
  return mapBody(world, box, { version: map?.[1] === undefined ? 1 : 2, networks: query['networks'], now })
}

function errorBody(data: string): object {
  return { status: 'error', data }
}

function answerFeed(world: FakeWorld, feed: string, now: number): object {
  const found = findStation(world, feed)
  return 'error' in found ? found.error : feedBody(world, found, now)
}

function findStation(world: FakeWorld, feed: string): FakeStation | { readonly error: object } {
  const { stations } = world
  const wanted = decodeURIComponent(feed)
  const uid = /^@(\d+)$/.exec(wanted)?.[1]
  if (uid !== undefined) {
    const unknown = { status: 'ok', data: { status: 'error', msg: 'Unknown ID' } }
    return stations.find(({ number }) => number === Number(uid)) ?? { error: unknown }
  }
  const sensor = /^A(\d+)$/.exec(wanted)?.[1]
  if (sensor !== undefined) {
    const found = stations.find(({ kind, number }) => kind === 'sensor' && number === Number(sensor))
    return found ?? { error: errorBody('no such station') }
  }
  const unknown = { error: errorBody('Unknown station') }
  const point = /^geo:(-?[\d.]+);(-?[\d.]+)$/.exec(wanted)
  if (point !== null) return nearest(stations, Number(point[1]), Number(point[2])) ?? unknown
  if (wanted === 'here' || wanted === 'geo:ip') return stations[0] ?? unknown
  const byName = ({ path }: FakeStation) => path === wanted || path.split('/').includes(wanted.toLowerCase())
  return stations.find(byName) ?? unknown
}

function nearest(
  stations: readonly FakeStation[],
  latitude: number,
  longitude: number,
): FakeStation | undefined {
  // Near enough to tell stations apart that are far apart.
  const apart = ({ geo }: FakeStation) => Math.hypot(geo.latitude - latitude, geo.longitude - longitude)
  return stations.toSorted((a, b) => apart(a) - apart(b))[0]
}
