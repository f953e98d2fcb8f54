import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { addDays, localDay } from '@airq/aqi-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  aqiDaily,
  type AqiDailyRow,
  aqiReadings,
  aqiStations,
  recordForecast,
} from '../packages/feature-groups/src/index.ts'
import { run, type Workplace } from './support/bins.ts'
import { history, LAST_DAY, NOW, withoutLag } from './support/histories.ts'
import { entry } from './support/ledger-entry.ts'
import { dailyRows, rowsOf } from './support/store.ts'
import {
  bad,
  CONFIG,
  copyOf,
  HOUR,
  importedStation,
  inStore,
  instant,
  issueForecasts,
  narrow,
  NOW_MS,
  openOf,
  readingRow,
  startWebhook,
  stationRow,
  told,
  watch,
} from './support/watch.ts'

let imported: Workplace
beforeAll(async () => {
  imported = await importedStation()
})
afterAll(() => imported[Symbol.asyncDispose]())
const placeOf = (config?: string) => copyOf(imported, config)

function shifted(rows: readonly AqiDailyRow[]): AqiDailyRow[] {
  return rows.map((row, i) => ({ ...row, pm25: rows[i + 1]?.pm25 ?? null }))
}
const lastDays = (place: Workplace, count: number) =>
  dailyRows(place.state)
    .filter(({ day }) => String(day) > addDays(localDay(LAST_DAY), -count))
    .map((row) => row as AqiDailyRow)

async function importOf(place: Workplace, download: string): Promise<void> {
  const file = await place.file('beijing.csv', download)
  const args = [place.config, '--state', place.state, '--now', NOW, '--csv', file]
  expect((await run('batch-feature-pipeline', args)).code).toBe(0)
}

interface Case {
  readonly cause: string
  readonly station: string
  readonly config?: string
  readonly arrange: (place: Workplace) => Promise<unknown>
  readonly fix: (place: Workplace) => Promise<unknown>
  readonly message: RegExp
}
const off = (key: string) => (place: Workplace) => place.file('config.yaml', `${CONFIG}watch: ${key}\n`)

