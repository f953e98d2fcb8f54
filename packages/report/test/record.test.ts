import { addDays, type DailyReading } from '@airq/aqi-client'
import type { AqiForecastRow } from '@airq/feature-groups'
import { describe, expect, test } from 'vitest'
import { report, type StationFacts } from '../src/index.ts'
import { days, evening, forecast, ledger, NOW, question, station, TODAY } from './support/sample.ts'

const HOUR = 3_600_000

function recordOf(change: Partial<StationFacts>, publishObservations = true) {
  const { feed } = report(question({ stations: [station(change)], publishObservations }))
  const records = feed.stations[0]?.trackRecord ?? []
  return records[0] ?? { total: null, months: [], fallbackDays: Number.NaN, lateDays: Number.NaN }
}

const CALM = days(60).map((day, i): DailyReading => ({ ...day, status: 'final', aqi: 100 + (i % 2) * 20 }))
/** Off by as much, on each of the 30 last days. */
const off = (error: number, change: (i: number) => Partial<AqiForecastRow> = () => ({})) =>
  Array.from({ length: 30 }, (_, k) => {
    const i = k - 30
    const actual = CALM[60 + i]?.aqi ?? 0
    return evening(i, { aqi: actual + error, lower: actual - 1, upper: actual + 40, ...change(i) })
  })

describe('what counts', () => {
  test('errors against persistence at the same decision, intervals and classes', () => {
    // Persistence of an evening says the day before yesterday: here always right by two days' rhythm.
    expect(recordOf({ days: CALM, ledger: off(5) }).total).toMatchObject({
      n: 30,
      mae: 5,
      persistenceMae: 0,
      coverage: 1,
      firstDay: addDays(TODAY, -30),
      lastDay: addDays(TODAY, -1),
    })
    const longer = off(5, (i) => ({ last_final_day: addDays(TODAY, i - 1) }))
    expect(recordOf({ days: CALM, ledger: longer }).total).toMatchObject({ persistenceMae: 20, skill: 0.75 })
  })

  test('an evening only before its day begins; the first revision and no better one later', () => {
    const start = (i: number) => evening(i).day_start
    const late = off(5, (i) => (i === -4 ? { issued_at: start(i) } : {}))
    expect(recordOf({ days: CALM, ledger: late })).toMatchObject({ total: { n: 29 }, lateDays: 1 })
    const onTime = off(5, (i) => (i === -4 ? { issued_at: start(i) - 1 } : {}))
    expect(recordOf({ days: CALM, ledger: onTime })).toMatchObject({ total: { n: 30 }, lateDays: 0 })
    const better = evening(-4, { aqi: CALM[56]?.aqi ?? 0, revision: 1, issued_at: evening(-4).issued_at + 1 })
    expect(recordOf({ days: CALM, ledger: [better, ...off(5)] }).total?.mae).toBe(5)
  })

  test('a revision made after the event and dated before the first counts no more than any other', () => {
    const backdated = evening(-4, {
      aqi: CALM[56]?.aqi ?? 0,
      revision: 1,
      issued_at: evening(-4).issued_at - HOUR,
    })
    const late = off(5, (i) => (i === -4 ? { issued_at: evening(i).day_start + HOUR } : {}))
    expect(recordOf({ days: CALM, ledger: [...late, backdated] })).toMatchObject({ total: { n: 29 } })
  })

  test.each([
    ['end-of-day', (i: number) => `${addDays(TODAY, i - 1)}T24`, 0],
    ['morning', (i: number) => `${addDays(TODAY, i)}T06`, 6],
  ])('%s only within the hour of its decision', (decision, slot, hour) => {
    const rows = (minutes: number) =>
      off(5, (i) => ({
        decision,
        issue_slot: slot(i),
        issued_at: forecast(i).day_start + hour * HOUR + minutes * 60_000,
      }))
    const rules = [
      decision === 'morning' ? { decision, hour } : { decision: 'end-of-day' },
    ] as StationFacts['rules']
    expect(recordOf({ days: CALM, ledger: rows(59), rules })).toMatchObject({ total: { n: 30 } })
    expect(recordOf({ days: CALM, ledger: rows(60), rules })).toMatchObject({ total: null, lateDays: 30 })
  })

  test('no fallback, no partial day, no outcome known later than now, no other scale', () => {
    const fallback = off(5, (i) => (i > -6 ? { fallback: true, model_name: null, model_version: null } : {}))
    expect(recordOf({ days: CALM, ledger: fallback })).toMatchObject({ total: { n: 25 }, fallbackDays: 5 })
    const changed = CALM.with(50, { ...CALM[50], status: 'partial' } as DailyReading).with(52, {
      ...CALM[52],
      knownAt: NOW + 100 * HOUR,
    } as DailyReading)
    // Each of the two days is an outcome once and what persistence says once.
    expect(recordOf({ days: changed, ledger: off(5) }).total?.n).toBe(27)
    expect(recordOf({ days: CALM, ledger: off(5, () => ({ scale: 'cn-hj633-2012' })) }).total).toBeNull()
  })

  test('decisions of another hour are told apart', () => {
    const rules = [{ decision: 'evening', hour: 21 }] as const
    const { feed } = report(
      question({ stations: [station({ days: CALM, ledger: off(5), rules })], publishObservations: true }),
    )
    expect(feed.stations[0]?.trackRecord.map(({ hour, total }) => [hour, total?.n ?? 0])).toEqual([
      [21, 0],
      [20, 30],
    ])
  })
})

describe('private observations', () => {
  const FILES = (change: Partial<StationFacts>) => report(question({ stations: [station(change)] })).files
  const all = days(400)
  const altered = (from: string, to: string) =>
    all.map((day): DailyReading =>
      day.aqi !== null && day.day >= from && day.day <= to ? { ...day, aqi: day.aqi + 37, sub: {} } : day,
    )

  test('no file tells anything of a day of the running month', () => {
    expect(FILES({ days: altered('2026-01-01', '2026-01-07') })).toEqual(FILES({}))
    expect(FILES({ days: altered('2025-12-05', '2025-12-05') })).not.toEqual(FILES({}))
  })

  test('nor of a month with few forecasts', () => {
    const short = { ledger: ledger(15) }
    expect(FILES({ ...short, days: altered('2025-01-01', '2026-01-07') })).toEqual(FILES(short))
  })

  test('no observed value is in the feed, and no day with its error on the page', () => {
    const files = FILES({})
    const feed = JSON.parse(files.at(-1)?.content ?? '') as {
      observationsPublished: boolean
      stations: object[]
    }
    expect(feed.observationsPublished).toBe(false)
    expect(feed.stations[0]).not.toHaveProperty('observations')
    const html = files[0]?.content ?? ''
    expect(html).not.toContain('Worst misses')
    expect(html).not.toContain('>Observed<')
    expect(html).toContain('Observed values are not shown')
  })

  test('published, they stand beside the forecasts', () => {
    const { files, feed } = report(question({ publishObservations: true }))
    expect(feed.stations[0]?.observations?.at(-1)).toEqual({ day: '2026-01-07', aqi: all.at(-1)?.aqi })
    const html = files[0]?.content ?? ''
    expect(html).toContain('Worst misses')
    expect(html).toContain('>Observed<')
    expect(html).toContain('class="cross"')
  })

  test('months are told as sums, the running one is left out', () => {
    const months = recordOf({}, false).months.map(({ month }) => month)
    expect(months.at(-1)).toBe('2025-12')
    expect(recordOf({}).months.at(-1)?.month).toBe('2026-01')
  })
})
