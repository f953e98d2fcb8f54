import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { addDays, endOfDay, type LocalDay, localDay, startOfDay } from '@airq/aqi-client'
import { openSqliteStore } from '@airq/feature-store/sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  aqiForecasts,
  type LedgerEntry,
  type LiveSkill,
  recordForecast,
} from '../packages/feature-groups/src/index.ts'
import { run, type Summary, type Workplace, workplace } from './support/bins.ts'
import { copyToHopsworks } from './support/copy-to-hopsworks.ts'
import { QUICK, startFake } from './support/fakes.ts'
import { history, LAST_DAY, NOW } from './support/histories.ts'
import { entry } from './support/ledger-entry.ts'
import { dailyRows, rowsOf } from './support/store.ts'

const ZONE = 'Asia/Shanghai'
const NAME = 'beijing-end-of-day'
const CONFIG = `
stations: [{ id: beijing, name: Beijing, timeZone: ${ZONE}, source: { kind: aqicn-csv } }]
training: { candidates: [ridge], testDays: 60 }
`

/** A station with a year of days and a serving model, 1.0.0, that has issued nothing yet. */
let trained: Workplace
beforeAll(async () => {
  trained = await workplace(CONFIG)
  const file = await trained.file('beijing.csv', history('west', 1))
  const args = [trained.config, '--state', trained.state, '--now', NOW, '--json']
  await run('batch-feature-pipeline', [...args, '--csv', file])
  expect((await run('training-pipeline', args)).summary['models']).toMatchObject([{ outcome: 'first' }])
}, 120_000)
afterAll(() => trained[Symbol.asyncDispose]())

interface Past {
  /** Final days up to the last one. */
  readonly days: number
  /** Forecast minus outcome on the i-th of them, where persistence was off by `persistence`. */
  readonly error: (i: number, persistence: number) => number
  readonly change?: Partial<LedgerEntry>
}
/** Always 20 points farther off than persistence, give or take ten. */
const bad = (i: number, persistence: number) =>
  (i % 2 === 0 ? 1 : -1) * (Math.abs(persistence) + 10 + (i % 21))
/** Half as far off as persistence. */
const good = (_: number, persistence: number) => persistence / 2

/** A copy of the trained station whose ledger holds what was issued for the days up to the last. */
async function stationWith(pasts: readonly Past[], liveSkill = ''): Promise<Workplace> {
  const place = await workplace(
    liveSkill === '' ? CONFIG : `${CONFIG}forecast: { liveSkill: ${liveSkill} }\n`,
  )
  await cp(trained.state, place.state, { recursive: true })
  const outcomes = outcomesOf(place)
  const store = await openSqliteStore({ path: join(place.state, 'feature-store.sqlite'), clock: Date })
  await store.ensure(aqiForecasts)
  for (const { days, error, change } of pasts) {
    for (let i = 0; i < days; i += 1) {
      const [last, now] = [outcomes.at(-i - 2), outcomes.at(-i - 1)]
      if (last === undefined || now === undefined) throw new Error('the history is too short')
      const aqi = Math.max(0, Math.round(now.aqi + error(i, last.aqi - now.aqi)))
      const informationHash = `${String(aqi)} ${JSON.stringify(change)}`
      await recordForecast(store, { ...issued(now.day, last.day, aqi), informationHash, ...change })
    }
  }
  await store.close()
  return place
}

/** Its final days, in order; some are missing. */
function outcomesOf({ state }: Workplace) {
  return dailyRows(state)
    .filter(({ status, aqi }) => status === 'final' && aqi !== null)
    .map(({ day, aqi }) => ({ day: localDay(String(day)), aqi: Number(aqi) }))
}

function issued(day: LocalDay, lastFinalDay: LocalDay, aqi: number): LedgerEntry {
  const issuedAt = startOfDay(day, ZONE) + 600_000
  return { ...entry(day, lastFinalDay, { aqi, lower: 0, upper: 500 }), issuedAt }
}

