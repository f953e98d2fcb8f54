import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  backtest,
  boostedRidge,
  defaultRecipe,
  fitRecipe,
  fitSpread,
  FORECASTER_IDS,
  issuedBy,
  knownRows,
  loadModel,
  monthIndex,
  packResiduals,
  type Recipe,
  residualsOf,
  rowAt,
  rowCount,
} from '../src/index.ts'
import { dailySeries, matrixOf } from './support/series.ts'

const recipes = FORECASTER_IDS.map(defaultRecipe)
const options = { testDays: 100, seed: 1 }

describe('backtest', () => {
  test('forecasts test and warm-up rows, one a recipe and day', async () => {
    const matrix = matrixOf(dailySeries(500))
    const result = await backtest(matrix, recipes, { ...options, warmUpDays: 150 })
    expect(result.testFrom).toBe(150)
    expect(result.targetDays).toEqual(Array.from(matrix.targetDays.slice(-250)))
    expect(result.actual).toEqual(Array.from(matrix.outcomes.slice(-250)))
    expect(result.forecasts.map((one) => one.length)).toEqual(result.forecasts.map(() => 250))
    expect(result.forecasts.flat().every(Number.isFinite)).toBe(true)
  })

  test('refits once a calendar month of the targets and tells of it', async () => {
    const matrix = matrixOf(dailySeries(500))
    const told: string[] = []
    const result = await backtest(matrix, recipes.slice(0, 1), {
      ...options,
      onRefit: (done, total) => told.push(`${String(done)}/${String(total)}`),
    })
    expect(result.refits).toBe(new Set(result.targetDays.slice(result.testFrom).map(monthIndex)).size)
    // 80 rows are left to learn from; the warm-up before the test is refitted once a quarter.
    expect(result.testFrom).toBe(rowCount(matrix) - 100 - 80)
    const quarters = new Set(
      result.targetDays.slice(0, result.testFrom).map((day) => Math.floor(monthIndex(day) / 3)),
    )
    const all = String(result.refits + quarters.size)
    expect(told.at(-1)).toBe(`${all}/${all}`)
  })

  test('no forecast changes when the outcomes after it do', async () => {
    const values = dailySeries(320)
    const few = { testDays: 60, warmUpDays: 0, seed: 1 }
    const quick = recipes.filter(({ id }) => id !== 'blend')
    const before = await backtest(matrixOf(values), quick, few)
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 59 }),
        fc.integer({ min: 0, max: 900 }),
        async (cut, other) => {
          // From the outcome of test day `cut` on, everything is different.
          const changed = values.map((value, i) => (i >= values.length - 60 + cut ? other : value))
          const after = await backtest(matrixOf(changed), quick, few)
          expect(after.forecasts.map((one) => one.slice(0, cut + 1))).toEqual(
            before.forecasts.map((one) => one.slice(0, cut + 1)),
          )
        },
      ),
      { numRuns: 8 },
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

  test('the serving model says the very number the backtest says for the same day', async () => {
    const matrix = matrixOf(dailySeries(900))
    const recipe: Recipe = { id: 'boosted-ridge', params: { ...boostedRidge.defaults, trees: 20 } }
    const result = await backtest(matrix, [recipe], { testDays: 200, warmUpDays: 200, seed: 1 })
    const issued = issuedBy(result, 0, { coverage: 0.9, classBounds: [50.5, 100.5] })
    // A model trained at a refit of the backtest serves until the next one.
    const months = result.targetDays.map(monthIndex)
    const refit = months.findIndex((month, i) => i > result.testFrom + 60 && month !== months[i - 1])
    const trainedAt = result.decidedAt[refit] ?? 0
    const training = knownRows(matrix, trainedAt)
    const carried = residualsOf(result, 0).filter(({ knownAt }) => knownAt <= trainedAt)
    const served = loadModel(
      JSON.parse(
        JSON.stringify({
          format: 'airq-forecast-model',
          formatVersion: 2,
          station: 'somewhere',
          target: {
            name: 'aqi',
            scale: 's',
            timeZone: 'UTC',
            dailyValue: 'mean',
            classBounds: [50.5, 100.5],
          },
          decision: 'end-of-day',
          decisionHour: 24,
          lead: 1,
          coverage: 0.9,
          simulated: true,
          informationSets: {
            daily: {
              needs: [],
              columns: matrix.columns,
              recipe,
              fitted: fitRecipe(recipe, training, { seed: 1 }).toJSON(),
              spread: fitSpread(training, { seed: 1 }).toJSON(),
              residuals: packResiduals(carried),
              residualsFrom: { kind: 'backtest', firstDay: '2020-01-01', lastDay: '2020-12-31' },
            },
          },
        }),
      ),
    )
    const recent = served.residualsOn(matrix)
    for (const i of [refit, refit + 1, refit + 13, refit + 27]) {
      expect(months[i]).toBe(months[refit])
      const row = rowAt(matrix, rowCount(matrix) - result.actual.length + i)
      const decidedAt = result.decidedAt[i] ?? 0
      expect(served.forecast({ columns: matrix.columns, row, decidedAt, recent })).toEqual(
        issued[i - result.testFrom],
      )
    }
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
