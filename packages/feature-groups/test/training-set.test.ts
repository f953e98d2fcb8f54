import { addDays, dayNumber, type DailyReading, endOfDay, localDay } from '@airq/aqi-client'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  dailyColumns,
  decisionRow,
  type FeatureColumn,
  FeatureGroupsError,
  trainingRowsSha256,
  trainingSet,
} from '../src/index.ts'
import { daysOf, ramp } from './support/days.ts'

const decision = 'end-of-day'
const start = localDay('2023-01-01')
const withColumn = (column: FeatureColumn) => ({ decision, columns: [...dailyColumns, column] }) as const

function codeOf(run: () => unknown): string {
  try {
    run()
    return 'none'
  } catch (error) {
    return FeatureGroupsError.isInstance(error) ? error.code : String(error)
  }
}

describe('trainingSet', () => {
  test('one row a day whose next day is there: outcome, decision, instants', () => {
    const matrix = trainingSet(daysOf([30, 40, 50, 60]), { decision })
    expect(Array.from(matrix.outcomes)).toEqual([40, 50, 60])
    expect(Array.from(matrix.targetDays)).toEqual([1, 2, 3].map((n) => dayNumber(addDays(start, n))))
    expect(matrix.decidedAt[0]).toBe(endOfDay(start, 'Asia/Shanghai'))
    expect(matrix.outcomeKnownAt[0]).toBe(endOfDay(addDays(start, 1), 'Asia/Shanghai'))
  })

  test('over a gap the last value is carried two days, no further', () => {
    const matrix = trainingSet(daysOf([30, null, null, 60, null, null, null, 80, 90]), { decision })
    const last = matrix.columns.indexOf('aqi_last')
    const rows = Array.from(matrix.outcomes, (outcome, i) => [
      matrix.values[i * matrix.columns.length + last],
      outcome,
    ])
    expect(rows).toEqual([
      [30, 60], // D is the second day of the gap
      [80, 90], // after three days nothing is carried to 80
    ])
  })

  test('missing days and pollutants become NaN or a carried value, never zero', () => {
    const days = daysOf([30, null, 50, 60]).map((day, i) => (i === 0 ? { ...day, sub: { pm25: 30 } } : day))
    const matrix = trainingSet(days, { decision })
    const cell = (row: number, name: string) =>
      matrix.values[row * matrix.columns.length + matrix.columns.indexOf(name)]
    expect(cell(0, 'aqi_history_0')).toBeNaN()
    expect(cell(0, 'log_o3_lag_0')).toBeNaN()
    expect(cell(0, 'log_aqi_lag_0')).toBeCloseTo(Math.log1p(30))
    expect(Array.from(matrix.values).filter((value) => value === 0)).toEqual([])
  })

  test('a partial day is neither feature nor outcome', () => {
    const days = daysOf([30, 40, 50, 60]).map((day, i) =>
      i === 1 ? { ...day, status: 'partial' as const } : day,
    )
    expect(Array.from(trainingSet(days, { decision }).outcomes)).toEqual([50, 60])
  })

  test('the order of the days does not matter', () => {
    const days = daysOf(ramp(60))
    const hash = (of: readonly DailyReading[]) => trainingRowsSha256(trainingSet(of, { decision }))
    expect(hash(days.toReversed())).toBe(hash(days))
    expect(hash(daysOf(ramp(60).with(59, 7)))).not.toBe(hash(days))
  })
})

describe('what is known only later is refused', () => {
  const days = daysOf(ramp(80))

  test('a planted column equal to the target', () => {
    const cheat = {
      name: 'cheat',
      from: 'days',
      compute: (view) => view.value('aqi', -1),
    } satisfies FeatureColumn
    expect(() => trainingSet(days, withColumn(cheat))).toThrow(
      /the column "cheat" reads aqi of 2023-01-02, a day after the decision/,
    )
    expect(codeOf(() => trainingSet(days, withColumn(cheat)))).toBe('leakage')
  })

  test('a value from elsewhere that is known after the decision, by one millisecond', () => {
    const late = (ms: number): FeatureColumn => ({
      name: 'outside',
      from: 'elsewhere',
      compute: (view) => view.admit(5 + view.targetDay, view.decision.at + ms),
    })
    expect(codeOf(() => trainingSet(days, withColumn(late(1))))).toBe('leakage')
    expect(codeOf(() => trainingSet(days, withColumn(late(0))))).toBe('none')
  })

  test('a copy of the target that hides where it comes from', () => {
    const byDay = new Map(days.map((day) => [dayNumber(day.day), day.aqi ?? 0]))
    const hidden = (transform: (x: number) => number): FeatureColumn => ({
      name: 'hidden',
      from: 'elsewhere',
      compute: (view) => transform(byDay.get(view.targetDay) ?? Number.NaN),
    })
    expect(codeOf(() => trainingSet(days, withColumn(hidden((x) => x))))).toBe('leakage')
    expect(codeOf(() => trainingSet(days, withColumn(hidden(Math.log1p))))).toBe('leakage')
  })

  test('but a series that never changes is no leak', () => {
    expect(codeOf(() => trainingSet(daysOf(Array.from({ length: 80 }, () => 42)), { decision }))).toBe('none')
  })

  test('the same in serving', () => {
    const cheat = {
      name: 'cheat',
      from: 'days',
      compute: (view) => view.value('pm25', -1),
    } satisfies FeatureColumn
    expect(codeOf(() => decisionRow(days, addDays(start, 40), withColumn(cheat)))).toBe('leakage')
  })

  test('a day known after the decision reads as missing', () => {
    const late = days.map((day, i) => (i === 50 ? { ...day, knownAt: day.knownAt + 4 * 3_600_000 } : day))
    const row = decisionRow(late, addDays(start, 50), { decision })
    const cell = (name: string) => row.row.values[row.columns.indexOf(name)]
    expect(cell('aqi_history_0')).toBeNaN()
    expect([row.lastFinalDay, row.lead]).toEqual([addDays(start, 49), 2])
    expect(cell('aqi_last')).toBe(days[49]?.aqi)
  })
})

