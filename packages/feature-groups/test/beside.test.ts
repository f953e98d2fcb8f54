import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FeatureStore } from '@airq/feature-store'
import { openSqliteStore } from '@airq/feature-store/sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  aqiReadings,
  decisionRow,
  ensureLiveGroups,
  readBeside,
  sourceForecasts,
  toReadingRow,
  weatherForecasts,
} from '../src/index.ts'
import { airOn, dayOf, hoursOf, startOf, weatherOn } from './support/beside.ts'
import { daysOf, ramp } from './support/days.ts'

const HOUR = 3_600_000
const timeZone = 'Asia/Shanghai'

let folder: string
let store: FeatureStore

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'airq-beside-'))
  store = await openSqliteStore({ path: join(folder, 'store.sqlite'), clock: { now: () => startOf(90) } })
})
afterEach(async () => {
  await store.close()
  await rm(folder, { recursive: true })
})

describe('readBeside', () => {
  test('a store that nobody pulled into holds nothing', async () => {
    expect(await readBeside(store, 'a', { timeZone })).toEqual({
      hours: [],
      modelHours: [],
      weather: [],
      sourceForecasts: [],
    })
  })

  test("hours come back as they went in, a model's apart, of this station and from a day on", async () => {
    await ensureLiveGroups(store)
    const hours = hoursOf(ramp(72))
    const model = hours.map((hour) => ({ ...hour, evidence: 'model' as const }))
    const rows = (station: string, of: typeof hours) => of.map((hour) => toReadingRow(station, 'test', hour))
    await store.upsert(aqiReadings, [...rows('a', hours), ...rows('b', model)])
    expect((await readBeside(store, 'a', { timeZone })).hours).toEqual(hours)
    expect(await readBeside(store, 'b', { timeZone })).toMatchObject({ hours: [], modelHours: model })
    expect((await readBeside(store, 'a', { first: dayOf(1), timeZone })).hours).toEqual(hours.slice(24))
  })

  test('rows made of what it gives see each issue by its known_at', async () => {
    await ensureLiveGroups(store)
    const issues = [-5, -1].map((hours, i) => ({
      ...weatherOn(41, 'day', startOf(41) + hours * HOUR, 10 + i),
      station: 'a',
      issue_slot: `${dayOf(40)}T${String(24 + hours)}`,
      day_start: startOf(41),
      source: 'test',
    }))
    await store.upsert(weatherForecasts, issues)
    const air = airOn(41, 'pm25', startOf(41) - 6 * HOUR, 77)
    await store.upsert(sourceForecasts, [
      {
        ...air,
        station: 'a',
        issue_slot: `${dayOf(40)}T18`,
        day_start: startOf(41),
        lowest: null,
        highest: null,
        source: 'test',
      },
    ])
    const beside = await readBeside(store, 'a', { timeZone })
    const at = (decision: 'evening' | 'end-of-day') => {
      const blocks = ['sourceForecast', 'weather'] as const
      const { columns, row } = decisionRow(daysOf(ramp(60)), dayOf(40), { decision, blocks, beside })
      return ['temperature_target', 'log_pm25_forecast'].map((name) => row.values[columns.indexOf(name)])
    }
    expect(at('evening')).toEqual([10, Math.log1p(77)])
    expect(at('end-of-day')).toEqual([11, Math.log1p(77)])
  })
})