function infer(place: Workplace, now = NOW, ...more: string[]) {
  return run('inference-pipeline', [place.config, '--state', place.state, '--now', now, '--json', ...more])
}
const codesOf = ({ warnings }: Summary) => warnings.map(({ code }: Summary) => code)

describe('the alarm', () => {
  test('forecasts worse than persistence: a warning with figures and the way out, degraded, the model still speaks', async () => {
    await using place = await stationWith([{ days: 60, error: bad }])
    const { code, summary } = await infer(place)
    expect([code, summary['degraded'], codesOf(summary)]).toEqual([3, true, ['live-skill']])
    const [forecast] = summary['forecasts']
    expect(forecast).toMatchObject({ fallback: false, model: { version: '1.0.0' } })
    const { mae, persistenceMae, pPersistenceBetter, ...rest } = forecast.liveSkill as LiveSkill
    const firstDay = outcomesOf(place).at(-60)?.day
    expect(rest).toEqual({ of: 'serving', n: 60, firstDay, lastDay: LAST_DAY, alarm: true })
    expect(mae - persistenceMae).toBeGreaterThan(10)
    expect(pPersistenceBetter).toBeLessThan(0.05)
    const { message } = summary['warnings'][0]
    expect(message).toContain(`MAE ${mae.toFixed(1)} against ${persistenceMae.toFixed(1)} on 60 days`)
    expect(message).toContain(`Train again, or give the stage back: airq-registry rollback REGISTRY ${NAME}`)
  })

  test('exits 0 where --degraded-exit says so', async () => {
    await using place = await stationWith([{ days: 60, error: bad }])
    const { code, summary } = await infer(place, NOW, '--degraded-exit', '0')
    expect([code, summary['degraded']]).toEqual([0, true])
  })

  test('is told to people too', async () => {
    await using place = await stationWith([{ days: 60, error: bad }])
    const { stdout } = await run('inference-pipeline', [place.config, '--state', place.state, '--now', NOW])
    expect(stdout).toContain('LIVE SKILL: persistence did better, MAE')
  })

  test('is never raised with alarmAt 0', async () => {
    await using place = await stationWith([{ days: 60, error: bad }], '{ alarmAt: 0 }')
    const { code, summary } = await infer(place)
    expect([code, summary['forecasts'][0].liveSkill.alarm]).toEqual([0, false])
  })
})

describe('no alarm', () => {
  test('forecasts better than persistence: the track record, and nothing else', async () => {
    await using place = await stationWith([{ days: 120, error: good }])
    const { code, summary } = await infer(place)
    expect([code, summary['degraded'], summary['warnings']]).toEqual([0, false, []])
    const within = outcomesOf(place).filter(({ day }) => day > addDays(localDay(LAST_DAY), -90))
    expect(within.length).toBeLessThan(120)
    expect(summary['forecasts'][0].liveSkill).toMatchObject({
      of: 'serving',
      n: within.length,
      firstDay: within[0]?.day,
      alarm: false,
    })
  })

  test('a ledger too short to tell, and an empty one', async () => {
    await using short = await stationWith([{ days: 29, error: bad }])
    const { code, summary } = await infer(short)
    expect([code, summary['warnings']]).toEqual([0, []])
    expect(summary['forecasts'][0].liveSkill).toMatchObject({ n: 29, pPersistenceBetter: null, alarm: false })
    await using empty = await stationWith([])
    const first = await infer(empty)
    expect([first.code, first.summary['forecasts'][0].liveSkill]).toEqual([0, undefined])
  })

  test('bad days that lie before the window', async () => {
    const past = { days: 80, error: (i: number, off: number) => (i < 40 ? good(i, off) : bad(i, 3 * off)) }
    await using place = await stationWith([past], '{ days: 40, leastDays: 20 }')
    expect((await infer(place)).summary['forecasts'][0].liveSkill).toMatchObject({ alarm: false })
    await using whole = await stationWith([past])
    expect((await infer(whole)).summary['forecasts'][0].liveSkill).toMatchObject({ n: 80, alarm: true })
  })
})

