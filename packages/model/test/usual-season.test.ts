import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SEASON_DAYS, usualFrom, usualOfRows } from '../src/forecasters/usual-season.ts'
import type { TrainingMatrix } from '../src/index.ts'

const DAY = 86_400_000
const FIRST = 16_000

/** One row a target day; decided as the day before it ends, known as it ends itself. */
function matrixOf(
  values: readonly (number | null)[],
  knownAfterDays: (day: number) => number = () => 1,
): TrainingMatrix {
  const days = values.flatMap((value, day) => (value === null ? [] : [{ value, day: FIRST + day }]))
  return {
    columns: ['last'],
    roles: { last: 'last', history: [] },
    values: new Float64Array(days.length),
    outcomes: Float64Array.from(days, ({ value }) => value),
    targetDays: Int32Array.from(days, ({ day }) => day),
    decidedAt: Float64Array.from(days, ({ day }) => day * DAY),
    outcomeKnownAt: Float64Array.from(days, ({ day }) => (day + knownAfterDays(day - FIRST)) * DAY),
  }
}

/** The definition, written out. */
function byDefinition(values: readonly (number | null)[], day: number): number {
  const logs: number[] = []
  for (let years = 1; years < 20; years++) {
    for (let off = -15; off <= 15; off++) {
      const value = values[day - Math.round(years * 365.25) + off]
      if (value !== null && value !== undefined) logs.push(Math.log1p(value))
    }
  }
  return logs.length < 21 ? Number.NaN : logs.reduce((sum, log) => sum + log, 0) / logs.length
}

const YEARS = fc.array(fc.option(fc.integer({ min: 0, max: 500 }), { freq: 5 }), {
  minLength: 300,
  maxLength: 1600,
})

describe('the usual value of the season', () => {
  test('is the mean log of two weeks on either side in all earlier years', () => {
    fc.assert(
      fc.property(YEARS, (values) => {
        const usual = usualOfRows(matrixOf(values))
        const days = values.flatMap((value, day) => (value === null ? [] : [day]))
        for (const [row, day] of days.entries()) {
          const expected = byDefinition(values, day)
          if (Number.isNaN(expected)) expect(usual[row]).toBeNaN()
          else expect(usual[row]).toBeCloseTo(expected, 9)
        }
      }),
      { numRuns: 10 },
    )
  })

  test('of the days after the last row goes on alike', () => {
    const values = Array.from({ length: 1200 }, (_, day) => 80 + Math.round(60 * Math.sin(day / 58)))
    const { firstDay, logs } = usualFrom(matrixOf(values))
    expect(firstDay).toBe(FIRST + 1200)
    expect(logs).toHaveLength(SEASON_DAYS)
    for (const ahead of [0, 30, 200]) expect(logs[ahead]).toBeCloseTo(byDefinition(values, 1200 + ahead), 9)
  })

  test('says nothing without a year behind it', () => {
    expect([...usualOfRows(matrixOf(Array.from({ length: 340 }, () => 50)))].every(Number.isNaN)).toBe(true)
    expect([...usualOfRows(matrixOf([]))]).toEqual([])
    expect(usualFrom(matrixOf([])).logs.every(Number.isNaN)).toBe(true)
  })

  test('leaves out what became known only long after its day', () => {
    const values = Array.from({ length: 800 }, () => 50)
    const late = usualOfRows(matrixOf(values, (day) => (day < 400 ? 390 : 1)))
    expect(late[390]).toBeNaN()
    expect(late[799]).toBeCloseTo(Math.log1p(50), 9)
  })
})