describe('training and serving agree', () => {
  const values = fc.array(fc.option(fc.integer({ min: 1, max: 500 }), { freq: 8 }), {
    minLength: 40,
    maxLength: 130,
  })
  const lateness = fc.array(fc.constantFrom(0, 0, 0, 5, 50), { minLength: 130, maxLength: 130 })
  const zones = fc.constantFrom('Asia/Shanghai', 'America/Sao_Paulo', 'Europe/Vienna')

  test('a training row is the decision row of its day, cell by cell, whatever comes later', () => {
    fc.assert(
      fc.property(values, lateness, zones, (series, hoursLate, zone) => {
        const days = daysOf(series, zone).map((day, i) => ({
          ...day,
          knownAt: day.knownAt + (hoursLate[i] ?? 0) * 3_600_000,
        }))
        const matrix = trainingSet(days, { decision })
        matrix.targetDays.forEach((target, i) => {
          const day = addDays(start, target - 1 - dayNumber(start))
          const decidedAt = matrix.decidedAt[i] ?? 0
          const asOf = days.filter(({ knownAt }) => knownAt <= decidedAt)
          const row = decisionRow(asOf, day, { decision })
          const width = matrix.columns.length
          expect(row.row.values).toEqual(matrix.values.slice(i * width, (i + 1) * width))
          expect(row.decidedAt).toBe(decidedAt)
        })
      }),
      { numRuns: 25 },
    )
  })

  test('cells equal a naive reading of the days known at the decision', () => {
    fc.assert(
      fc.property(values, lateness, (series, hoursLate) => {
        const days = daysOf(series).map((day, i) => ({
          ...day,
          knownAt: day.knownAt + (hoursLate[i] ?? 0) * 3_600_000,
        }))
        const matrix = trainingSet(days, { decision })
        matrix.targetDays.forEach((target, i) => {
          const known = days.filter(({ knownAt }) => knownAt <= (matrix.decidedAt[i] ?? 0))
          const on = (back: number) =>
            known.find(({ day }) => dayNumber(day) === target - 1 - back)?.aqi ?? null
          const recent = Array.from({ length: 7 }, (_, back) => on(back)).filter((aqi) => aqi !== null)
          const mean = recent.reduce((sum, aqi) => sum + Math.log1p(aqi), 0) / recent.length
          const cell = (name: string) =>
            matrix.values[i * matrix.columns.length + matrix.columns.indexOf(name)] ?? Number.NaN
          expect(cell('aqi_history_3')).toBe(on(3) ?? Number.NaN)
          expect(cell('log_aqi_mean_7')).toBeCloseTo(mean, 12)
        })
      }),
      { numRuns: 25 },
    )
  })
})

describe('decisionRow', () => {
  const days = daysOf(ramp(60))

  test('is for the day after the decision, from the last final day', () => {
    const row = decisionRow(days, addDays(start, 59), { decision })
    expect(row).toMatchObject({
      targetDay: '2023-03-02',
      lastFinalDay: '2023-03-01',
      lead: 1,
      lastAqi: days[59]?.aqi,
    })
  })

  test('data may be three days old, not four', () => {
    expect(decisionRow(days, addDays(start, 62), { decision }).lead).toBe(4)
    expect(() => decisionRow(days, addDays(start, 63), { decision })).toThrow(
      expect.objectContaining({
        code: 'stale-data',
        details: { lastFinalDay: '2023-03-01', decisionDay: '2023-03-05' },
      }),
    )
  })

  test('nothing known yet is told', () => {
    expect(codeOf(() => decisionRow([], start, { decision }))).toBe('no-data')
    expect(codeOf(() => decisionRow(days, addDays(start, -5), { decision }))).toBe('no-data')
  })
})
