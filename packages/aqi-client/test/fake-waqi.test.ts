import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, test } from 'vitest'
import { addDays, localDay, localDayAt } from '../src/index.ts'
import { simulateWorld } from '../src/sources/simulator/index.ts'
import { createWaqiClient, toHourlyReading } from '../src/sources/waqi/index.ts'
import {
  createFakeWorld,
  defaultStations,
  startFakeWaqi,
  WAQI_FAULTS,
  type FakeStation,
  type FakeWaqi,
} from '../src/testing/index.ts'
import { BEIJING, fakeClock, NOW, openBench, TOKEN } from './support/waqi.ts'

const HOUR = 3_600_000
const bin = join(import.meta.dirname, '../src/testing/bin/airq-fake-sources.ts')

interface FeedData {
  readonly idx: number
  readonly time: { readonly s: string; readonly tz: string; readonly v: number; readonly iso: string }
  readonly forecast?: { readonly daily: Readonly<Record<string, readonly { readonly day: string }[]>> }
  readonly debug?: { readonly sync: string }
}

async function feedOf(fake: FakeWaqi, feed: string, init: RequestInit = {}): Promise<FeedData> {
  const response = await fetch(`${fake.baseUrl}/feed/${feed}?token=${encodeURIComponent(fake.token)}`, init)
  expect(response.status).toBe(200)
  return ((await response.json()) as { data: FeedData }).data
}

const stationOf = (fake: FakeWaqi, number: number): FakeStation =>
  fake.world.stations.find((station) => station.number === number)!

describe('the world', () => {
  test('is the same for the same seed, and another for another', async () => {
    await using one = await startFakeWaqi({ clock: { now: () => NOW } })
    await using same = await startFakeWaqi({ clock: { now: () => NOW } })
    await using other = await startFakeWaqi({ clock: { now: () => NOW }, seed: 2 })
    const feed = await feedOf(one, '@1451/')
    expect(await feedOf(same, '@1451/')).toEqual(feed)
    expect(await feedOf(other, '@1451/')).not.toEqual(feed)
  })

  test('a station publishes each hour after its lag, and hourly pulls see the simulated day', async () => {
    await using bench = await openBench()
    const { fake, client } = bench
    const station = stationOf(fake, 1451)
    const day = localDay('2026-01-05')
    const pulled = new Map<string, number | undefined>()
    for (let at = NOW - 30 * HOUR; at <= NOW + 6 * HOUR; at += HOUR) {
      fake.setNow(at)
      const reading = toHourlyReading(await client.latest(BEIJING))!
      expect(at - reading.observedAt).toBeGreaterThanOrEqual(station.publicationLagMs)
      expect(at - reading.observedAt).toBeLessThan(station.publicationLagMs + HOUR)
      if (reading.hour.startsWith(day)) pulled.set(reading.hour, reading.sub.pm25)
    }
    expect(pulled.size).toBe(24)
    const mean = [...pulled.values()].reduce<number>((sum, value) => sum + value!, 0) / 24
    const { seed, timeZone } = station
    const [truth] = simulateWorld({ seed, timeZone, firstDay: day, lastDay: day }).days
    expect(Math.round(mean)).toBe(truth?.sub.pm25)
  })

  test('an outage leaves the last reading standing, and none within reach is a dead station', async () => {
    const [beijing] = defaultStations()
    const outage = { from: NOW - 10 * HOUR, to: NOW + HOUR }
    const world = createFakeWorld([{ ...beijing!, outages: [outage] }])
    expect(world.newest(world.stations[0]!, NOW)!.observedAt).toBeLessThan(outage.from)
    const dead = createFakeWorld([{ ...beijing!, outages: [{ from: 0, to: NOW }] }])
    await using fake = await startFakeWaqi({ world: dead, clock: { now: () => NOW } })
    expect(await feedOf(fake, '@1451/')).toMatchObject({ aqi: '-', time: { v: 0 } })
  })
})

