import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { backtest, defaultRecipe, FORECASTER_IDS, knownRows, monthIndex, rowCount } from '../src/index.ts'
import { dailySeries, matrixOf } from './support/series.ts'

const recipes = FORECASTER_IDS.map(defaultRecipe)
const options = { testDays: 100, seed: 1 }

describe('backtest', () => {
  test('forecasts the last rows, one a recipe and day', async () => {
    const matrix = matrixOf(dailySeries(500))
    const result = await backtest(matrix, recipes, options)
    expect(result.targetDays).toEqual(Array.from(matrix.targetDays.slice(-100)))
    expect(result.actual).toEqual(Array.from(matrix.outcomes.slice(-100)))
    expect(result.forecasts.map((one) => one.length)).toEqual([100, 100, 100, 100])
    expect(result.forecasts.flat().every(Number.isFinite)).toBe(true)
  })

  test('refits once a calendar month of the targets and tells of it', async () => {
    const matrix = matrixOf(dailySeries(500))
    const told: string[] = []
    const result = await backtest(matrix, recipes.slice(0, 1), {
      ...options,
      onRefit: (done, total) => told.push(`${String(done)}/${String(total)}`),
    })
    expect(result.refits).toBe(new Set(result.targetDays.map(monthIndex)).size)
    expect(told.at(-1)).toBe(`${String(result.refits)}/${String(result.refits)}`)
  })

  test('no forecast changes when the outcomes after it do', async () => {
    const values = dailySeries(320)
    const before = await backtest(matrixOf(values), recipes, { testDays: 60, seed: 1 })
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 59 }),
        fc.integer({ min: 0, max: 900 }),
        async (cut, other) => {
          // From the outcome of test day `cut` on, everything is different.
          const changed = values.map((value, i) => (i >= values.length - 60 + cut ? other : value))
          const after = await backtest(matrixOf(changed), recipes, { testDays: 60, seed: 1 })
          expect(after.forecasts.map((one) => one.slice(0, cut + 1))).toEqual(
            before.forecasts.map((one) => one.slice(0, cut + 1)),
          )
        },
      ),
      { numRuns: 15 },
    )
  })

  test('a fit sees exactly the rows whose outcome was known', () => {
    const matrix = matrixOf(dailySeries(50))
    const late = {
      ...matrix,
      outcomeKnownAt: matrix.outcomeKnownAt.map((at, i) => (i === 3 ? at + 1e12 : at)),
    }
    const decided = late.decidedAt[10] ?? 0
    const known = knownRows(late, decided)
    expect(rowCount(known)).toBe(9) // rows 0 … 9, without row 3
    expect(Array.from(known.outcomeKnownAt).every((at) => at <= decided)).toBe(true)
  })

  test('more test days than rows are refused with the way out', async () => {
    await expect(backtest(matrixOf(dailySeries(80)), recipes, options)).rejects.toMatchObject({
      code: 'too-few-rows',
      hint: expect.stringContaining('testDays') as string,
    })
  })

  test('rows out of order and outcomes that are no numbers are refused', async () => {
    const matrix = matrixOf(dailySeries(300))
    const bad = { ...matrix, outcomes: matrix.outcomes.with(7, Number.NaN) }
    await expect(backtest(bad, recipes, options)).rejects.toMatchObject({ code: 'bad-matrix' })
    const shuffled = { ...matrix, decidedAt: matrix.decidedAt.toReversed() }
    await expect(backtest(shuffled, recipes, options)).rejects.toMatchObject({ code: 'bad-matrix' })
  })

  test('stops when aborted', async () => {
    const controller = new AbortController()
    const running = backtest(matrixOf(dailySeries(500)), recipes, {
      ...options,
      signal: controller.signal,
      onRefit: () => {
        controller.abort(new Error('enough'))
      },
    })
    await expect(running).rejects.toThrow('enough')
  })
})
