import { existsSync } from 'node:fs'
import { type FakeWaqi, startFakeOpenMeteo, startFakeWaqi } from '@airq/aqi-client/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { run, type Summary, type Workplace, workplace } from './support/bins.ts'
import { rowsOf } from './support/store.ts'

const TOKEN = 'secret-token-of-the-test'
const NOON = Date.parse('2026-03-06T12:25:00+08:00')

const BEIJING =
  "{ id: beijing, name: Beijing, timeZone: Asia/Shanghai, location: { latitude: 39.95, longitude: 116.47 }, source: { kind: waqi, feed: '@1451' } }"
const config = (...stations: string[]) => `stations:\n${stations.map((one) => `  - ${one}\n`).join('')}`

let waqi: FakeWaqi
let openMeteo: Awaited<ReturnType<typeof startFakeOpenMeteo>>
let env: Record<string, string>

beforeAll(async () => {
  waqi = await startFakeWaqi({ token: TOKEN, seed: 3 })
  openMeteo = await startFakeOpenMeteo({ seed: 3, clock: { now: () => waqi.now() } })
  env = { AQI_TOKEN: TOKEN, WAQI_BASE_URL: waqi.baseUrl, OPEN_METEO_BASE_URL: openMeteo.baseUrl }
})
beforeEach(() => {
  waqi.faults.clear()
  waqi.setNow(NOON)
})
afterAll(async () => {
  await waqi.close()
  await openMeteo.close()
})

async function pull(place: Workplace, at: number, ...more: string[]) {
  waqi.setNow(at)
  const now = new Date(at).toISOString()
  const done = await run(
    'feature-pipeline',
    [place.config, '--state', place.state, '--now', now, '--json', ...more],
    env,
  )
  expect(done.stdout + done.stderr).not.toContain(TOKEN)
  return done
}

describe('one pull', () => {
  test('stores reading, forecast, weather and identity; the same again changes nothing', async () => {
    await using place = await workplace(config(BEIJING))
    const first = await pull(place, NOON)
    expect(first.code).toBe(0)
    const [station] = first.summary['stations']
    expect(station).toMatchObject({
      station: 'beijing',
      source: 'waqi',
      reading: { new: true, stale: false },
    })
    expect(station.forecastDays).toBeGreaterThan(0)
    expect(station.weatherRows).toBeGreaterThan(0)

    const [row] = rowsOf(place.state, 'aqi_readings_v1')
    expect(row).toMatchObject({
      station: 'beijing',
      source: 'waqi @1451',
      scale: 'us-epa-2015',
      known_at: NOON,
    })
    const [identity] = rowsOf(place.state, 'aqi_stations_v1')
    expect(JSON.parse(String(identity?.['attributions']))).not.toEqual([])
    expect(waqi.requests.every(({ tokenElsewhere }) => !tokenElsewhere)).toBe(true)

    const again = await pull(place, NOON)
    expect(again.summary).toMatchObject({ written: 0, stations: [{ reading: { new: false } }] })
  })

  test('the summary tells how many days there are and when the first model can come', async () => {
    await using place = await workplace(config(BEIJING))
    const { summary } = await pull(place, NOON)
    expect(summary['stations'][0].history).toEqual({
      finalDays: 0,
      forecaster: 'none',
      firstModelOn: '2026-07-04',
    })
  })

  test('one bad station leaves the others alone: degraded, exit 3, or 0 when told so', async () => {
    await using place = await workplace(
      config(
        BEIJING,
        BEIJING.replace('@1451', '@999').replace('id: beijing, name: Beijing', 'id: gone, name: Gone'),
      ),
    )
    const done = await pull(place, NOON)
    expect([done.code, done.summary['degraded']]).toEqual([3, true])
    expect(done.summary['stations']).toMatchObject([
      { station: 'beijing', reading: { new: true } },
      { station: 'gone', reading: null, error: { code: 'not-found' } },
    ])
    const quiet = await pull(place, NOON, '--degraded-exit', '0', '--station', 'gone', 'beijing')
    expect([quiet.code, quiet.summary['degraded']]).toEqual([0, true])
  })

  test('no weather degrades the run and no more', async () => {
    await using place = await workplace(config(BEIJING))
    const down = { ...env, OPEN_METEO_BASE_URL: 'http://127.0.0.1:9' }
    const args = [place.config, '--state', place.state, '--now', new Date(NOON).toISOString(), '--json']
    const { code, summary } = await run('feature-pipeline', args, down)
    expect(code).toBe(3)
    expect(summary['stations'][0]).toMatchObject({ reading: { new: true }, weatherRows: 0 })
    expect(summary['warnings'].map((warning: Summary) => warning['code'])).toContain('weather-failed')
  })
})

