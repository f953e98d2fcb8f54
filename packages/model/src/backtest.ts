import { monthIndex } from './calendar.ts'
import { ModelError } from './errors.ts'
import type { FitContext, FittedForecaster, Recipe } from './forecaster.ts'
import { fitRecipe } from './forecasters/index.ts'
import { at, checkMatrix, knownRows, rowAt, rowCount, type TrainingMatrix } from './matrix.ts'

export interface BacktestOptions {
  /** How many of the last rows are test rows. */
  readonly testDays: number
  readonly seed: number
  readonly signal?: AbortSignal | undefined
  /** Called after each refit, for a progress line. */
  readonly onRefit?: (done: number, total: number) => void
}

export interface Backtest {
  /** Day numbers of the targets, in order. */
  readonly targetDays: readonly number[]
  readonly actual: readonly number[]
  /** Point forecasts of each recipe, in the order of the recipes, one a test day. */
  readonly forecasts: readonly (readonly number[])[]
  readonly refits: number
}

/**
 * Rolling-origin backtest: each test row is forecast by a model fitted only on rows whose outcome was known
 * at that row's decision or before, refitted at the first test row of each calendar month of the targets.
 */
export async function backtest(
  matrix: TrainingMatrix,
  recipes: readonly Recipe[],
  options: BacktestOptions,
): Promise<Backtest> {
  checkMatrix(matrix)
  const first = rowCount(matrix) - options.testDays
  if (first < 1) {
    throw new ModelError(
      'too-few-rows',
      `${String(options.testDays)} test days need more rows than the ${String(rowCount(matrix))} there are`,
      { hint: 'Import a longer history or lower training.testDays.' },
    )
  }
  const starts = refitRows(matrix, first)
  const context: FitContext = { seed: options.seed }
  const forecasts: number[][] = recipes.map(() => [])
  for (const [index, start] of starts.entries()) {
    // Lets signals and progress through between the long computations.
    await new Promise((resolve) => setTimeout(resolve, 0))
    options.signal?.throwIfAborted()
    const training = knownRows(matrix, at(matrix.decidedAt, start))
    const end = starts[index + 1] ?? rowCount(matrix)
    recipes.forEach((recipe, r) => {
      forecasts[r]?.push(...forecastRows(fitRecipe(recipe, training, context), matrix, start, end))
    })
    options.onRefit?.(index + 1, starts.length)
  }
  return {
    targetDays: Array.from(matrix.targetDays.subarray(first)),
    actual: Array.from(matrix.outcomes.subarray(first)),
    forecasts,
    refits: starts.length,
  }
}

/** The rows at which the models are fitted anew. */
function refitRows(matrix: TrainingMatrix, first: number): number[] {
  const starts: number[] = []
  let month = Number.NaN
  for (let row = first; row < rowCount(matrix); row++) {
    const current = monthIndex(at(matrix.targetDays, row))
    if (current !== month) starts.push(row)
    month = current
  }
  return starts
}

function forecastRows(
  fitted: FittedForecaster,
  matrix: TrainingMatrix,
  start: number,
  end: number,
): number[] {
  const points: number[] = []
  for (let row = start; row < end; row++) points.push(fitted.predict(rowAt(matrix, row)))
  return points
}
