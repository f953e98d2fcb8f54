import { describe, expect, test } from 'vitest'
import { dailySeries, defaultRecipe, fitRecipe, ModelError, rowAt, rowCount } from '../src/index.ts'
import { dailySeries as madeUp } from './support/series.ts'

const weekly = (days: number) => madeUp(days).map((value, i) => value * (i % 7 === 5 ? 2 : 1))

describe('rows of a daily series', () => {
  test('a row holds its day and the days before, its outcome is the next day', () => {
    const values = Array.from({ length: 40 }, (_, i) => i)
    const { matrix, next } = dailySeries(values, '2024-02-20')
    const column = (name: string) => matrix.columns.indexOf(name)
    const row = rowAt(matrix, 20)
    expect([row.values[column('last')], row.values[column('value_1')]]).toEqual([20, 19])
    expect(row.values[column('log_13')]).toBeCloseTo(Math.log1p(7))
    expect(matrix.outcomes[20]).toBe(21)
    expect(next.values[column('last')]).toBe(39)
    expect(new Date(next.targetDay * 86_400_000).toISOString()).toMatch(/^2024-03-31/)
  })

  test('a change of a later value changes no earlier row', () => {
    const values = weekly(120)
    const [one, other] = [values, values.with(60, 999)].map((each) => dailySeries(each, '2024-01-01').matrix)
    for (let i = 0; i < 60; i++) expect(rowAt(one!, i)).toEqual(rowAt(other!, i))
    expect(rowAt(one!, 60)).not.toEqual(rowAt(other!, 60))
  })

  test('days without a value have no row as targets, and are carried over for at most two days', () => {
    const values = [...weekly(100), null, Number.NaN, 70, null, null, null, 80, 81]
    const { matrix, next } = dailySeries(values, '2024-01-01')
    expect(matrix.outcomes).not.toContain(Number.NaN)
    // Of the last eight days, 70 follows two gaps and 81 a value; 80 follows three gaps.
    expect(rowCount(matrix)).toBe(99 + 2)
    expect(next.values[0]).toBe(81)
  })

  test('the week is learnt', () => {
    const { matrix, next } = dailySeries(weekly(600), '2024-01-01')
    const model = fitRecipe(defaultRecipe('ridge'), matrix, { seed: 1 })
    const errors = (row: ReturnType<typeof rowAt>, outcome: number) => Math.abs(model.predict(row) - outcome)
    const mean =
      matrix.outcomes.reduce((sum, y, i) => sum + errors(rowAt(matrix, i), y), 0) / rowCount(matrix)
    const naive =
      matrix.outcomes.reduce((sum, y, i) => sum + Math.abs((rowAt(matrix, i).values[0] ?? 0) - y), 0) /
      rowCount(matrix)
    expect(mean).toBeLessThan(0.75 * naive)
    expect(model.predict(next)).toBeGreaterThan(0)
  })

  test.each([
    ['a negative value', [1, -1, 2], '2024-01-01', 'bad-matrix', /value 1 .* -1/],
    ['an infinite value', [1, Infinity, 2], '2024-01-01', 'bad-matrix', /Infinity/],
    ['a day that is none', [1, 2, 3], '2024-02-30', 'bad-matrix', /2024-02-30/],
    ['a single value', [1], '2024-01-01', 'too-few-rows', /two days/],
    ['an end without values', [1, 2, null, null, null], '2024-01-01', 'too-few-rows', /last three/],
  ] as const)('%s is refused', (_, values, firstDay, code, message) => {
    const error = (() => {
      try {
        dailySeries([...values], firstDay)
      } catch (thrown) {
        return thrown
      }
      return undefined
    })()
    expect(ModelError.isInstance(error) && [error.code, error.fault]).toEqual([code, 'input'])
    expect((error as Error).message).toMatch(message)
  })
})
