import { addDays, endOfDay, localDay, localHour } from '@airq/aqi-client'
import { openSqliteStore } from '@airq/feature-store/sqlite'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  aqiDaily,
  aqiReadings,
  checkKnownAt,
  ensureLiveGroups,
  sourceForecasts,
  toDailyRow,
  toReadingRow,
  toSourceForecastRow,
  toWeatherRows,
  weatherForecasts,
} from '../src/index.ts'
import { hoursOf, startOf } from './support/beside.ts'
import { daysOf, ramp } from './support/days.ts'

const ZONE = 'Asia/Shanghai'
const HOUR = 3_600_000

async function emptyStore() {
  const folder = await mkdtemp(join(tmpdir(), 'airq-known-at-'))
  const store = await openSqliteStore({ path: join(folder, 'store.sqlite'), clock: { now: () => 0 } })
  onTestFinished(async () => {
    await store.close()
    await rm(folder, { recursive: true, force: true })
  })
  return store
}

const days = daysOf(ramp(5))
const [day] = days
if (day === undefined) throw new Error('no days')
const next = startOf(1)

describe('known_at against the first instant at which it can have been known', () => {
  test.each([
    ['a downloaded day from its end', { knownAt: endOfDay(day.day, ZONE) }, null],
    ['a millisecond before it', { knownAt: endOfDay(day.day, ZONE) - 1 }, 1],
    ['a day of pulls from 04:00', { origin: 'pulls', knownAt: next + 4 * HOUR }, null],
    ['a day of pulls at its end', { origin: 'pulls', knownAt: next }, 4 * HOUR],
    ["a model's day at its end", { origin: 'model', knownAt: next }, 4 * HOUR],
    ['a day without values all the same', { aqi: null, sub: {}, status: 'missing', knownAt: 0 }, next],
  ] as const)('%s', async (_name, change, lateMs) => {
    const store = await emptyStore()
    await store.ensure(aqiDaily)
    await store.upsert(aqiDaily, [toDailyRow('here', { ...day, ...change })])
    const [report] = await checkKnownAt(store, 'here', ZONE)
    const late = report?.examples.map(({ knownAt, earliest }) => earliest - knownAt)
    expect(late).toEqual(lateMs === null ? [] : [lateMs])
  })

  test('a reading from when it was made, clocks being what they are', async () => {
    const store = await emptyStore()
    await ensureLiveGroups(store)
    const minutes = [60, 0, -15, -16]
    const readings = hoursOf(ramp(4)).map((hour, i) => ({
      ...hour,
      knownAt: hour.observedAt + (minutes[i] ?? 0) * 60_000,
    }))
    await store.upsert(
      aqiReadings,
      readings.map((reading) => toReadingRow('here', 'waqi @1', reading)),
    )
    const report = (await checkKnownAt(store, 'here', ZONE)).find(({ group }) => group === 'aqi_readings')
    expect(report).toMatchObject({ rows: 4, values: 8, early: 1, examples: [{ key: '2023-01-01T03' }] })
  })

  const STATION = { id: 'here', timeZone: ZONE }
  const DAY = localDay('2023-01-02')
  const pulled = (slot: string, knownAt: number) => ({ source: 'somewhere', slot, knownAt })
  const PULLS = [
    pulled('2023-01-01T19', startOf(0) + 19.5 * HOUR),
    pulled('2023-01-01T20', startOf(0) + 18 * HOUR),
  ]

  test("the source's own forecast from the hour it was pulled in", async () => {
    const store = await emptyStore()
    await ensureLiveGroups(store)
    const forecast = { day: DAY, pollutant: 'pm25', average: 50, lowest: 10, highest: 90 } as const
    await store.upsert(
      sourceForecasts,
      PULLS.map((pull) => toSourceForecastRow(STATION, forecast, pull)),
    )
    const report = (await checkKnownAt(store, 'here', ZONE)).find(({ group }) => group === 'source_forecasts')
    expect(report).toMatchObject({ rows: 2, values: 2, early: 1 })
    expect(report?.examples).toEqual([
      {
        key: '2023-01-02 pm25 2023-01-01T20',
        day: DAY,
        knownAt: startOf(0) + 18 * HOUR,
        earliest: startOf(0) + 20 * HOUR,
      },
    ])
  })

  test('weather likewise; of many the first ten are named', async () => {
    const store = await emptyStore()
    await ensureLiveGroups(store)
    const hours = Array.from({ length: 72 }, (_, i) => ({
      hour: localHour(`${addDays(DAY, Math.floor(i / 24))}T${String(i % 24).padStart(2, '0')}`),
      temperature: 5,
      dewPoint: 1,
      surfacePressure: 1000,
      precipitation: null,
      windSpeed: 2,
      windU: 1,
      windV: 1,
    }))
    for (const pull of PULLS) await store.upsert(weatherForecasts, toWeatherRows(STATION, hours, pull))
    const report = (await checkKnownAt(store, 'here', ZONE)).find(
      ({ group }) => group === 'weather_forecasts',
    )
    // Three days and four parts of each, six values, of two pulls.
    expect(report).toMatchObject({ rows: 30, values: 180, early: 15 })
    expect(report?.examples).toHaveLength(10)
  })

  test('an hour that clocks show twice counts from the first time', async () => {
    const store = await emptyStore()
    await ensureLiveGroups(store)
    const zone = 'Europe/Vienna'
    const first = Date.parse('2024-10-27T02:10:00+02:00')
    const forecast = {
      day: localDay('2024-10-27'),
      pollutant: 'pm10',
      average: 50,
      lowest: 10,
      highest: 90,
    } as const
    const row = toSourceForecastRow({ id: 'here', timeZone: zone }, forecast, pulled('2024-10-27T02', first))
    await store.upsert(sourceForecasts, [row])
    const reports = await checkKnownAt(store, 'here', zone)
    expect(reports.map(({ early }) => early)).toEqual([0, 0, 0, 0])
  })

  test('another station and groups that nobody wrote to count for nothing', async () => {
    const store = await emptyStore()
    await store.ensure(aqiDaily)
    await store.upsert(aqiDaily, [toDailyRow('there', { ...day, knownAt: 0 })])
    const reports = await checkKnownAt(store, 'here', ZONE)
    expect(reports.map(({ rows, early }) => [rows, early])).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
    ])
  })
})
