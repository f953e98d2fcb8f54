import { monthIndex } from './calendar.ts'
import { ModelError } from './errors.ts'
import type { FitContext, FittedForecaster, Recipe } from './forecaster.ts'
import { fitRecipe } from './forecasters/index.ts'
import { at, checkMatrix, knownRows, rowAt, rowCount, type TrainingMatrix } from './matrix.ts'
import { type Residual, residualOf, RESIDUALS_KEPT } from './residual.ts'
import { fitSpread } from './spread.ts'
import { type Distribution, distribution, type DistributionOptions } from './uncertainty.ts'

export interface BacktestOptions {
  /** How many of the last rows are test rows. */
  readonly testDays: number
  /**
   * Rows before the test rows that are forecast as well, refitted once a quarter: the intervals of the test rows are
   * made of their residuals. Default 400, or as many as leave 80 to learn from.
   */
  readonly warmUpDays?: number
  readonly seed: number
  readonly signal?: AbortSignal | undefined
  /** Called after each refit, for a progress line. */
  readonly onRefit?: (done: number, total: number) => void
}

/** Forecasts of past rows, warm-up rows first; arrays in the order of the decisions. */
export interface Backtest {
  /** Day numbers of the targets. */
  readonly targetDays: readonly number[]
  readonly decidedAt: readonly number[]
  readonly outcomeKnownAt: readonly number[]
  readonly actual: readonly number[]
  /** The spread expected at each row. */
  readonly scales: readonly number[]
  /** What each recipe's forecaster says, in the order of the recipes. */
  readonly forecasts: readonly (readonly number[])[]
  /** The first test row: what lies before it is warm-up. */
  readonly testFrom: number
  /** Refits of the test rows. */
  readonly refits: number
}

const ROWS_TO_LEARN_FROM = 80
const MONTHS_A_QUARTER = 3

/** Rows that one fit forecasts: those of `start … end`, by a fit on what was known at the decision of `start`. */
export interface BacktestSegment {
  readonly start: number
  readonly end: number
}

/** Which rows are forecast by which fits. */
export interface BacktestPlan {
  /** The first warm-up row, and the first test row. */
  readonly from: number
  readonly first: number
  /** In the order of their rows. Each can be computed without the others. */
  readonly segments: readonly BacktestSegment[]
  readonly refits: number
}

/** What the fits of one segment say of its rows. */
export interface SegmentForecasts {
  readonly scales: readonly number[]
  /** One list a recipe. */
  readonly forecasts: readonly (readonly number[])[]
}

/**
 * Rolling-origin backtest: each row is forecast by a model fitted only on rows whose outcome was known at that row's
 * decision or before, refitted at the first test row of each calendar month of the targets.
 */
export async function backtest(
  matrix: TrainingMatrix,
  recipes: readonly Recipe[],
  options: BacktestOptions,
): Promise<Backtest> {
  const plan = planBacktest(matrix, options)
  const forecasts: SegmentForecasts[] = []
  for (const [index, segment] of plan.segments.entries()) {
    // Lets signals and progress through between the long computations.
    await new Promise((resolve) => setTimeout(resolve, 0))
    options.signal?.throwIfAborted()
    forecasts.push(forecastSegment(matrix, recipes, segment, options.seed))
    options.onRefit?.(index + 1, plan.segments.length)
  }
  return assembleBacktest(matrix, recipes.length, plan, forecasts)
}

export function planBacktest(
  matrix: TrainingMatrix,
  { testDays, warmUpDays = RESIDUALS_KEPT }: Pick<BacktestOptions, 'testDays' | 'warmUpDays'>,
): BacktestPlan {
  checkMatrix(matrix)
  const rows = rowCount(matrix)
  const first = rows - testDays
  if (first < 1) {
    throw new ModelError(
      'too-few-rows',
      `${String(testDays)} test days need more rows than the ${String(rows)} there are`,
      { hint: 'Import a longer history or lower training.testDays.' },
    )
  }
  const from = Math.max(first - warmUpDays, Math.min(first, ROWS_TO_LEARN_FROM))
  const refits = refitRows(matrix, first, rows, 1)
  const starts = [...refitRows(matrix, from, first, MONTHS_A_QUARTER), ...refits]
  const segments = starts.map((start, index) => ({ start, end: starts[index + 1] ?? rows }))
  return { from, first, segments, refits: refits.length }
}

