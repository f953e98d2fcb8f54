import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addDays, type DailyReading, endOfDay, localDay, startOfDay } from '@airq/aqi-client'
import { openSqliteStore } from '@airq/feature-store/sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { aqiForecasts, type LedgerEntry, liveSkill, readIssued, recordForecast } from '../src/index.ts'

const ZONE = 'Asia/Shanghai'
const FIRST = localDay('2026-01-01')
const LATER = Date.UTC(2027, 0, 1)

/** AQI 80 and 120 by turns: persistence is always off by 40. */
const days: DailyReading[] = Array.from({ length: 80 }, (_, i) => {
  const day = addDays(FIRST, i)
  const aqi = i % 2 === 0 ? 80 : 120
  return {
    day,
    timeZone: ZONE,
    aqi,
    sub: { pm25: aqi },
    status: 'final',
    origin: 'csv',
    unit: 'sub-index',
    scale: 'us-epa-2015',
    hours: null,
    knownAt: endOfDay(day, ZONE),
  }
})

/** A forecast of day `i` that is off by `error`. */
function entry(i: number, error: number, change: Partial<LedgerEntry> = {}): LedgerEntry {
  const day = addDays(FIRST, i)
  const aqi = (i % 2 === 0 ? 80 : 120) + error
  return {
    station: 'beijing',
    day,
    timeZone: ZONE,
    issueSlot: `${addDays(FIRST, i - 1)}T24`,
    issuedAt: startOfDay(day, ZONE) + 1000,
    decision: 'end-of-day',
    horizon: 1,
    lead: 1,
    aqi,
    lower: 0,
    upper: 300,
    coverage: 0.9,
    intervalMethod: 'm',
    category: 'moderate',
    probabilities: {
      good: 0,
      moderate: 1,
      'unhealthy-sensitive': 0,
      unhealthy: 0,
      'very-unhealthy': 0,
      hazardous: 0,
    },
    scale: 'us-epa-2015',
    model: { name: 'm', version: '1.0.0' },
    informationSet: 'daily',
    informationHash: 'h',
    lastFinalDay: addDays(FIRST, i - 1),
    hoursToday: null,
    fallback: false,
    simulated: false,
    ...change,
  }
}

const all = (error: (i: number) => number) => Array.from({ length: 79 }, (_, i) => entry(i + 1, error(i)))
/** Persistence is off by 40, this by 60 and more. */
const badly = (i: number) => (i % 3 === 0 ? -70 : 60)
const asked = { days, knownBy: LATER, since: FIRST, leastDays: 30 }

test('forecasts better than persistence raise no doubt', () => {
  const skill = liveSkill({ ...asked, issued: all((i) => (i % 3) * 10), since: addDays(FIRST, 20) })
  expect(skill).toMatchObject({
    n: 60,
    firstDay: addDays(FIRST, 20),
    lastDay: addDays(FIRST, 79),
    persistenceMae: 40,
  })
  expect(skill?.mae).toBeCloseTo(10, 0)
  expect(skill?.pPersistenceBetter).toBeGreaterThan(0.99)
})

test('forecasts worse than persistence are told beyond chance', () => {
  const skill = liveSkill({ ...asked, issued: all(badly) })
  expect(skill?.mae).toBeGreaterThan(60)
  expect(skill?.pPersistenceBetter).toBeLessThan(0.01)
})

test('of several revisions the first counts, and only one issued in time by a model', () => {
  const hour = 3_600_000
  const { day } = entry(5, 0)
  const at = (hours: number) => startOfDay(day, ZONE) + hours * hour
  const issued = [
    entry(5, 50, { issuedAt: at(9) }),
    entry(5, 10, { issuedAt: at(1) }),
    entry(5, 0, { issuedAt: at(0), fallback: true, model: null }),
    entry(6, 1, { issuedAt: at(24 + 13) }),
  ]
  expect(liveSkill({ ...asked, issued })).toMatchObject({ n: 1, mae: 10, pPersistenceBetter: null })
})

test('outcomes not known yet do not count', () => {
  const issued = [entry(3, 10)]
  expect(liveSkill({ ...asked, issued, knownBy: endOfDay(addDays(FIRST, 3), ZONE) - 1 })).toBeNull()
  expect(liveSkill({ ...asked, issued, knownBy: endOfDay(addDays(FIRST, 3), ZONE) })?.n).toBe(1)
})

test('nothing is told of chance with fewer than the least days', () => {
  const issued = all(badly).slice(0, 29)
  expect(liveSkill({ ...asked, issued })).toMatchObject({ n: 29, pPersistenceBetter: null })
  const p = liveSkill({ ...asked, issued, leastDays: 29 })?.pPersistenceBetter
  expect(p).toBeLessThan(0.05)
})

test('a version is judged by the days on which it spoke first', () => {
  const newer = { name: 'm', version: '1.1.0' }
  const later = startOfDay(addDays(FIRST, 10), ZONE) + 2000
  const issued = [
    ...all(badly).slice(0, 40),
    entry(10, 0, { issuedAt: later, model: newer }),
    ...all(() => 5)
      .slice(40)
      .map((one) => ({ ...one, model: newer })),
  ]
  expect(liveSkill({ ...asked, issued, by: newer })).toMatchObject({ n: 39, mae: 5 })
  expect(liveSkill({ ...asked, issued })?.n).toBe(79)
  expect(liveSkill({ ...asked, issued, by: { ...newer, version: '2.0.0' } })).toBeNull()
})

test('a ledger gives back what it was told, every revision of the days asked for', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'airq-live-skill-'))
  const store = await openSqliteStore({ path: join(folder, 'a.sqlite'), clock: { now: () => 1 } })
  onTestFinished(async () => {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  })
  await store.ensure(aqiForecasts)
  for (const one of all(badly)) await recordForecast(store, one)
  await recordForecast(store, entry(7, 3, { fallback: true, model: null, informationHash: 'other' }))
  const span = { from: startOfDay(addDays(FIRST, 5), ZONE), to: startOfDay(addDays(FIRST, 8), ZONE) }
  const read = await readIssued(store, 'beijing', span)
  expect(read.map(({ day, fallback, model }) => [day, fallback, model?.version])).toEqual([
    [addDays(FIRST, 5), false, '1.0.0'],
    [addDays(FIRST, 6), false, '1.0.0'],
    [addDays(FIRST, 7), false, '1.0.0'],
    [addDays(FIRST, 7), true, undefined],
    [addDays(FIRST, 8), false, '1.0.0'],
  ])
  expect(await readIssued(store, 'paris', span)).toEqual([])
})
