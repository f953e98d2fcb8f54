import { type DailyReading, localDay, startOfDay } from '@airq/aqi-client'
import type { AqiIdentityRow, AqiStationRow, IssuedInterval } from '@airq/feature-groups'
import { describe, expect, test } from 'vitest'
import { type Cause, checkStation, missedRuns, type StationFacts, type Thresholds } from '../src/index.ts'
import {
  day,
  every3h,
  facts,
  HOUR,
  imported,
  issued,
  NOW,
  reading,
  THRESHOLDS,
  TODAY,
  ZONE,
} from './support/facts.ts'

function check(cause: Cause, change: Partial<StationFacts>, thresholds: Partial<Thresholds> = {}, now = NOW) {
  const { results } = checkStation(facts(change), { now, thresholds: { ...THRESHOLDS, ...thresholds } })
  const found = results.find((result) => result.cause === cause)
  if (found === undefined) throw new Error(`there is no ${cause}`)
  return found
}

test('with nothing at all every check has not enough, and clears nothing', () => {
  const { results, identity } = checkStation(facts(), { now: NOW, thresholds: THRESHOLDS })
  expect(results.map(({ status, clears }) => `${status} ${String(clears)}`)).toEqual(
    Array(7).fill('not-enough false'),
  )
  expect(identity).toBeNull()
})

describe('stale-data', () => {
  test('at the threshold is not over it', () => {
    expect(check('stale-data', { readings: [reading(12, 40)] }).status).toBe('ok')
    expect(check('stale-data', { readings: [reading(12.1, 40), reading(15, 40)] }).status).toBe('alert')
    expect(check('stale-data', { days: [day(4, 40)] }).status).toBe('ok')
    expect(check('stale-data', { days: [day(5, 40)] })).toMatchObject({
      status: 'alert',
      message: 'the newest final day is 4 days behind, more than 3',
    })
  })

  test('a reading of long ago counts, be it among those that are looked at or not', () => {
    const silent = { newestReadingAt: NOW - 40 * 24 * HOUR, days: [day(1, 40)] }
    expect(check('stale-data', silent).message).toBe('no reading for 40 days, more than 12 h')
  })

  test('partial days and days not known yet are none; what is switched off is not looked at', () => {
    const days = [day(6, 40), day(2, 40, { status: 'partial' }), day(1, 40, { knownAt: NOW + 1 })]
    expect(check('stale-data', { days }).status).toBe('alert')
    expect(check('stale-data', { days }, { staleDays: 0 }).status).toBe('ok')
    expect(check('stale-data', { days }, { staleDays: 0, staleHours: 0 }).status).toBe('off')
  })
})

describe('missed-run', () => {
  test('a forecast is missing once its hours have gone by, for the decisions that have any', () => {
    const early = startOfDay(TODAY, ZONE) + 6 * HOUR - 1
    const rules = [{ decision: 'end-of-day' as const }, { decision: 'evening' as const, hour: 20 }]
    const ledger = { rules, issued: [issued(1)] }
    expect(check('missed-run', ledger, {}, early).status).toBe('ok')
    expect(check('missed-run', ledger, {}, early + 1)).toMatchObject({
      status: 'alert',
      message: expect.stringMatching(
        /^the end-of-day forecast of 2026-03-28T24 is not in the ledger/,
      ) as string,
    })
    expect(check('missed-run', { rules, issued: [issued(1), issued(0)] }).status).toBe('ok')
  })

  test('runs: each pipeline by its own hours; unknown ones are not missing', () => {
    const question = { now: NOW, thresholds: THRESHOLDS }
    const at = (feature: number | null, inference: number | null) =>
      missedRuns(
        [
          { pipeline: 'feature', startedAt: feature === null ? null : NOW - feature * HOUR },
          { pipeline: 'inference', startedAt: inference === null ? null : NOW - inference * HOUR },
        ],
        question,
      )
    expect(at(null, null)).toMatchObject({ status: 'not-enough', station: null })
    expect(at(7, null).status).toBe('ok')
    expect(at(8, 31).message).toBe(
      'feature: no good run for 8 h, more than 7 h; inference: no good run for 31 h, more than 30 h',
    )
    expect(missedRuns([{ pipeline: 'training', startedAt: 0 }], question).status).toBe('off')
  })
})

