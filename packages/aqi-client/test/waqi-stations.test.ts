import { describe, expect, test } from 'vitest'
import { parseStations, stationRefSchema, type WaqiClient } from '../src/sources/waqi/index.ts'
import { openBench } from './support/waqi.ts'

const CHINA = { from: { latitude: 54, longitude: 135 }, to: { latitude: 18, longitude: 73 } }
const WORLD = { from: { latitude: -90, longitude: -180 }, to: { latitude: 90, longitude: 180 } }

/** Both ways to find stations, each with Beijing first. */
const WAYS: readonly (readonly [string, (client: WaqiClient) => ReturnType<WaqiClient['search']>])[] = [
  ['search', (client) => client.search('i')],
  ['map', (client) => client.bounds(CHINA)],
]

describe.each(WAYS)('%s', (_way, find) => {
  const findUnder = async (fault: string) => {
    await using bench = await openBench()
    bench.fake.faults.next(fault)
    return await find(bench.client)
  }

  test('finds stations, true to the world', async () => {
    await using bench = await openBench()
    const { stations, warnings } = await find(bench.client)
    expect(warnings).toEqual([])
    expect(stations[0]).toMatchObject({
      stationId: '1451',
      where: { uid: 1451 },
      name: 'Beijing (北京)',
      geo: { latitude: 39.95, longitude: 116.47 },
      utcOffset: '+08:00',
      evidence: 'station',
    })
    const newest = await bench.client.latest(stations[0]!.where)
    expect(stations[0]).toMatchObject({ aqi: newest.aqi, observedAt: newest.observedAt })
    for (const station of stations) expect(stationRefSchema.parse(station)).toEqual(station)
  })

  test('43 nothing found', async () => {
    expect(await findUnder('43 nothing found')).toEqual({ stations: [], warnings: [] })
  })

  test('44 a bad entry is dropped and counted', async () => {
    const { stations, warnings } = await findUnder('44 a bad hit')
    expect(stations.length).toBeGreaterThan(0)
    expect(stations.map(({ stationId }) => stationId)).not.toContain('1451')
    expect(warnings).toEqual([{ code: 'stations-dropped', message: '1 entries are no stations' }])
  })

  test('45 an entry without station has no name', async () => {
    const { stations } = await findUnder('45 a pin without station')
    expect(stations[0]).toMatchObject({ stationId: '1451', name: null })
  })

  test('46 a uid as text', async () => {
    const { stations } = await findUnder('46 uid is text')
    expect(stations[0]).toMatchObject({ stationId: '1451', where: { uid: 1451 } })
  })

  test('47 each station once', async () => {
    const { stations, warnings } = await findUnder('47 the same uid twice')
    expect(stations.filter(({ stationId }) => stationId === '1451')).toHaveLength(1)
    expect(stations[0]?.aqi).not.toBe(1)
    expect(warnings).toEqual([])
  })

  test('what is no list is malformed', async () => {
    await using bench = await openBench({ maxRetries: 0 })
    bench.fake.faults.next('34 data is text')
    await expect(find(bench.client)).rejects.toMatchObject({ code: 'malformed' })
  })
})

test('pins of the first version have place and index and nothing else', () => {
  const pins = [{ lat: 39.95, lon: 116.47, uid: 1451, aqi: '57' }]
  expect(parseStations({ status: 'ok', data: pins }).stations).toEqual([
    {
      stationId: '1451',
      where: { uid: 1451 },
      name: null,
      url: null,
      geo: { latitude: 39.95, longitude: 116.47 },
      aqi: 57,
      observedAt: null,
      utcOffset: null,
      evidence: 'station',
    },
  ])
})

test('an old hit: its own offset counts, not the epoch beside it', () => {
  const time = { tz: '+0800', stime: '2016-06-01 03:00:00', vtime: 1464721200 }
  const { stations } = parseStations({ status: 'ok', data: [{ uid: 5, aqi: '-', time }] })
  expect(stations[0]).toMatchObject({ aqi: null, observedAt: Date.parse('2016-05-31T19:00:00Z') })
})

test('sensors come from the map, with what to ask for them', async () => {
  await using bench = await openBench()
  const all = await bench.client.bounds(WORLD)
  const sensors = all.stations.filter(({ evidence }) => evidence === 'sensor')
  expect(sensors.map(({ where }) => where)).toEqual([{ sensorId: 372382 }, { sensorId: 372383 }])
  expect((await bench.client.latest(sensors[0]!.where)).stationId).toBe('A372382')
  const official = await bench.client.bounds(WORLD, { networks: 'official' })
  expect(official.stations.every(({ evidence }) => evidence === 'station')).toBe(true)
})

test('any two opposite corners are one box', async () => {
  await using bench = await openBench()
  await bench.client.bounds(CHINA)
  await bench.client.bounds({ from: CHINA.to, to: CHINA.from })
  await bench.client.bounds({
    from: { latitude: 54, longitude: 73 },
    to: { latitude: 18, longitude: 135 },
  })
  expect(bench.fake.requests.map(({ query }) => query['latlng'])).toEqual(Array(3).fill('18,73,54,135'))
})
