import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AqiError } from '../src/index.ts'
import { observationSchema, parseFeed, parseStations, stationRefSchema } from '../src/sources/waqi/index.ts'
import { distanceKm } from '../src/sources/waqi/index.ts'
import { isLocalHour } from '../src/days/local-hour.ts'
import { parseOffset, readTime } from '../src/sources/waqi/time.ts'
import { editJson } from '../src/testing/index.ts'
import { pathsOf, sampleFeed } from './support/feed-sample.ts'
import { NOW } from './support/waqi.ts'

const feed = sampleFeed()
const paths = pathsOf(feed).map((path) => path.join('.'))
const options = { requested: { uid: 1451 }, fetchedAt: NOW, raw: false }

const odd = fc.constantFrom<unknown>(
  null,
  '',
  '-',
  'NaN',
  -0,
  1e308,
  -1e308,
  1e21,
  '1e400',
  '\ud800',
  '&#xD800;',
  '9999-12-31T23:59:59+14:00',
  '0000-00-00 00:00:00',
  '1970-01-01T00:00:00+14:00',
  [[[]]],
  [null],
  { v: {} },
  { __proto__: null },
  { toString: 1 },
)
const anyJson = fc.oneof(fc.jsonValue({ maxDepth: 4 }), odd)
const mutation = fc.record({ path: fc.constantFrom(...paths), value: anyJson, isRemoved: fc.boolean() })

/** The feed with parts replaced or removed; as JSON, since that is how it comes. */
function mutated(mutations: readonly { path: string; value: unknown; isRemoved: boolean }[]): unknown {
  let json: unknown = feed
  for (const { path, value, isRemoved } of mutations) {
    if (path === '' || typeof json !== 'object' || json === null) json = value
    else json = isRemoved ? editJson(json, {}, [path]) : editJson(json, { [path]: value })
  }
  return JSON.parse(JSON.stringify(json ?? null)) as unknown
}

/** The value, or the code of the error; any other error fails the test. */
function outcomeOf<T>(parse: () => T): T | string {
  try {
    return parse()
  } catch (error) {
    if (AqiError.isInstance(error)) return error.code
    throw error
  }
}

test('whatever stands anywhere in a feed: an observation of the schema, or an AqiError', () => {
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
      const json = mutated(mutations)
      const before = JSON.stringify(json)
      const outcome = outcomeOf(() => parseFeed(json, options))
      if (typeof outcome !== 'string') expect(observationSchema.parse(outcome)).toEqual(outcome)
      // Pure: nothing changed, and the same comes again.
      expect(JSON.stringify(json)).toBe(before)
      expect(outcomeOf(() => parseFeed(json, options))).toEqual(outcome)
      expect({}).not.toHaveProperty('v')
    }),
    { numRuns: 5_000 },
  )
})

test('whatever stands anywhere in a list of stations: stations of the schema, or an AqiError', () => {
  const hit = {
    uid: 1451,
    aqi: '57',
    lat: 39.95,
    lon: 116.47,
    time: { tz: '+08:00', stime: '2026-01-05 23:00:00', vtime: 1767625200 },
    station: { name: 'Beijing', geo: [39.95, 116.47], url: 'beijing', time: '2026-01-05T23:00:00+08:00' },
  }
  const list = { status: 'ok', data: [hit, { ...hit, uid: -372382 }] }
  const listPaths = pathsOf(list)
    .map((path) => path.join('.'))
    .filter((path) => path !== '')
  fc.assert(
    fc.property(fc.constantFrom(...listPaths), anyJson, (path, value) => {
      const json: unknown = JSON.parse(JSON.stringify(editJson(list, { [path]: value })))
      const outcome = outcomeOf(() => parseStations(json))
      if (typeof outcome === 'string') return
      for (const station of outcome.stations) expect(stationRefSchema.parse(station)).toEqual(station)
    }),
    { numRuns: 2_000 },
  )
})

test('any JSON at all as an answer', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (json) => {
      expect(typeof outcomeOf(() => parseFeed(json, options))).toBe('string')
      outcomeOf(() => parseStations(json))
    }),
  )
})

test('any instant and offset: the same instant comes from iso and from s with tz', () => {
  const minutes = fc.integer({ min: -14 * 4, max: 14 * 4 }).map((quarters) => quarters * 15)
  const seconds = fc.integer({ min: 86_400, max: 4_100_000_000 })
  fc.assert(
    fc.property(seconds, minutes, (second, offset) => {
      const size = Math.abs(offset)
      const pad = (part: number) => String(part).padStart(2, '0')
      const tz = `${offset < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`
      const wall = new Date(second * 1000 + offset * 60_000).toISOString().slice(0, 19)
      const expected = {
        observedAt: second * 1000,
        hour: wall.slice(0, 13),
        utcOffset: tz.replace('-00:00', '+00:00'),
      }
      expect(readTime({ iso: `${wall}${tz}` })).toEqual(expected)
      expect(readTime({ s: wall.replace('T', ' '), tz })).toEqual(expected)
      expect(readTime({ s: wall.replace('T', ' '), tz: tz.replace(':', '') })).toEqual(expected)
      expect(readTime({ iso: new Date(second * 1000).toISOString(), tz })).toEqual(expected)
      expect(isLocalHour(expected.hour)).toBe(true)
    }),
  )
})

test.each(['', '8', '+8', '+15:00', '+08:60', '08:00', 'CET', '+008:00'])('%j is no offset', (text) => {
  expect(parseOffset(text)).toBeNull()
})

test('distances: known ones, and symmetric, within half the way around', () => {
  const beijing = { latitude: 39.95, longitude: 116.47 }
  expect(distanceKm(beijing, { latitude: 31.2, longitude: 121.45 })).toBeCloseTo(1069, -1)
  expect(distanceKm({ latitude: 0, longitude: 179.9 }, { latitude: 0, longitude: -179.9 })).toBeCloseTo(
    22.2,
    1,
  )
  const point = fc.record({
    latitude: fc.double({ min: -90, max: 90, noNaN: true }),
    longitude: fc.double({ min: -180, max: 180, noNaN: true }),
  })
  fc.assert(
    fc.property(point, point, (a, b) => {
      const distance = distanceKm(a, b)
      expect(distance).toBeGreaterThanOrEqual(0)
      expect(distance).toBeLessThanOrEqual(20_016)
      expect(distanceKm(b, a)).toBeCloseTo(distance, 6)
    }),
  )
})
