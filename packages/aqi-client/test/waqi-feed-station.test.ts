import { describe, expect, test } from 'vitest'
import { forecastByDay } from '../src/sources/waqi/index.ts'
import { BEIJING, codesOf, observe, openBench, SENSOR } from './support/waqi.ts'

describe('the station', () => {
  test.each([
    ['23 geo is absent', null, []],
    ['23 geo is text', { latitude: 39.9, longitude: 116.4 }, []],
    ['23 geo is swapped', { latitude: 39.9, longitude: 116.4 }, ['geo-swapped']],
    ['23 geo is 0,0', null, []],
  ])('%s', async (fault, geo, codes) => {
    const observation = await observe(fault)
    expect(observation.geo).toEqual(geo)
    expect(codesOf(observation)).toEqual(codes)
  })

  test('24 a name is decoded once', async () => {
    expect((await observe('24 name with entities')).name).toBe('Plaza Ecología, 北京 🌫 &lt;1&gt;')
  })

  test.each([
    ['25 url over http', 'http://aqicn.org/city/beijing/'],
    ['25 url over https', 'https://aqicn.org/city/beijing'],
    ['25 url is relative', 'beijing/'],
  ])('%s', async (fault, url) => {
    expect((await observe(fault)).url).toBe(url)
  })

  test.each([{ uid: SENSOR }, { sensorId: SENSOR }])(
    '26 a sensor answers with a negative idx',
    async (where) => {
      const observation = await observe('26 negative idx', where)
      expect(observation).toMatchObject({ stationId: 'A372382', evidence: 'sensor', forecast: [] })
      expect(observation.warnings).toEqual([])
    },
  )

  test('27 idx -1: not found', async () => {
    await expect(observe('27 idx is -1')).rejects.toMatchObject({ code: 'not-found', retryable: false })
  })

  test('28 another station answers', async () => {
    const observation = await observe('28 another idx')
    expect(observation.stationId).toBe('1437')
    expect(codesOf(observation)).toEqual(['station-mismatch'])
    const strict = observe('28 another idx', BEIJING, { strict: true })
    await expect(strict).rejects.toMatchObject({ code: 'not-found' })
  })

  test('28 the token demo is always answered for Shanghai', async () => {
    await using bench = await openBench({ token: 'demo' })
    const observation = await bench.client.latest(BEIJING)
    expect(observation.stationId).toBe('1437')
    expect(codesOf(observation)).toEqual(['station-mismatch'])
  })

  test('a city is held against the place where it should be', async () => {
    await using bench = await openBench()
    const near = { latitude: 40.2, longitude: 116.6 }
    const observation = await bench.client.latest({ city: 'beijing' }, { near })
    expect(observation.stationId).toBe('1451')
    const elsewhere = bench.client.latest({ city: 'shanghai' }, { near })
    await expect(elsewhere).rejects.toMatchObject({ code: 'station-mismatch', retryable: false })
    bench.fake.faults.next('23 geo is absent')
    expect(codesOf(await bench.client.latest({ city: 'beijing' }, { near }))).toEqual(['place-unknown'])
  })
})

describe('what comes along', () => {
  test.each(['29 attributions are absent', '29 attributions are null', '29 an attribution without name'])(
    '%s',
    async (fault) => {
      const observation = await observe(fault)
      expect(observation.attributions).toEqual([])
      expect(codesOf(observation)).toEqual(['no-attribution'])
    },
  )

  test.each(['30 forecast is absent', '30 forecast is empty', '30 daily is null'])('%s', async (fault) => {
    const observation = await observe(fault)
    expect(observation.forecast).toEqual([])
    expect(observation.warnings).toEqual([])
  })

  test('31 odd rows: sorted, the last of a day counts, bad ones dropped, old ones kept', async () => {
    const observation = await observe('31 odd forecast rows')
    expect(observation.forecast).toEqual([
      { day: '2022-10-24', pollutant: 'pm25', average: 3, lowest: 1, highest: 5 },
      { day: '2026-01-05', pollutant: 'pm25', average: 50, lowest: 41, highest: 62 },
      { day: '2026-01-06', pollutant: 'pm25', average: null, lowest: 30, highest: 70 },
      { day: '2026-01-07', pollutant: 'pm25', average: 66, lowest: 45, highest: 85 },
    ])
    expect(observation.warnings).toEqual([
      { code: 'forecast-dropped', message: '3 forecast rows make no sense' },
    ])
  })

  test('32 lists of unequal length are joined by day', async () => {
    const { forecast } = await observe('32 unequal forecast lists')
    const days = forecastByDay(forecast)
    expect(days.map(({ day, pm25, o3 }) => [day, pm25?.average, o3?.average ?? null])).toEqual([
      ['2026-01-06', 60, null],
      ['2026-01-07', 61, 20],
    ])
    expect(days[0]).toMatchObject({ pm10: null, no2: null })
  })

  test('the payload is kept on request', async () => {
    const { raw } = await observe('2 aqi is text', BEIJING, { raw: true })
    expect(raw).toMatchObject({ aqi: '57', idx: 1451 })
  })
})