describe('low-skill and low-coverage', () => {
  /** Persistence is off by 20 or 40 points; the forecast by so many. */
  const record = (error: number, change: Partial<IssuedInterval> = {}, count = 90) => {
    const value = (back: number) => 100 + (back % 2 === 0 ? 1 : -1) * (back % 3 === 0 ? 10 : 20)
    return {
      days: Array.from({ length: count + 1 }, (_, i) => day(count + 1 - i, value(count + 1 - i))),
      issued: Array.from({ length: count }, (_, i) =>
        issued(i + 1, { aqi: value(i + 1) + error * (0.8 + (i % 5) / 10), lower: 0, upper: 500, ...change }),
      ),
    }
  }

  test('worse than persistence beyond chance; at its level in doubt; better is better', () => {
    expect(check('low-skill', record(60))).toMatchObject({ status: 'alert', clears: false })
    expect(check('low-skill', record(10))).toMatchObject({ status: 'ok', clears: true })
    const doubt = check('low-skill', record(10), { skill: { ...THRESHOLDS.skill, alarmBelow: 0.66 } })
    expect([doubt.status, doubt.figures['end-of-day, 90 days: outcomes']]).toEqual(['ok', 90])
  })

  test('fallbacks, late forecasts and other decisions count for nothing', () => {
    for (const change of [{ fallback: true }, { decision: 'evening' }, { issuedAt: NOW - HOUR }]) {
      expect(check('low-skill', record(60, change)).status).toBe('not-enough')
      expect(check('low-coverage', record(60, change)).status).toBe('not-enough')
    }
    expect(check('low-skill', record(60, {}, 19)).status).toBe('not-enough')
  })

  test('intervals that hold fewer than they should, beyond chance', () => {
    expect(check('low-coverage', record(0))).toMatchObject({ status: 'ok', clears: true })
    expect(check('low-coverage', record(0, { lower: 0, upper: 1 })).status).toBe('alert')
    // 14 of 90 outside: within chance of 9, but in doubt.
    const some = record(0)
    const mixed = some.issued.map((one, i) => (i < 14 ? { ...one, lower: 0, upper: 1 } : one))
    expect(check('low-coverage', { ...some, issued: mixed })).toMatchObject({ status: 'ok', clears: false })
  })
})

describe('stuck-sensor', () => {
  test('the same for 24 hours, pulled every three; not one reading less', () => {
    expect(check('stuck-sensor', { readings: every3h(9, () => 80) })).toMatchObject({
      status: 'alert',
      message: 'the same value all along: pm25 for 24 h',
    })
    expect(check('stuck-sensor', { readings: every3h(8, () => 80) }).status).toBe('ok')
    expect(check('stuck-sensor', { readings: every3h(20, (i) => (i === 5 ? 81 : 80)) }).status).toBe('ok')
  })

  test('those held back count; clean air, hours of a model and gaps do not', () => {
    const all = every3h(9, () => 80)
    expect(check('stuck-sensor', { readings: all.slice(4), heldBack: all.slice(0, 4) }).status).toBe('alert')
    expect(check('stuck-sensor', { readings: every3h(9, () => 4) }).status).toBe('ok')
    expect(check('stuck-sensor', { readings: every3h(9, () => 80, { evidence: 'model' }) }).status).toBe(
      'not-enough',
    )
    expect(
      check('stuck-sensor', { readings: [0, 12, 24, 36, 48, 60].map((h) => reading(h, 80)) }).status,
    ).toBe('ok')
  })

  test('a sensor that was stuck and then fell silent is not mended', () => {
    const days = [60, 61, 62, 63, 64, 65].map((value, i) => day(6 - i, value))
    expect(check('stuck-sensor', { days })).toMatchObject({ status: 'ok', clears: true })
    const silent = { days, newestReadingAt: NOW - 30 * HOUR }
    expect(check('stuck-sensor', silent)).toMatchObject({ status: 'ok', clears: false })
    expect(check('stuck-sensor', { days, readings: every3h(3, (i) => 60 + i) }).clears).toBe(true)
  })

  test('six final days in a row', () => {
    const days = (values: readonly number[]) => values.map((value, i) => day(values.length - i, value))
    expect(check('stuck-sensor', { days: days([9, 60, 60, 60, 60, 60, 60]) }).message).toContain(
      'pm25 for 6 days',
    )
    expect(check('stuck-sensor', { days: days([9, 9, 60, 60, 60, 60, 60]) }).status).toBe('ok')
    const gap = days([60, 60, 60, 60, 60, 60, 60]).filter((_, i) => i !== 3)
    expect(check('stuck-sensor', { days: gap }).status).toBe('ok')
  })
})

describe('identity-changed', () => {
  const told: AqiStationRow = {
    station: 'vienna',
    source: 'waqi',
    source_id: '1',
    name: 'Wien',
    latitude: 48.2,
    longitude: 16.37,
    attributions: '[]',
    known_at: NOW,
  }
  const identity: AqiIdentityRow = { ...told, since_ms: 0, changed_ms: null, known_at: 0 }

  test.each<[string, Partial<AqiStationRow>, string]>([
    ['id', { source_id: '2' }, 'id'],
    ['source', { source: 'open-meteo' }, 'source'],
    ['name', { name: 'Graz' }, 'name'],
    ['place', { latitude: 48.3 }, 'place (11 km away)'],
  ])('another %s', (_, change, word) => {
    const { status, message } = check('identity-changed', { told: { ...told, ...change }, identity })
    expect([status, message]).toEqual(['alert', `the source tells another ${word} than before`])
  })

  test('a name written otherwise, a place within a kilometre, and what is not told are the same', () => {
    for (const change of [{ name: ' WIEN ' }, { latitude: 48.205 }, { name: null }, { latitude: null }]) {
      expect(check('identity-changed', { told: { ...told, ...change }, identity }).status).toBe('ok')
    }
  })
})

