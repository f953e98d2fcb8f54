import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DailyReading } from '@airq/aqi-client'
import { localDay } from '@airq/aqi-client'
import type { FeatureStore } from '@airq/feature-store'
import { openSqliteStore } from '@airq/feature-store/sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  aqiDaily,
  aqiForecasts,
  fromDailyRow,
  issueSlot,
  type LedgerEntry,
  readDays,
  recordForecast,
  toDailyRow,
} from '../src/index.ts'
import { daysOf, ramp } from './support/days.ts'

let folder: string
let store: FeatureStore

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'airq-groups-'))
  store = await openSqliteStore({
    path: join(folder, 'store.sqlite'),
    clock: { now: () => 1_700_000_000_000 },
  })
  await store.ensure(aqiDaily)
  await store.ensure(aqiForecasts)
})
afterEach(async () => {
  await store.close()
  await rm(folder, { recursive: true })
})

async function write(station: string, days: readonly DailyReading[]) {
  return store.upsert(
    aqiDaily,
    days.map((day) => toDailyRow(station, day)),
  )
}

describe('aqi_daily', () => {
  test('days come back as they went in, in order, station by station', async () => {
    const days = daysOf(ramp(40))
    await write('a', days.toReversed())
    await write('b', daysOf([1]))
    expect(await readDays(store, 'a')).toEqual(days)
    expect(await readDays(store, 'nowhere')).toEqual([])
  })

  test('the same import again writes nothing, a correction writes one day', async () => {
    const days = daysOf(ramp(10))
    expect(await write('a', days)).toEqual({ written: 10, unchanged: 0 })
    expect(await write('a', days)).toEqual({ written: 0, unchanged: 10 })
    expect(await write('a', daysOf(ramp(10).with(4, 333)))).toEqual({ written: 1, unchanged: 9 })
  })

  test('real and simulated days, or days of two zones, are not joined', async () => {
    const [first, second] = daysOf([50, 60])
    if (first === undefined || second === undefined) throw new Error('two days')
    await write('a', [first, { ...second, origin: 'simulator' }])
    await expect(readDays(store, 'a')).rejects.toMatchObject({ code: 'unlike-values' })
    await write('b', [first, { ...second, timeZone: 'Europe/Vienna' }])
    await expect(readDays(store, 'b')).rejects.toThrow(/time zone Asia\/Shanghai and Europe\/Vienna/)
  })

  test('a word of a newer version is refused by name', () => {
    const [day] = daysOf([50])
    if (day === undefined) throw new Error('one day')
    const row = { ...toDailyRow('a', day), scale: 'us-epa-2031' }
    expect(() => fromDailyRow(row)).toThrow(/scale is "us-epa-2031"/)
  })
})

describe('the ledger', () => {
  const entry: LedgerEntry = {
    station: 'a',
    day: localDay('2023-03-02'),
    timeZone: 'Asia/Shanghai',
    issueSlot: issueSlot(localDay('2023-03-01'), { decision: 'end-of-day' }),
    issuedAt: Date.UTC(2023, 2, 1, 16),
    decision: 'end-of-day',
    horizon: 1,
    lead: 1,
    aqi: 80,
    lower: 40,
    upper: 160,
    coverage: 0.9,
    intervalMethod: 'test',
    category: 'moderate',
    probabilities: {
      good: 0.1,
      moderate: 0.5,
      'unhealthy-sensitive': 0.2,
      unhealthy: 0.1,
      'very-unhealthy': 0.06,
      hazardous: 0.04,
    },
    scale: 'us-epa-2015',
    model: { name: 'a-end-of-day', version: '1.0.0' },
    informationSet: 'daily',
    informationHash: 'first',
    lastFinalDay: localDay('2023-03-01'),
    hoursToday: null,
    fallback: false,
    simulated: false,
  }

  test('the same information is a no-op that gives back what was issued', async () => {
    expect(await recordForecast(store, entry)).toEqual({ entry, revision: 0, new: true })
    const later = { ...entry, issuedAt: entry.issuedAt + 1e6, aqi: 81 }
    expect(await recordForecast(store, later)).toEqual({ entry, revision: 0, new: false })
  })

  test('other information makes a new revision and keeps the old one', async () => {
    await recordForecast(store, entry)
    const other = { ...entry, informationHash: 'second', aqi: 90, model: null, fallback: true }
    expect(await recordForecast(store, other)).toEqual({ entry: other, revision: 1, new: true })
    expect(await recordForecast(store, other)).toMatchObject({ revision: 1, new: false })
    const kept: [number, number][] = []
    for await (const rows of store.read(aqiForecasts))
      kept.push(...rows.map((row): [number, number] => [row.revision, row.aqi]))
    expect(kept).toEqual([
      [0, 80],
      [1, 90],
    ])
  })
})
