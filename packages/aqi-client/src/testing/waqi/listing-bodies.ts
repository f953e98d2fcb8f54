import type { GeoPoint } from '../../types.ts'
import { publishedTime, stampOf } from './feed-body.ts'
import type { FakeStation, FakeWorld } from './types.ts'

export interface Corners {
  readonly from: GeoPoint
  readonly to: GeoPoint
}

/** The body of `/search/`: stations whose name or path has the words. */
export function searchBody(world: FakeWorld, keyword: string, now: number): object {
  const wanted = keyword.toLowerCase()
  const hits = world.stations
    .filter(({ name, path }) => `${name} ${path}`.toLowerCase().includes(wanted))
    .map((station) => {
      const { name, path, geo } = station
      const reading = world.newest(station, now)
      const instant = reading === null ? 0 : publishedTime(station, reading)
      const { s, tz } = stampOf(station, instant)
      return {
        uid: uidOf(station),
        aqi: textOf(reading?.aqi),
        time: { tz, stime: s, vtime: instant / 1000 },
        station: { name, geo: [geo.latitude, geo.longitude], url: path },
      }
    })
  return { status: 'ok', data: hits }
}

/** The body of `/map/bounds/` (version 1: no names) and `/v2/map/bounds`: the stations within. */
export function mapBody(
  world: FakeWorld,
  { from, to }: Corners,
  ask: { readonly version: 1 | 2; readonly networks: string | undefined; readonly now: number },
): object {
  const pins = world.stations
    .filter(({ kind }) => kind === 'agency' || ask.networks === 'all')
    .filter(({ geo }) => between(geo.latitude, from.latitude, to.latitude))
    .filter(({ geo }) => between(geo.longitude, from.longitude, to.longitude))
    .map((station) => {
      const { latitude, longitude } = station.geo
      const reading = world.newest(station, ask.now)
      const pin = { lat: latitude, lon: longitude, uid: uidOf(station), aqi: textOf(reading?.aqi) }
      if (ask.version === 1) return pin
      const { s, tz } = stampOf(station, reading === null ? 0 : publishedTime(station, reading))
      return { ...pin, station: { name: station.name, time: `${s.replace(' ', 'T')}${tz}` } }
    })
  return { status: 'ok', data: pins }
}

function uidOf({ kind, number }: FakeStation): number {
  return kind === 'agency' ? number : -number
}

function textOf(aqi: number | null | undefined): string {
  return aqi === null || aqi === undefined ? '-' : String(aqi)
}

function between(value: number, a: number, b: number): boolean {
  return value >= Math.min(a, b) && value <= Math.max(a, b)
}