describe('what counts', () => {
  test('an outcome that was not known at the decision does not', async () => {
    await using place = await stationWith([{ days: 30, error: bad }])
    const dayBefore = new Date(endOfDay(addDays(localDay(LAST_DAY), -1), ZONE)).toISOString()
    const before = await infer(place, dayBefore)
    expect([before.code, before.summary['forecasts'][0].liveSkill]).toMatchObject([
      0,
      { n: 29, alarm: false },
    ])
    const after = await infer(place)
    expect([after.code, after.summary['forecasts'][0].liveSkill]).toMatchObject([3, { n: 30, alarm: true }])
  })

  test('the first revision does, not a better one made later; fallbacks and other decisions do not', async () => {
    const noon = 13 * 3_600_000
    await using place = await stationWith([
      { days: 40, error: bad },
      { days: 40, error: () => 0, change: { issuedAt: startOfDay(localDay(LAST_DAY), ZONE) + noon } },
      { days: 90, error: () => 0, change: { fallback: true, model: null } },
      { days: 90, error: () => 0, change: { decision: 'evening' } },
    ])
    const { code, summary } = await infer(place)
    expect([code, summary['forecasts'][0].liveSkill]).toMatchObject([3, { n: 40, alarm: true }])
    expect(rowsOf(place.state, 'aqi_forecasts_v1').length).toBeGreaterThan(200)
  })
})

describe('fallback: true', () => {
  test('a plain rule speaks in the place of the model, flagged, with the reason', async () => {
    await using place = await stationWith([{ days: 60, error: bad }], '{ fallback: true }')
    const { code, summary } = await infer(place)
    expect([code, summary['degraded'], codesOf(summary)]).toEqual([3, true, ['live-skill', 'fallback']])
    expect(summary['warnings'][1].message).toContain('worse than persistence; the forecast is by ewma')
    expect(summary['forecasts'][0]).toMatchObject({
      fallback: true,
      fallbackReason: 'live-skill',
      model: null,
      liveSkill: { n: 60, alarm: true },
      interval: { method: expect.stringContaining('ewma') },
    })
    const last = rowsOf(place.state, 'aqi_forecasts_v1').at(-1)
    expect(last).toMatchObject({ day: '2024-07-01', fallback: 1, model_version: null })
    const again = await infer(place)
    expect(again.summary['forecasts'][0]).toMatchObject({ new: false, fallbackReason: 'live-skill' })
  })

  test('the model speaks while there is no alarm', async () => {
    await using place = await stationWith([{ days: 60, error: good }], '{ fallback: true }')
    const { code, summary } = await infer(place)
    expect([code, summary['forecasts'][0].fallback]).toEqual([0, false])
  })

  test('a version is not silenced for what another said', async () => {
    const other = { model: { name: NAME, version: '0.9.0' } }
    await using place = await stationWith([{ days: 60, error: bad, change: other }], '{ fallback: true }')
    const { code, summary } = await infer(place)
    expect([code, codesOf(summary)]).toEqual([3, ['live-skill']])
    expect(summary['forecasts'][0]).toMatchObject({ fallback: false, liveSkill: { of: 'all', alarm: true } })
  })
})

test('in Hopsworks the same track record is read, online and by export', async () => {
  await using hopsworks = await startFake('hopsworks', QUICK)
  await using place = await stationWith([{ days: 60, error: bad }])
  const before = await infer(place)
  const env = { HOPSWORKS_BASE_URL: hopsworks.baseUrl, HOPSWORKS_API_KEY: 'fakePrefix.fakeSecret' }
  await copyToHopsworks(place, env)
  for (const read of ['online', 'export']) {
    await place.file(
      'config.yaml',
      `${CONFIG}featureStore: { kind: hopsworks, project: airq, read: ${read}, pollIntervalMs: 20, onlinePort: ${String(hopsworks.onlinePort)} }\n`,
    )
    const args = [place.config, '--state', place.state, '--now', NOW, '--json']
    const { code, summary } = await run('inference-pipeline', args, env)
    expect([read, code, summary['error']]).toEqual([read, 3, undefined])
    expect(summary['forecasts']).toEqual([{ ...before.summary['forecasts'][0], new: false }])
  }
}, 120_000)
