import { describe, expect, test } from 'vitest'
import { derivedAqi, observationSchema, parseFeed, toHourlyReading } from '../src/sources/waqi/index.ts'
import { BEIJING, codesOf, NOW, observe, observeWell, openBench } from './support/waqi.ts'

test('a good answer is an observation without warnings, true to the world behind it', async () => {
  await using bench = await openBench()
  const observation = await bench.client.latest(BEIJING)
  const station = bench.fake.world.stations.find(({ number }) => number === 1451)!
  const truth = bench.fake.world.newest(station, NOW)!
  expect(observation).toMatchObject({
    source: 'waqi',
    stationId: '1451',
    name: 'Beijing (北京)',
    url: 'https://aqicn.org/city/beijing',
    geo: { latitude: 39.95, longitude: 116.47 },
    utcOffset: '+08:00',
    observedAt: truth.observedAt,
    hour: truth.hour,
    fetchedAt: NOW,
    ageMs: NOW - truth.observedAt,
    stale: false,
    aqi: truth.aqi,
    dominant: truth.dominant,
    sub: truth.sub,
    extra: {},
    unit: 'sub-index',
    scale: 'us-epa-2015',
    evidence: 'station',
    warnings: [],
  })
  expect(Object.keys(observation.weather).sort()).toEqual(['dew', 'h', 'p', 't', 'w'])
  expect(observation.attributions.map(({ name }) => name)).toEqual([
    'Example Environment Agency',
    'World Air Quality Index Project',
  ])
  expect(observation).not.toHaveProperty('raw')
  expect(observationSchema.parse(observation)).toEqual(observation)
})

describe('the index', () => {
  test('1 a dash while sub-indices are there', async () => {
    const observation = await observe('1 aqi is a dash')
    expect(observation.aqi).toBeNull()
    expect(codesOf(observation)).toEqual(['aqi-missing'])
    const well = await observeWell()
    expect(observation.sub).toEqual(well.sub)
    expect(derivedAqi(observation.sub)).toBe(well.aqi)
  })

  test('2 a number as text', async () => {
    expect((await observe('2 aqi is text')).aqi).toBe(57)
  })

  test.each(['3 aqi is empty', '3 aqi is null', '3 aqi is absent'])('%s', async (fault) => {
    const observation = await observe(fault)
    expect(observation.aqi).toBeNull()
    expect(codesOf(observation)).toEqual(['aqi-missing'])
  })

  test('4 a negative one', async () => {
    const observation = await observe('4 aqi is negative')
    expect(observation.aqi).toBeNull()
    expect(codesOf(observation)).toEqual(['out-of-range'])
  })

  test('5 999 is suspicious and kept', async () => {
    const observation = await observe('5 aqi is 999')
    expect(observation.aqi).toBe(999)
    expect(codesOf(observation)).toEqual(['suspicious'])
  })

  test.each(['6 aqi is 1e9', '6 aqi is Infinity', '6 aqi is hexadecimal'])('%s', async (fault) => {
    expect((await observe(fault)).aqi).toBeNull()
  })

  test('6 blanks around it', async () => {
    const observation = await observe('6 aqi has blanks around it')
    expect(observation.aqi).toBe(42)
    expect(observation.warnings).toEqual([])
  })
})

describe('the values', () => {
  test.each(['7 iaqi is absent', '7 iaqi is empty', '7 iaqi is a list'])('%s', async (fault) => {
    const { sub, weather, extra } = await observe(fault)
    expect({ sub, weather, extra }).toEqual({ sub: {}, weather: {}, extra: {} })
  })

  test.each(['8 a value is absent', '8 a value is null', '8 a value is a dash'])('%s', async (fault) => {
    const { sub } = await observe(fault)
    const well = await observeWell()
    expect(sub).not.toHaveProperty('pm25')
    expect({ ...sub, pm25: well.sub.pm25 }).toEqual(well.sub)
  })

  test('9 a value as text', async () => {
    expect((await observe('9 a value is text')).sub.pm25).toBe(12.3)
  })

  test('10 unknown keys are kept apart, weather with the weather', async () => {
    const { extra, weather } = await observe('10 unknown keys')
    expect(extra).toEqual({ neph: 3.5, d: 7 })
    expect(weather).toMatchObject({ wd: 210, r: 0.4 })
  })

  test('11 weather may be negative, a sub-index may not', async () => {
    const observation = await observe('11 negative values')
    expect(observation.weather['t']).toBe(-35)
    expect(observation.sub).not.toHaveProperty('pm25')
    expect(codesOf(observation)).toContain('out-of-range')
  })

  test('12 keys of the prototype are ignored', async () => {
    const { sub, weather, extra } = await observe('12 keys of the prototype')
    for (const part of [sub, weather, extra]) {
      expect(Object.getPrototypeOf(part)).toBe(Object.prototype)
      expect(Object.keys(part)).not.toEqual(expect.arrayContaining(['constructor']))
      expect(Object.keys(part)).not.toEqual(expect.arrayContaining(['__proto__']))
      expect(part).not.toHaveProperty('polluted')
    }
    expect({}).not.toHaveProperty('polluted')
  })

  test('of thousands of unknown keys a hundred are kept', () => {
    const iaqi = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`k${String(i)}`, { v: i }]))
    const data = { idx: 1, aqi: 5, iaqi: { ...iaqi, pm25: { v: 5 } } }
    const observation = parseFeed({ status: 'ok', data }, { fetchedAt: NOW })
    expect(Object.keys(observation.extra)).toHaveLength(100)
    expect(observation.sub).toEqual({ pm25: 5 })
    expect(codesOf(observation)).toContain('values-dropped')
  })

  test.each([
    ['13 dominant is empty', null],
    ['13 dominant is weather', 'h'],
    ['13 dominant is neph', 'neph'],
    ['13 dominant is absent', null],
  ])('%s', async (fault, expected) => {
    expect((await observe(fault)).dominant).toBe(expected)
  })

  test('14 dominant not measured', async () => {
    const observation = await observe('14 dominant is not measured')
    expect(observation.dominant).toBe('pm25')
    expect(codesOf(observation)).toEqual(['dominant-not-measured'])
  })
})

