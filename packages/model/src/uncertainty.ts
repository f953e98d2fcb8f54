import { ModelError } from './errors.ts'
import { classIndex } from './scores.ts'

export interface Distribution {
  readonly point: number
  readonly lower: number
  readonly upper: number
  /** One a class, in order; they sum to 1. */
  readonly probabilities: readonly number[]
}

export interface DistributionOptions {
  /** Wanted coverage of the interval, e.g. 0.9. */
  readonly coverage: number
  /** Lower bounds of the second class onwards. */
  readonly classBounds: readonly number[]
}

/** Residuals on the log scale: by how much, in ratio, outcomes lay above their forecasts. */
export function logResiduals(actual: readonly number[], forecasts: readonly number[]): number[] {
  return actual.map((value, i) => Math.log1p(value) - Math.log1p(forecasts[i] ?? Number.NaN))
}

/**
 * A forecast with its uncertainty, from the out-of-sample log residuals of the same recipe. Interval and class
 * probabilities come from the one sample, so they agree. The interval's ends are the conformal order statistics
 * ⌈(n + 1)(1 − α/2)⌉ from either side; with too few residuals for the coverage they are the extremes.
 */
export function distribution(
  point: number,
  residuals: readonly number[],
  options: DistributionOptions,
): Distribution {
  if (!Number.isFinite(point) || residuals.length === 0) {
    throw new ModelError('bad-model', 'a forecast needs a finite point and at least one residual')
  }
  const outcomes = residuals
    .map((residual) => Math.max(0, Math.expm1(Math.log1p(point) + residual)))
    .sort((a, b) => a - b)
  const n = outcomes.length
  const rank = Math.min(n, Math.ceil((n + 1) * (1 - (1 - options.coverage) / 2)))
  const counts = Array.from({ length: options.classBounds.length + 1 }, () => 0)
  for (const outcome of outcomes) {
    const index = classIndex(outcome, options.classBounds)
    counts[index] = (counts[index] ?? 0) + 1
  }
  return {
    point,
    lower: Math.min(point, outcomes[n - rank] ?? point),
    upper: Math.max(point, outcomes[rank - 1] ?? point),
    probabilities: counts.map((count) => count / n),
  }
}