describe('the quirks of the real one', () => {
  test('v is local time taken for UTC at an agency, the true epoch at a sensor', async () => {
    await using fake = await startFakeWaqi({ clock: { now: () => NOW } })
    const agency = await feedOf(fake, '@1451/')
    expect(agency.time.v).toBe(Date.parse(`${agency.time.s.replace(' ', 'T')}Z`) / 1000)
    expect(agency.time.v - Date.parse(agency.time.iso) / 1000).toBe(8 * 3600)
    const sensor = await feedOf(fake, 'A372382/')
    expect(sensor.idx).toBe(-372382)
    expect(sensor.time.v).toBe(Date.parse(sensor.time.iso) / 1000)
    expect(sensor.time.iso).toMatch(/Z$/)
    expect(sensor.time.tz).toBe('-08:00')
    expect(sensor).not.toHaveProperty('forecast')
    expect(sensor).not.toHaveProperty('debug')
  })

  test('forecasts begin up to two days ago, and their lists end on different days', async () => {
    await using fake = await startFakeWaqi({ clock: { now: () => NOW } })
    for (const station of fake.world.stations.filter(({ kind }) => kind === 'agency')) {
      const { forecast } = await feedOf(fake, `@${String(station.number)}/`)
      const first = addDays(localDayAt(NOW, station.timeZone), -station.forecastStartsDaysAgo)
      expect(forecast?.daily['pm25']?.[0]?.day).toBe(first)
      expect(forecast?.daily['o3']?.length).not.toBe(forecast?.daily['pm25']?.length)
    }
  })

  test('errors have status 200, and the token is checked', async () => {
    await using fake = await startFakeWaqi()
    const ask = async (path: string) => {
      const response = await fetch(`${fake.baseUrl}${path}`)
      return [response.status, await response.json()] as const
    }
    expect(await ask('/feed/beijing/')).toEqual([200, { status: 'error', data: 'Invalid key' }])
    expect(await ask('/search/?keyword=x&token=wrong')).toEqual([
      200,
      { status: 'error', data: 'Invalid key' },
    ])
    expect(await ask('/feed/@1/?token=fake-token')).toEqual([
      200,
      { status: 'ok', data: { status: 'error', msg: 'Unknown ID' } },
    ])
    expect(await ask('/map/bounds/?latlng=39,116,40,117&token=fake-token')).toMatchObject([
      200,
      { status: 'ok', data: [{ lat: 39.95, lon: 116.47, uid: 1451 }] },
    ])
    expect(fake.requests.map(({ token }) => token)).toEqual(['missing', 'wrong', 'right', 'right'])
    expect(JSON.stringify(fake.requests)).not.toContain('fake-token')
  })
})

describe('faults', () => {
  test('meet the next requests, in order, and then no more', async () => {
    await using fake = await startFakeWaqi({ clock: { now: () => NOW } })
    fake.faults.next('28', 2)
    fake.faults.next({ staleHours: 5 })
    const idx = async () => (await feedOf(fake, '@1451/')).idx
    expect([await idx(), await idx()]).toEqual([1437, 1437])
    const stale = await feedOf(fake, '@1451/')
    const fresh = await feedOf(fake, '@1451/')
    expect(Date.parse(fresh.time.iso) - Date.parse(stale.time.iso)).toBe(5 * HOUR)
  })

  test('can come with a request', async () => {
    await using fake = await startFakeWaqi()
    const wrong = JSON.stringify({ set: { 'data.idx': 7 } })
    expect((await feedOf(fake, '@1451/', { headers: { 'x-airq-fault': wrong } })).idx).toBe(7)
  })

  test('can come from another process, and so can the time', async () => {
    await using fake = await startFakeWaqi()
    const post = (path: string, init: RequestInit = {}) =>
      fetch(`${fake.controlUrl}${path}`, { method: 'POST', ...init })
    await post('/now?at=2026-01-05T18:00:00Z')
    expect(fake.now()).toBe(NOW)
    await post('/faults?next=28')
    await post('/faults?times=2', { body: JSON.stringify({ set: { 'data.idx': 7 } }) })
    expect((await feedOf(fake, '@1451/')).idx).toBe(1437)
    expect((await feedOf(fake, '@1451/')).idx).toBe(7)
    await fetch(`${fake.controlUrl}/faults`, { method: 'DELETE' })
    expect((await feedOf(fake, '@1451/')).idx).toBe(1451)
    const seen = (await (await fetch(`${fake.controlUrl}/requests`)).json()) as { requests: unknown[] }
    expect(seen.requests).toHaveLength(3)
    expect((await post('/faults', { body: '{"stautus":500}' })).status).toBe(400)
    expect((await post('/now?at=soon')).status).toBe(400)
  })

  test('a name that nobody knows is refused', async () => {
    await using fake = await startFakeWaqi()
    expect(() => {
      fake.faults.next('9000')
    }).toThrow(RangeError)
    expect(() => {
      fake.faults.next('toString')
    }).toThrow(RangeError)
  })

  test('there is one at least for each input of a feed, an envelope and a list', () => {
    const numbers = new Set(Object.keys(WAQI_FAULTS).map((name) => Number(name.split(' ')[0])))
    for (let number = 1; number <= 47; number++) expect(numbers).toContain(number)
  })
})

test('airq-fake-sources says where it listens, serves, and stops on SIGINT', async () => {
  const args = ['--conditions=@airq/source', bin, '--token', TOKEN, '--now', '2026-01-05T18:00:00Z']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  try {
    const lines = createInterface({ input: child.stdout })
    const [line] = (await once(lines, 'line')) as [string]
    const { waqi, openMeteo } = JSON.parse(line) as {
      waqi: { baseUrl: string; token: string }
      openMeteo: { baseUrl: string }
    }
    expect(openMeteo.baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    const client = createWaqiClient({ ...waqi, clock: fakeClock() })
    expect(await client.latest(BEIJING)).toMatchObject({ stationId: '1451', fetchedAt: NOW, stale: false })
    child.kill('SIGINT')
    expect(await exited).toEqual([0, null])
  } finally {
    child.kill('SIGKILL')
  }
})

test('airq-fake-sources refuses options it does not know', async () => {
  const child = spawn(process.execPath, ['--conditions=@airq/source', bin, '--now', 'soon'], {
    stdio: 'ignore',
  })
  expect(await once(child, 'exit')).toEqual([2, null])
})