describe('opens, keeps still, and recovers:', () => {
  test.each<Case>([
    {
      cause: 'missed-run',
      station: 'beijing',
      arrange: async (place) => {
        await issueForecasts(place, 1, narrow)
        await inStore(place, (store) => store.upsert(aqiDaily, lastDays(place, 1)))
      },
      fix: (place) => {
        const day = addDays(localDay(LAST_DAY), 2)
        return inStore(place, (store) => recordForecast(store, entry(day, localDay(LAST_DAY), narrow(50))))
      },
      message: /^the end-of-day forecast of \d{4}-\d\d-\d\dT24 is not in the ledger 6 h after it was due/,
    },
    {
      cause: 'missed-run',
      station: '*',
      arrange: async (place) => {
        const args = [place.config, '--state', place.state, '--now', NOW, '--allow-fallback']
        expect((await run('inference-pipeline', args, { AIRQ_JOB_NAME: 'job-1' })).code).toBe(3)
        beganAt(place, NOW_MS)
      },
      fix: (place) => {
        beganAt(place, NOW_MS + 30 * HOUR)
        return Promise.resolve()
      },
      message: /^inference: no good run for 31 h, more than 30 h$/,
    },
    {
      cause: 'low-skill',
      station: 'beijing',
      arrange: (place) => issueForecasts(place, 120, bad),
      fix: off('{ skill: { days: [] } }'),
      message:
        /^skill against persistence is below 0, beyond chance: end-of-day, 30 days; end-of-day, 90 days$/,
    },
    {
      cause: 'low-coverage',
      station: 'beijing',
      arrange: (place) => issueForecasts(place, 120, narrow),
      fix: off('{ coverage: { days: 0 } }'),
      message:
        /^fewer outcomes lie within the interval than it was to hold, .* end-of-day, 90 days, wanted 0.9$/,
    },
    {
      cause: 'stuck-sensor',
      station: 'beijing',
      arrange: (place) =>
        inStore(place, async (store) => {
          await store.ensure(aqiReadings)
          const hours = Array.from({ length: 10 }, (_, i) => 3 + i * 3)
          await store.upsert(
            aqiReadings,
            hours.map((at) => readingRow(at, 73)),
          )
        }),
      fix: (place) => inStore(place, (store) => store.upsert(aqiReadings, [readingRow(32, 74)])),
      message: /^the same value all along: pm25 for 27 h$/,
    },
    {
      cause: 'alignment-changed',
      station: 'beijing',
      arrange: (place) => inStore(place, (store) => store.upsert(aqiDaily, shifted(lastDays(place, 100)))),
      fix: (place) => inStore(place, (store) => store.upsert(aqiDaily, lastDays(imported, 100))),
      message: /^pm25 beside the other pollutants fit best a day later$/,
    },
    {
      cause: 'alignment-changed',
      station: 'beijing',
      arrange: (place) => importOf(place, withoutLag(history('west', 1))),
      fix: (place) => importOf(place, history('west', 2)),
      message: /^the last import moved its columns otherwise: pm25 0 \(before -1\)$/,
    },
  ])('$cause of $station', async ({ cause, station, arrange, fix, message }) => {
    await using hook = await startWebhook()
    await using place = await placeOf()
    await arrange(place)
    const first = await watch(place, 31, hook.url)
    expect(first.code, JSON.stringify(first.summary['stations'])).toBe(3)
    expect(openOf(first.summary, cause, station)).toMatchObject([
      { station, message: expect.stringMatching(message) },
    ])
    const second = await watch(place, 32, hook.url)
    expect(openOf(second.summary, cause, station)).toMatchObject([{ station, openedAt: instant(31) }])
    expect(told(hook, cause, station)).toEqual(['0 opened'])
    await fix(place)
    const third = await watch(place, 33, hook.url)
    expect(openOf(third.summary, cause, station)).toEqual([])
    expect(told(hook, cause, station)).toEqual(['0 opened', '0 recovered'])
  })

  test('identity-changed: back to the old one, or the new one for a week', async () => {
    await using hook = await startWebhook()
    await using place = await placeOf()
    const tells = (change: Parameters<typeof stationRow>[0] = {}) =>
      inStore(place, async (store) => {
        await store.ensure(aqiStations)
        await store.upsert(aqiStations, [stationRow(change)])
      })
    const at = async (hours: number) =>
      openOf((await watch(place, hours, hook.url)).summary, 'identity-changed')
    await tells()
    expect(await at(0)).toEqual([])
    await tells({ name: 'BEIJING  (北京)', latitude: 39.951 })
    expect(await at(1)).toEqual([])
    await tells({ source_id: '3303', name: '<b>@everyone', latitude: 39 })
    expect(await at(2)).toMatchObject([
      { message: 'the source tells another id, name, place (106 km away) than before', severity: 'critical' },
    ])
    await tells()
    expect(await at(3)).toEqual([])
    await tells({ source_id: '3303' })
    expect(await at(4)).toHaveLength(1)
    expect(await at(4 + 24 * 6)).toHaveLength(1)
    expect(await at(4 + 24 * 7)).toEqual([])
    expect(await at(5 + 24 * 7)).toEqual([])
    expect(told(hook, 'identity-changed')).toEqual(['0 opened', '0 recovered', '1 opened', '1 recovered'])
    expect(JSON.stringify(hook.deliveries)).not.toContain('everyone')
    expect(rowsOf(place.state, 'aqi_identities_v1')).toMatchObject([{ source_id: '3303', changed_ms: null }])
  })
})

/** When the last good run of inference began, as its job recorded it. */
function beganAt({ state }: Workplace, ms: number): void {
  const database = new DatabaseSync(join(state, 'feature-store.sqlite'))
  const began = new Date(ms).toISOString()
  database
    .prepare(
      "UPDATE pipeline_runs_v1 SET created_at = created_at + 1, started_ms = ?, summary = json_set(summary, '$.startedAt', ?) WHERE run = 'last inference'",
    )
    .run(ms, began)
  database.close()
}
