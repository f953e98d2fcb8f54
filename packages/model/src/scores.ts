import { mean } from 'simple-statistics'
import { ModelError } from './errors.ts'

/** Scores of point forecasts, in the unit of the series. Smaller errors are better; `skill` above 0 beats persistence. */
export interface Scores {
  readonly mae: number
  readonly rmse: number
  /** MAE divided by the MAE of persistence on the same days. */
  readonly relMae: number
  /** 1 − relMae. */
  readonly skill: number
  /** Mean of forecast − actual. */
  readonly bias: number
  /** Share of days whose class was right. */
  readonly categoryAccuracy: number
}

/** Index of the class a value falls into: how many of the ascending lower bounds it reaches. */
export function classIndex(value: number, bounds: readonly number[]): number {
  return bounds.filter((bound) => value >= bound).length
}

/** Scores forecasts beside those of persistence for the same days. `classBounds` are the lower bounds of the second class onwards. */
export function score(
  actual: readonly number[],
  forecasts: readonly number[],
  persistence: readonly number[],
  classBounds: readonly number[],
): Scores {
  if (actual.length === 0 || forecasts.length !== actual.length || persistence.length !== actual.length) {
    throw new ModelError('bad-matrix', 'scores need equally many forecasts and outcomes, and at least one')
  }
  const errors = actual.map((value, i) => (forecasts[i] ?? Number.NaN) - value)
  const mae = mean(errors.map(Math.abs))
  const baseline = mean(actual.map((value, i) => Math.abs((persistence[i] ?? Number.NaN) - value)))
  const relMae = relative(mae, baseline)
  const hits = actual.filter(
    (value, i) => classIndex(value, classBounds) === classIndex(forecasts[i] ?? Number.NaN, classBounds),
  )
  return {
    mae,
    rmse: Math.sqrt(mean(errors.map((error) => error * error))),
    relMae,
    skill: 1 - relMae,
    bias: mean(errors),
    categoryAccuracy: hits.length / actual.length,
  }
}

/** A baseline without error leaves nothing to beat: equal is 1, anything worse counts as twice as bad. */
function relative(mae: number, baseline: number): number {
  if (baseline > 0) return mae / baseline
  return mae === 0 ? 1 : 2
}
