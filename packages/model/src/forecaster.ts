import type { ForecastRow, TrainingMatrix } from './matrix.ts'

export interface FitContext {
  /** Seeds whatever draws at random; the same rows, parameters and seed give the same model. */
  readonly seed: number
  /** Fits on the same rows with the same seed, by recipe: what stands alone and in a blend is fitted once. */
  readonly fits?: Map<string, FittedForecaster>
}

/** By how much one column moved a forecast: a share of `log(1 + forecast)`. */
export interface Contribution {
  readonly feature: string
  readonly log: number
}

/** A fitted model: pure, immutable, portable as JSON. */
export interface FittedForecaster {
  /** The point forecast in the unit of the series: finite and not negative. */
  predict(row: ForecastRow): number
  /**
   * Why: what moved the forecast away from that of a mean row, one entry a column. Exact for the ridge, along the
   * paths of trees, averaged over a blend; none from the baselines.
   */
  explain(row: ForecastRow): readonly Contribution[]
  /** Plain JSON that the forecaster's `load` takes back. */
  toJSON(): Record<string, unknown>
}

/** A way to forecast: hyper-parameters in, fitted model out. */
export interface Forecaster<Params extends object = object> {
  readonly id: string
  readonly defaults: Params
  /** Throws `too-few-rows` or `bad-params`; never fits on an outcome the matrix doesn't hold. */
  fit(training: TrainingMatrix, params: Params, context: FitContext): FittedForecaster
  /** Restores what `toJSON` gave; `bad-model` when the data is not of that shape. */
  load(data: unknown): FittedForecaster
}

/** A forecaster together with its hyper-parameters: what competes, is published, and is refitted. */
export interface Recipe {
  readonly id: string
  readonly params: Readonly<Record<string, unknown>>
}