describe('what is refused', () => {
  test('a token that is wrong, or none', async () => {
    await using place = await workplace(config(BEIJING))
    const args = [place.config, '--state', place.state, '--json']
    const wrong = await run('feature-pipeline', args, { ...env, AQI_TOKEN: 'not-the-token' })
    expect([wrong.code, wrong.summary['error'].code]).toEqual([1, 'auth'])
    const { AQI_TOKEN: _, ...without } = env
    const none = await run('feature-pipeline', args, without)
    expect([none.code, none.summary['error'].code]).toEqual([2, 'no-secret'])
  })

  test('an answer from somewhere else', async () => {
    await using place = await workplace(config(BEIJING.replace('@1451', '@1437')))
    const { code, summary } = await pull(place, NOON)
    expect([code, summary['error'].code]).toEqual([1, 'wrong-station'])
    expect(summary['error'].message).toContain('km from the configured location')
    expect(rowsOf(place.state, 'aqi_readings_v1')).toEqual([])
  })

  test('the token of someone who has none: it answers with Shanghai', async () => {
    await using place = await workplace(config(BEIJING))
    const args = [place.config, '--state', place.state, '--json']
    const { code, summary } = await run('feature-pipeline', args, { ...env, AQI_TOKEN: 'demo' })
    expect([code, summary['error'].code]).toEqual([1, 'wrong-station'])
  })

  test('a secret to a host that is neither the vendor nor trusted', async () => {
    await using place = await workplace(config(BEIJING))
    const elsewhere = { ...env, WAQI_BASE_URL: 'https://collector.example' }
    const { code, summary } = await run(
      'feature-pipeline',
      [place.config, '--state', place.state, '--json'],
      elsewhere,
    )
    expect(code).not.toBe(0)
    expect(JSON.stringify(summary)).toContain('collector.example')
  })
})

describe('days made of hours', () => {
  test('three-hourly pulls make a final day at 04:00 of the next, and the CSV overrides it', async () => {
    await using place = await workplace(config(BEIJING))
    const midnight = Date.parse('2026-03-06T00:00:00+08:00')
    const cadence = 3 * 3_600_000
    for (let at = midnight + 2 * 3_600_000; at < midnight + 27 * 3_600_000; at += cadence) {
      const { summary } = await pull(place, at + 25 * 60_000)
      expect(summary['stations'][0].finalised.filter((day: Summary) => day['day'] === '2026-03-06')).toEqual(
        [],
      )
    }
    const due = await pull(place, midnight + 29 * 3_600_000)
    const [day] = due.summary['stations'][0].finalised.filter((one: Summary) => one['day'] === '2026-03-06')
    expect(day).toMatchObject({ status: 'final' })
    const [row] = rowsOf(place.state, 'aqi_daily_v1').filter((one) => one['day'] === '2026-03-06')
    expect(row).toMatchObject({ origin: 'pulls', aqi: day.aqi, known_at: midnight + 28 * 3_600_000 })

    const hours = waqi.world.stations
      .filter(({ number }) => number === 1451)
      .flatMap((station) => waqi.world.hoursOf(station, '2026-03-06' as never))
    const mean = hours.reduce((sum, { sub }) => sum + (sub.pm25 ?? 0), 0) / hours.length
    expect(Math.abs(Number(row?.['pm25']) - mean)).toBeLessThan(25)

    const csv = 'date, pm25, pm10\n2026/3/6, 70, 61\n2026/3/7, 71, 62\n2026/3/8, 72, 63\n'
    const file = await place.file('beijing.csv', csv)
    const later = new Date(midnight + 60 * 3_600_000).toISOString()
    const args = [
      place.config,
      '--csv',
      file,
      '--download-zone',
      'west',
      '--state',
      place.state,
      '--now',
      later,
    ]
    expect((await run('batch-feature-pipeline', args)).code).toBe(0)
    const [overridden] = rowsOf(place.state, 'aqi_daily_v1').filter((one) => one['day'] === '2026-03-06')
    expect(overridden).toMatchObject({ origin: 'csv', pm25: 71, pm10: 61 })
    const after = await pull(place, midnight + 61 * 3_600_000)
    expect(after.summary['stations'][0].finalised.map((one: Summary) => one['day'])).not.toContain(
      '2026-03-06',
    )
  })
})