export function forecastSegment(
  matrix: TrainingMatrix,
  recipes: readonly Recipe[],
  { start, end }: BacktestSegment,
  seed: number,
): SegmentForecasts {
  const training = knownRows(matrix, at(matrix.decidedAt, start))
  const context: FitContext = { seed, fits: new Map() }
  const spread = fitSpread(training, context)
  const scales: number[] = []
  for (let row = start; row < end; row++) scales.push(spread.scaleOf(rowAt(matrix, row)))
  const forecasts = recipes.map((recipe) =>
    forecastRows(fitRecipe(recipe, training, context), matrix, start, end),
  )
  return { scales, forecasts }
}

export function assembleBacktest(
  matrix: TrainingMatrix,
  recipes: number,
  { from, first, refits }: BacktestPlan,
  segments: readonly SegmentForecasts[],
): Backtest {
  return {
    targetDays: Array.from(matrix.targetDays.subarray(from)),
    decidedAt: Array.from(matrix.decidedAt.subarray(from)),
    outcomeKnownAt: Array.from(matrix.outcomeKnownAt.subarray(from)),
    actual: Array.from(matrix.outcomes.subarray(from)),
    scales: segments.flatMap(({ scales }) => scales),
    forecasts: Array.from({ length: recipes }, (_, recipe) =>
      segments.flatMap(({ forecasts }) => forecasts[recipe] ?? []),
    ),
    testFrom: first - from,
    refits,
  }
}

/** The rows of `from … to` at which the models are fitted anew: the first, and each that begins a period of months. */
function refitRows(matrix: TrainingMatrix, from: number, to: number, months: number): number[] {
  const starts: number[] = []
  let period = Number.NaN
  for (let row = from; row < to; row++) {
    const current = Math.floor(monthIndex(at(matrix.targetDays, row)) / months)
    if (current !== period) starts.push(row)
    period = current
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

/** The out-of-sample residuals of one recipe: of every row, warm-up included. */
export function residualsOf(result: Backtest, recipe: number): Residual[] {
  return result.actual.map((outcome, i) =>
    residualOf({
      decidedAt: result.decidedAt[i] ?? Number.NaN,
      knownAt: result.outcomeKnownAt[i] ?? Number.NaN,
      outcome,
      forecast: result.forecasts[recipe]?.[i] ?? Number.NaN,
      scale: result.scales[i] ?? 1,
    }),
  )
}

/**
 * What one recipe would have issued for the rows from `from` on, by default the test rows: each with the residuals
 * known at its decision. Where none was known yet, `null`: see `scoredRows`.
 */
export function issuedBy(
  result: Backtest,
  recipe: number,
  options: DistributionOptions & { readonly from?: number },
): (Distribution | null)[] {
  const residuals = residualsOf(result, recipe)
  const earliest = earliestOutcome(result)
  return residuals.slice(options.from ?? result.testFrom).map(({ decidedAt }, i) => {
    const row = (options.from ?? result.testFrom) + i
    const value = result.forecasts[recipe]?.[row] ?? Number.NaN
    const scale = result.scales[row] ?? 1
    return earliest <= decidedAt ? distribution({ value, scale, decidedAt }, residuals, options) : null
  })
}

/** The test rows at whose decision some outcome was known, so that every recipe issues for them. */
export function scoredRows(result: Backtest): number[] {
  const earliest = earliestOutcome(result)
  return result.decidedAt.flatMap((at, row) => (row >= result.testFrom && earliest <= at ? [row] : []))
}

function earliestOutcome({ outcomeKnownAt }: Backtest): number {
  return outcomeKnownAt.reduce((least, known) => Math.min(least, known), Number.POSITIVE_INFINITY)
}
