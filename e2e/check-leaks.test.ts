import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { endOfDay, localDay } from '@airq/aqi-client'
import { openSqliteStore } from '@airq/feature-store/sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  aqiDaily,
  aqiReadings,
  readDays,
  readReadings,
  toDailyRow,
  toReadingRow,
  weatherForecasts,
} from '../packages/feature-groups/src/index.ts'
import { run, type Summary, type Workplace, workplace } from './support/bins.ts'
import { rowsOf } from './support/store.ts'
import { weatherOfTheAir } from './support/weather.ts'

const ZONE = 'Europe/Vienna'
const HOUR = 3_600_000
const CONFIG = `
stations:
  - { id: nowhere, name: Nowhere, timeZone: ${ZONE}, source: { kind: simulator, seed: 5, years: 1 } }
forecast: { decisions: [end-of-day, evening] }
weather: { kind: none }
`
const NOW = '2024-07-01T20:30:00+02:00'
const DAY = localDay('2024-03-10')

let place: Workplace
const args = (state = place.state) => [place.config, '--state', state, '--now', NOW]
const check = (state?: string, ...more: string[]) => run('check-leaks', [...args(state), '--json', ...more])

/** A copy of the store, changed. */
async function planted(
  name: string,
  plant: (store: Awaited<ReturnType<typeof openSqliteStore>>) => Promise<void>,
): Promise<string> {
  const state = join(place.dir, name)
  await cp(place.state, state, { recursive: true })
  const store = await openSqliteStore({ path: join(state, 'feature-store.sqlite'), clock: Date })
  await plant(store)
  await store.close()
  return state
}

beforeAll(async () => {
  place = await workplace(CONFIG)
  await run('feature-pipeline', args())
}, 60_000)
afterAll(() => place[Symbol.asyncDispose]())

describe('a store that the pipelines filled', () => {
  test('has no leak: exit 0, what was looked at, and every planted column found', async () => {
    const { code, summary } = await check()
    expect([code, summary['degraded'], summary['warnings']]).toEqual([0, false, []])
    const [station] = summary['stations']
    expect(station.groups).toMatchObject([
      { group: 'aqi_daily', rows: rowsOf(place.state, 'aqi_daily_v1').length, early: 0 },
      { group: 'aqi_readings', rows: rowsOf(place.state, 'aqi_readings_v1').length, early: 0 },
      { group: 'source_forecasts', rows: 0 },
      { group: 'weather_forecasts', rows: 0 },
    ])
    expect(station.groups[0].values).toBeGreaterThan(2000)
    expect(station.rows.map((one: Summary) => [one['decision'], one['block']])).toEqual([
      ['end-of-day', null],
      ['end-of-day', 'stationHours'],
      ['evening', null],
      ['evening', 'stationHours'],
    ])
    for (const { canaries, remade } of station.rows) {
      expect(canaries).toEqual({ planted: 5, found: 5 })
      expect(remade).toBeGreaterThanOrEqual(40)
    }
  })

  test('one decision, for people: an entry a group and one for each kind of row', async () => {
    const { code, stdout, stderr } = await run('check-leaks', [...args(), '--decision', 'evening'])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^\[simulated] {3}aqi_daily +[\d,]+ values of [\d,]+ rows, none known before/m)
    const unfolded = stdout.replaceAll(/\n\[simulated] {5}/g, ' ')
    expect(unfolded).toMatch(/evening, stationHours: .* 5 of 5 planted leaks found$/m)
    expect(stdout).not.toContain('end-of-day')
  })

  test('nothing there yet is told', async () => {
    const { code, summary } = await check(join(place.dir, 'empty'))
    expect([code, summary['error'].code]).toEqual([1, 'no-store'])
  })
})

describe('a planted leak exits 1 with column, station, day and by how long', () => {
  test('a day that says to be known before it was over', async () => {
    const state = await planted('early-day', async (store) => {
      const day = (await readDays(store, 'nowhere')).find((one) => one.day === DAY)
      if (day === undefined) throw new Error('no such day')
      const early = { ...day, knownAt: endOfDay(DAY, ZONE) - 3 * HOUR }
      await store.upsert(aqiDaily, [toDailyRow('nowhere', early)])
    })
    const { code, summary } = await check(state)
    const { error } = summary
    expect([code, error.code]).toEqual([1, 'leakage'])
    expect(error.details.leaks).toMatchObject([
      { station: 'nowhere', group: 'aqi_daily', column: 'known_at', day: DAY, lateMs: 3 * HOUR },
    ])
    expect(error.details.stations[0].groups[0].early).toBe(1)
    const person = await run('check-leaks', args(state))
    expect([person.code, person.stdout]).toEqual([1, ''])
    expect(person.stderr).toMatch(/nowhere, aqi_daily, 2024-03-10: known_at .*\(3 h too late\)$/m)
  })

  test('a reading that says to be known before it was made', async () => {
    const state = await planted('early-hour', async (store) => {
      const [hour] = await readReadings(store, 'nowhere', { first: DAY, last: DAY, timeZone: ZONE })
      if (hour === undefined) throw new Error('no such hour')
      const early = { ...hour, knownAt: hour.observedAt - 2 * HOUR }
      await store.upsert(aqiReadings, [toReadingRow('nowhere', 'simulator seed 5', early)])
    })
    const { code, summary } = await check(state)
    expect(code).toBe(1)
    expect(summary['error'].details.leaks).toMatchObject([
      // Clocks may differ by a quarter of an hour.
      { group: 'aqi_readings', column: 'known_at', lateMs: 1.75 * HOUR },
    ])
  })

  test('weather of the archive passed off as a forecast: it knows the air of the day', async () => {
    const state = await planted('future', async (store) => {
      await store.ensure(weatherForecasts)
      await store.upsert(weatherForecasts, weatherOfTheAir(place.state, ZONE))
    })
    const { code, summary } = await check(state, '--decision', 'evening')
    expect(code).toBe(1)
    // The newest target whose value is there: it became known at 04:00 of the next day, 32 h after the decision.
    expect(summary['error'].details.leaks).toMatchObject([
      {
        station: 'nowhere',
        group: 'weather_forecasts',
        column: 'temperature_target',
        day: '2024-06-30',
        decision: 'evening',
        block: 'weather',
        lateMs: 32 * HOUR,
        what: "goes row by row with aqi of the target's day",
      },
    ])
  })
})