describe('alignment-changed', () => {
  /** A walk that looks like chance and is the same every time. */
  const walk = (i: number) => 60 + 40 * Math.sin(i * 12.9898 + Math.sin(i * 78.233) * 3)
  const series = (pm25: (i: number) => number, change: Partial<DailyReading> = {}) =>
    Array.from({ length: 80 }, (_, i) =>
      day(80 - i, pm25(i), { sub: { pm25: pm25(i), pm10: walk(i) * 0.8 + 5 }, ...change }),
    )

  test('PM2.5 a day off the other columns, either way', () => {
    expect(check('alignment-changed', { days: series(walk) }).status).toBe('ok')
    expect(check('alignment-changed', { days: series((i) => walk(i + 1)) }).message).toContain('a day later')
    expect(check('alignment-changed', { days: series((i) => walk(i - 1)) }).message).toContain(
      'a day earlier',
    )
  })

  test('columns that have nothing to do with each other show no shift', () => {
    expect(check('alignment-changed', { days: series((i) => walk(i * 7 + 1000)) }).status).toBe('ok')
  })

  test('downloaded days a day off the readings pulled on them', () => {
    const readings = Array.from({ length: 60 * 8 }, (_, k) => {
      const one = reading(k * 3, 1)
      const back = Math.round(
        (startOfDay(TODAY, ZONE) - startOfDay(localDay(one.hour.slice(0, 10)), ZONE)) / (24 * HOUR),
      )
      return { ...one, sub: { pm25: walk(80 - back) } }
    })
    const only = (shift: number) =>
      series((i) => walk(i + shift), { origin: 'csv' }).map((one) => ({
        ...one,
        sub: { pm25: one.aqi ?? 0 },
      }))
    expect(check('alignment-changed', { readings, days: only(0) }).status).toBe('ok')
    expect(check('alignment-changed', { readings, days: only(1) }).message).toBe(
      'downloaded days beside the readings fit best a day later',
    )
  })

  test('an import that moved its columns otherwise than the one before, until one agrees, goes back, or it is long ago', () => {
    const days = series(walk)
    const other = { shift_pm25: 0, shift_o3: null }
    const [first, second] = [imported(0, 200), imported(1, 10, other)]
    expect(check('alignment-changed', { days, imports: [first] }).status).toBe('ok')
    expect(check('alignment-changed', { days, imports: [first, imported(1, 10)] }).status).toBe('ok')
    const back = [imported(0, 200, other), imported(1, 10)]
    expect(check('alignment-changed', { days, imports: back })).toMatchObject({
      status: 'alert',
      message: 'the last import moved its columns otherwise: pm25 -1 (before 0)',
      hint: expect.stringContaining('another lag'),
    })
    for (const third of [imported(2, 1, other), imported(2, 1)]) {
      const imports = [first, second, third]
      expect(check('alignment-changed', { days, imports }).status).toBe('ok')
    }
    expect(check('alignment-changed', { days, imports: [first, imported(1, 91, other)] }).status).toBe('ok')
    expect(check('alignment-changed', { days, imports: [first, second] }, { alignmentDays: 0 }).status).toBe(
      'off',
    )
  })

  test('a download from the other side of UTC moves all columns alike: no alert', () => {
    const east = { shift_pm25: 0, shift_pm10: 1, shift_o3: 1, shift_no2: 1, shift_so2: 1, shift_co: 1 }
    const imports = [imported(0, 20), imported(1, 10, east)]
    expect(check('alignment-changed', { days: series(walk), imports }).status).toBe('ok')
  })

  test('imports are not compared where shifts change within a file; one not known yet is none', () => {
    const days = series(walk)
    const other = imported(1, 10, { shift_pm25: 0 })
    for (const imports of [
      [imported(0, 20, { stretches: 9 }), other],
      [imported(0, 20), { ...other, stretches: 2 }],
      [imported(0, 20), { ...other, known_at: NOW + 1 }],
    ]) {
      expect(check('alignment-changed', { days, imports }).status).toBe('ok')
    }
  })

  test('shifted days and a changed import are told together', () => {
    const imports = [imported(0, 20), imported(1, 10, { shift_co: 1 })]
    const { message } = check('alignment-changed', { days: series((i) => walk(i + 1)), imports })
    expect(message).toBe(
      'pm25 beside the other pollutants fit best a day later; ' +
        'the last import moved its columns otherwise: co +1 (before 0)',
    )
  })
})
