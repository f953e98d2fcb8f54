import { median } from 'simple-statistics'
import { adaptedMiss, intervalOf, recentSample } from './adaptive-level.ts'
import { ModelError } from './errors.ts'
import { knownResiduals, type Residual } from './residual.ts'
import { classIndex } from './scores.ts'

export interface Distribution {
  /** The forecast, in the unit of the series. */
  readonly point: number
  readonly lower: number
  readonly upper: number
  /** One a class, in order; they sum to 1. */
  readonly probabilities: readonly number[]
  /** Equally likely outcomes, ascending: interval, probabilities and quantiles all come from them. */
  readonly sample: readonly number[]
}

export interface DistributionOptions {
  /** Wanted coverage of the interval, e.g. 0.9. */
  readonly coverage: number
  /** Lower bounds of the second class onwards. */
  readonly classBounds: readonly number[]
  /** False leaves the point as the forecaster says it, as baselines are judged. Default: true. */
  readonly debias?: boolean
}

/** What is to be told the uncertainty of. */
export interface PointForecast {
  /** What the forecaster says, in the unit of the series. */
  readonly value: number
  /** The spread expected there; 1 where none was learnt. */
  readonly scale: number
  /** Epoch ms. */
  readonly decidedAt: number
}

/** A forecaster that has lain too low for three months is raised by this share of it. */
const DEBIAS_SHARE = 0.25
const DEBIAS_DAYS = 90

/**
 * A forecast with its uncertainty, from the out-of-sample residuals of the same recipe: of those whose outcome was
 * known at the decision, and of no others. The one sample gives quantiles, class probabilities and the interval, which
 * is taken at the level that has lately held (`adaptedMiss`). The point is debiased by a quarter of the last 90
 * residuals' median. A backtest and a live forecast that hand in the same get the same.
 * @throws ModelError `bad-model` unless the point is finite and at least one residual is known
 */
export function distribution(
  point: PointForecast,
  residuals: readonly Residual[],
  options: DistributionOptions,
): Distribution {
  const known = knownResiduals(residuals, point.decidedAt)
  if (!Number.isFinite(point.value) || !(point.scale > 0) || known.length === 0) {
    throw new ModelError('bad-model', 'a forecast needs a finite point and at least one known residual')
  }
  const centre = Math.log1p(Math.max(0, point.value))
  const value = (log: number) => Math.max(0, Math.expm1(centre + log))
  const sample = Array.from(recentSample(known), (ratio) => value(ratio * point.scale))
  const lately = known.slice(-DEBIAS_DAYS).map(({ log }) => log)
  const debiased = options.debias === false ? value(0) : value(DEBIAS_SHARE * median(lately))
  const [lower, upper] = intervalOf(sample, adaptedMiss(known, 1 - options.coverage))
  return {
    point: debiased,
    lower: Math.min(debiased, lower),
    upper: Math.max(debiased, upper),
    probabilities: classProbabilities(sample, options.classBounds),
    sample,
  }
}

function classProbabilities(sample: readonly number[], bounds: readonly number[]): number[] {
  const counts = Array.from({ length: bounds.length + 1 }, () => 0)
  for (const outcome of sample) {
    const index = classIndex(outcome, bounds)
    counts[index] = (counts[index] ?? 0) + 1
  }
  return counts.map((count) => count / sample.length)
}

/** The probability of an outcome of at least `threshold`. Falls as the threshold rises. */
export function exceedance({ sample }: Pick<Distribution, 'sample'>, threshold: number): number {
  return sample.filter((outcome) => outcome >= threshold).length / sample.length
}

/** The value that a share `p` of the outcomes stays at or below. Rises with `p`. */
export function quantile({ sample }: Pick<Distribution, 'sample'>, p: number): number {
  const rank = Math.min(sample.length, Math.max(1, Math.ceil(p * sample.length)))
  return sample[rank - 1] ?? Number.NaN
}