describe('the time', () => {
  const LATE_EVENING = Date.parse('2026-01-05T15:00:00Z')

  test('15 a dead station', async () => {
    const observation = await observe('15 a dead station')
    expect(observation).toMatchObject({ observedAt: null, hour: null, ageMs: null, stale: true })
    expect(codesOf(observation)).toEqual(['no-time'])
    expect(toHourlyReading(observation)).toBeNull()
  })

  test('16 without iso it comes from s and tz', async () => {
    const { observedAt, hour, warnings } = await observe('16 no iso')
    const well = await observeWell()
    expect({ observedAt, hour }).toEqual({ observedAt: well.observedAt, hour: well.hour })
    expect(warnings).toEqual([])
  })

  test.each([
    ['17 offset without colon', '+08:00', '2026-01-05T23'],
    ['17 offset with colon', '+08:00', '2026-01-05T23'],
    ['17 offset is Z', '+00:00', '2026-01-05T15'],
  ])('%s', async (fault, utcOffset, hour) => {
    expect(await observe(fault)).toMatchObject({ observedAt: LATE_EVENING, utcOffset, hour })
  })

  test('18 iso in UTC: the local date comes from tz', async () => {
    expect(await observe('18 iso in UTC')).toMatchObject({
      observedAt: Date.parse('2026-01-05T03:20:22Z'),
      hour: '2026-01-04T20',
      utcOffset: '-07:00',
    })
  })

  test('19 v off by the offset is ignored', async () => {
    const observation = await observe('19 v is off by the offset')
    expect(observation.observedAt).toBe(LATE_EVENING)
    expect(observation.warnings).toEqual([])
  })

  test('20 in the future: kept with a warning', async () => {
    const observation = await observe('20 in the future')
    expect(observation).toMatchObject({ hour: '2026-01-06T04', ageMs: -2 * 3_600_000, stale: false })
    expect(codesOf(observation)).toEqual(['clock'])
  })

  test('21 older than the maximum age: stale', async () => {
    const observation = await observe('21 stale by 7 hours')
    expect(observation.stale).toBe(true)
    expect(observation.ageMs).toBeGreaterThan(6 * 3_600_000)
    const patient = await observe('21 stale by 7 hours', BEIJING, { maxAgeMs: 24 * 3_600_000 })
    expect(patient.stale).toBe(false)
  })

  test('22 a day that does not exist', async () => {
    const observation = await observe('22 a day that does not exist')
    expect(observation).toMatchObject({ observedAt: null, hour: null, stale: true, utcOffset: '+08:00' })
    expect(codesOf(observation)).toEqual(['no-time'])
  })

  test('in UTC and without tz, the local hour is not known', () => {
    const time = { iso: '2026-01-05T15:00:00Z' }
    const observation = parseFeed({ status: 'ok', data: { idx: 1, aqi: 5, time } }, { fetchedAt: NOW })
    expect(observation).toMatchObject({ observedAt: LATE_EVENING, hour: null, utcOffset: null })
    expect(codesOf(observation)).toContain('no-offset')
    expect(toHourlyReading(observation)).toBeNull()
  })
})

test('an observation is the reading of its hour, known from when it was pulled', async () => {
  const observation = await observeWell()
  expect(toHourlyReading(observation)).toEqual({
    hour: observation.hour,
    observedAt: observation.observedAt,
    sub: observation.sub,
    aqi: observation.aqi,
    dominant: observation.dominant,
    unit: 'sub-index',
    scale: 'us-epa-2015',
    evidence: 'station',
    knownAt: NOW,
  })
  expect(toHourlyReading({ ...observation, aqi: null, sub: {} })).toBeNull()
})
