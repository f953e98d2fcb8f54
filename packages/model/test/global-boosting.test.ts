import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  backtest,
  defaultRecipe,
  firstRows,
  fitRecipe,
  globalBoosting,
  knownRows,
  loadFitted,
  ModelError,
  rowAt,
  rowCount,
  type TrainingMatrix,
} from '../src/index.ts'
import { backtestInParallel } from '../src/node/index.ts'
import { dailySeries, matrixOf } from './support/series.ts'

const context = { seed: 1 }
const RECIPE = { id: 'global-boosting', params: { ...globalBoosting.defaults, trees: 60 } }

/** A series like the others at a level of its own. */
const scaled = (days: number, seed: number, factor: number) =>
  withLogs(matrixOf(dailySeries(days, seed).map((value) => Math.round(value * factor))))

function withLogs(matrix: TrainingMatrix): TrainingMatrix {
  const logs = matrix.columns.filter((name) => name.startsWith('log_'))
  return { ...matrix, roles: { ...matrix.roles, logs } }
}

function pooled(series: readonly TrainingMatrix[]): TrainingMatrix[] {
  return series.map((each) => ({ ...each, pool: { series, knownAt: Number.POSITIVE_INFINITY } }))
}

function errorOf(
  fitted: { predict: (row: ReturnType<typeof rowAt>) => number },
  matrix: TrainingMatrix,
  from: number,
) {
  let sum = 0
  for (let row = from; row < rowCount(matrix); row++)
    sum += Math.abs(fitted.predict(rowAt(matrix, row)) - (matrix.outcomes[row] ?? 0))
  return sum
}

describe('boosting over all series', () => {
  test('a series too short to learn from forecasts by what the others taught, whatever their level', () => {
    const young = scaled(420, 9, 3)
    const [short = young] = pooled([firstRows(young, 100), scaled(1500, 2, 1), scaled(1500, 3, 0.5)])
    const others = fitRecipe(RECIPE, short, context)
    const alone = fitRecipe(
      { ...RECIPE, params: { ...RECIPE.params, minRows: 20 } },
      firstRows(young, 100),
      context,
    )
    expect(errorOf(others, young, 100)).toBeLessThan(errorOf(alone, young, 100))
  })

  test('never sees an outcome of any series that was not known yet', () => {
    const [own, other] = [scaled(400, 1, 1), scaled(400, 2, 2)]
    const instant = own.decidedAt[340] ?? 0
    const future = (matrix: TrainingMatrix): TrainingMatrix => ({
      ...matrix,
      outcomes: matrix.outcomes.map((value, row) =>
        (matrix.outcomeKnownAt[row] ?? 0) > instant ? 999 : value,
      ),
    })
    const says = (matrices: readonly TrainingMatrix[]) => {
      const [first = own] = pooled(matrices)
      return fitRecipe(RECIPE, knownRows(first, instant), context).toJSON()
    }
    expect(says([future(own), future(other)])).toEqual(says([own, other]))
    const cut = (matrices: readonly TrainingMatrix[]) => {
      const [first = own] = pooled(matrices)
      return fitRecipe(RECIPE, firstRows(first, 341), context).toJSON()['boosted']
    }
    expect(cut([future(own), future(other)])).toEqual(cut([own, other]))
  })

  test('the series of a pool share what was fitted; threads say the same', async () => {
    const series = pooled([scaled(330, 1, 1), scaled(330, 2, 2)])
    const jobs = series.map((matrix) => ({
      matrix,
      recipes: [RECIPE],
      options: { testDays: 60, warmUpDays: 60, seed: 1 },
    }))
    const here = await Promise.all(
      jobs.map(({ matrix, recipes, options }) => backtest(matrix, recipes, options)),
    )
    expect(await backtestInParallel(jobs, { threads: 2 })).toEqual(here)
    const [first, second] = series.map((matrix) => fitRecipe(RECIPE, matrix, context).toJSON()['boosted'])
    expect(second).toBe(first)
  })

  test('goes through JSON, and its reasons add up to the forecast', () => {
    const [matrix = scaled(400, 1, 1)] = pooled([scaled(400, 1, 1), scaled(400, 2, 2)])
    const fitted = fitRecipe(RECIPE, matrix, context)
    const json: unknown = JSON.parse(JSON.stringify(fitted.toJSON()))
    const again = loadFitted('global-boosting', json)
    const logs = [200, 250, 300].map((row) => {
      const values = rowAt(matrix, row)
      expect(again.predict(values)).toBe(fitted.predict(values))
      return (
        Math.log1p(fitted.predict(values)) - fitted.explain(values).reduce((sum, { log }) => sum + log, 0)
      )
    })
    // What is left is the same for every row: the forecast of a mean row.
    for (const log of logs) expect(log).toBeCloseTo(logs[0] ?? 0, 6)
  })

  test('a package from before the season was a feature still says the same', () => {
    const { row, says, fitted } = JSON.parse(
      readFileSync(new URL('fixtures/global-boosting-without-season.json', import.meta.url), 'utf8'),
    ) as { row: number; says: number; fitted: unknown }
    const matrix = scaled(400, 1, 1)
    expect(loadFitted('global-boosting', fitted).predict(rowAt(matrix, row))).toBe(says)
  })

  test('forecasts where nothing is known of the last days, without NaN', () => {
    const matrix = scaled(400, 1, 1)
    const fitted = fitRecipe(RECIPE, matrix, context)
    const empty = { values: new Float64Array(matrix.columns.length).fill(Number.NaN), targetDay: 18_000 }
    expect(fitted.predict(empty)).toBeGreaterThan(0)
  })

  test('a blend of a pool has all three members', () => {
    const [matrix = scaled(400, 1, 1)] = pooled([scaled(400, 1, 1), scaled(400, 2, 2)])
    const members = fitRecipe(defaultRecipe('global-blend'), matrix, context).toJSON()['members']
    expect(members).toMatchObject([{ id: 'boosting' }, { id: 'boosted-ridge' }, { id: 'global-boosting' }])
  })

  test('refuses a pool with other columns', () => {
    const matrix = scaled(300, 1, 1)
    const other = { ...matrix, columns: matrix.columns.map((name) => `${name}_`) }
    const pool = { series: [matrix, other], knownAt: Number.POSITIVE_INFINITY }
    expect(() => fitRecipe(RECIPE, { ...matrix, pool }, context)).toThrow(ModelError)
  })
})
