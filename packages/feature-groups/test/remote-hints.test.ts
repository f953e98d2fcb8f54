import { openHopsworksStore } from '@airq/feature-store/hopsworks'
import { startFakeHopsworks } from '@airq/feature-store/testing'
import { expect, test } from 'vitest'
import {
  aqiDaily,
  type AqiDailyRow,
  aqiReadings,
  remoteHints,
  sourceForecasts,
  type SourceForecastRow,
  weatherForecasts,
  type WeatherForecastRow,
} from '../src/index.ts'

const NOW = Date.parse('2026-03-06T12:25:00+08:00')
const DAY_MS = 86_400_000
const hints = remoteHints({ stations: ['beijing', 'paris'], now: NOW, firstReading: NOW - 40 * DAY_MS })

/** Time passes as soon as somebody waits for it. */
const clock = {
  at: NOW,
  now: () => clock.at,
  async sleep(ms: number) {
    await new Promise((resolve) => setImmediate(resolve))
    clock.at += ms
  },
}

async function rowsOf<T>(batches: AsyncIterable<T[]>): Promise<T[]> {
  const rows: T[] = []
  for await (const batch of batches) rows.push(...batch)
  return rows
}

test('whole histories and archives are read online: every key there can be is named', async () => {
  await using fake = await startFakeHopsworks({ clock, timing: { startMs: 10, runMs: 10, onlineLagMs: 10 } })
  const { baseUrl, onlinePort, project, apiKey } = fake
  const store = await openHopsworksStore({
    baseUrl,
    onlinePort,
    project,
    apiKey,
    clock,
    read: 'online',
    ...hints,
  })
  const day = (text: string): AqiDailyRow => ({
    ...{
      station: 'beijing',
      day: text,
      day_start: Date.parse(`${text}T00:00:00+08:00`),
      time_zone: 'Asia/Shanghai',
    },
    ...{ pm25: 1, pm10: null, o3: null, no2: null, so2: null, co: null, aqi: 1, hours: null },
    ...{ status: 'final', origin: 'csv', unit: 'sub-index', scale: 'us-epa-2015', known_at: NOW },
  })
  const days = [day('2000-01-02'), day('2013-12-31'), day('2026-03-06')]
  await store.ensure(aqiDaily)
  await store.upsert(aqiDaily, days)
  expect(await rowsOf(store.read(aqiDaily, { keys: { station: 'beijing' } }))).toEqual(days)
  expect(await rowsOf(store.read(aqiDaily))).toHaveLength(3)

  const weather = (text: string, slot: string): WeatherForecastRow => ({
    ...{ station: 'beijing', day: text, part: 'night', issue_slot: slot },
    ...{ day_start: Date.parse(`${text}T00:00:00+08:00`), temperature: 1, dew_point: 1, pressure: 1 },
    ...{
      precipitation: 1,
      wind_speed: 1,
      wind_u: 1,
      wind_v: 1,
      hours: 6,
      source: 'open-meteo',
      known_at: NOW,
    },
  })
  const forecasts = [
    weather('2026-03-04', '2026-03-05T04'),
    weather('2026-03-06', '2026-03-06T12'),
    weather('2026-03-09', '2026-03-06T12'),
  ]
  await store.ensure(weatherForecasts)
  await store.upsert(weatherForecasts, forecasts)
  const since = { keys: { station: 'beijing' }, from: NOW - 3 * DAY_MS }
  expect(await rowsOf(store.read(weatherForecasts, since))).toEqual(forecasts)
  // The whole archive has too many keys: it is exported.
  expect(await rowsOf(store.read(weatherForecasts, { keys: { station: 'beijing' } }))).toEqual(forecasts)

  const source = (text: string): SourceForecastRow => ({
    ...{ station: 'beijing', day: text, pollutant: 'pm25', issue_slot: '2026-03-06T12' },
    ...{ day_start: Date.parse(`${text}T00:00:00+08:00`), average: 1, lowest: 1, highest: 1 },
    ...{ source: 'waqi @1451', known_at: NOW },
  })
  const archived = [source('2026-03-04'), source('2026-03-14')]
  await store.ensure(sourceForecasts)
  await store.upsert(sourceForecasts, archived)
  expect(await rowsOf(store.read(sourceForecasts, since))).toEqual(archived)

  await store.ensure(aqiReadings)
  expect(await rowsOf(store.read(aqiReadings, { keys: { station: 'beijing' }, from: 0 }))).toEqual([])
  await store.close()
}, 30_000)

test('texts from outside have room', () => {
  expect(hints.textLengths['attributions']).toBeGreaterThan(2000)
  // 30,000 bytes are what an online row takes, four a character.
  expect(Object.values(hints.textLengths).reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(7000)
}, 180_000)