test('a station whose source changes its kind is refused, and keeps what it has', async () => {
  await using place = await workplace(config(BEIJING))
  await pull(place, NOON)
  const before = rowsOf(place.state, 'aqi_readings_v1')
  await place.file(
    'config.yaml',
    config(BEIJING.replace("{ kind: waqi, feed: '@1451' }", '{ kind: open-meteo, since: 2026-03-01 }')),
  )
  const { code, summary } = await pull(place, NOON)
  expect([code, summary['error'].code]).toEqual([1, 'unlike-values'])
  expect(rowsOf(place.state, 'aqi_readings_v1')).toEqual(before)
})

test.each(['WAQI_BASE_URL', 'OPEN_METEO_BASE_URL'])(
  '%s that is no address is a mistake of input',
  async (name) => {
    await using place = await workplace(config(BEIJING))
    const args = [place.config, '--state', place.state, '--json']
    const { code, summary } = await run('feature-pipeline', args, { ...env, [name]: 'foo' })
    expect([code === 2 || code === 3, JSON.stringify(summary)]).toEqual([true, expect.stringContaining(name)])
  },
)

test('a day-old station forecasts with an interval it can stand by', async () => {
  await using place = await workplace(config(BEIJING))
  await place.file('beijing.csv', 'date, pm25, pm10\n2026/3/4, 70, 61\n2026/3/5, 71, 62\n2026/3/6, 72, 63\n')
  const now = ['--state', place.state, '--now', '2026-03-06T00:00:00+08:00', '--json']
  const file = `${place.dir}/beijing.csv`
  await run('batch-feature-pipeline', [place.config, '--csv', file, '--download-zone', 'west', ...now])
  const { summary } = await run('inference-pipeline', [place.config, '--allow-fallback', ...now])
  const [forecast] = summary['forecasts']
  expect(forecast.interval.method).toContain('assumed')
  expect(forecast.lower).toBeLessThan(forecast.aqi - 20)
  expect(forecast.upper).toBeGreaterThan(Number(forecast.aqi) + 20)
})

describe('quarantine', () => {
  test('a sentinel is held back, listed, and stays out until the rules let it in', async () => {
    await using place = await workplace(config(BEIJING))
    waqi.faults.next({ set: { 'data.iaqi.pm25.v': 999 } })
    const { summary } = await pull(place, NOON)
    expect(summary['stations'][0]).toMatchObject({ heldBack: 1, reading: null })
    expect(rowsOf(place.state, 'aqi_readings_v1')).toEqual([])
    const listed = await pull(place, NOON, '--quarantine', 'list')
    expect(listed.summary['quarantine']).toMatchObject([{ station: 'beijing', reason: 'sentinel' }])
    const replayed = await pull(place, NOON, '--quarantine', 'replay')
    expect(replayed.summary['quarantine']).toEqual([])
  })
})

describe('looking without touching', () => {
  test('--check tells what answers, and writes nothing', async () => {
    await using place = await workplace(config(BEIJING))
    const good = await pull(place, NOON, '--check')
    expect(good.code).toBe(0)
    expect(good.summary['checks']).toMatchObject([{ ok: true }, { ok: true }, { ok: true }])
    const args = [place.config, '--state', place.state, '--check', '--json']
    const bad = await run('feature-pipeline', args, { ...env, AQI_TOKEN: 'wrong' })
    expect([bad.code, bad.summary['error'].code]).toEqual([1, 'check-failed'])
    expect(existsSync(place.state)).toBe(false)
  })

  test('--dry-run tells what would be stored, and writes nothing', async () => {
    await using place = await workplace(config(BEIJING))
    const { code, summary } = await pull(place, NOON, '--dry-run')
    expect(code).toBe(0)
    expect(summary['dryRun']).toMatchObject([{ station: 'beijing', heldBack: null }])
    expect(existsSync(place.state)).toBe(false)
  })
})
