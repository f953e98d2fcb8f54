import { mean } from 'simple-statistics'
import { ModelError } from './errors.ts'
import type { Distribution } from './uncertainty.ts'

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

/** Scores of distributions, in the unit of the series; all but `coverage90` are better when smaller. */
export interface ProbabilityScores {
  /** Share of outcomes within the interval, which should be 0.9. */
  readonly coverage90: number
  /** Mean width of the interval. */
  readonly width90: number
  /** Mean interval score: width, plus 20 times the distance of an outcome outside. Source: Winkler (1972). */
  readonly winkler90: number
  /** Mean continuous ranked probability score of the sample. Source: Gneiting, Raftery (2007). */
  readonly crps: number
}

/** Scores distributions whose intervals are meant to hold 90 %. */
export function scoreDistributions(
  actual: readonly number[],
  distributions: readonly Pick<Distribution, 'lower' | 'upper' | 'sample'>[],
): ProbabilityScores {
  if (actual.length === 0 || distributions.length !== actual.length) {
    throw new ModelError(
      'bad-matrix',
      'scores need equally many distributions and outcomes, and at least one',
    )
  }
  const pairs = distributions.map((given, i) => ({ ...given, outcome: actual[i] ?? Number.NaN }))
  const widths = pairs.map(({ lower, upper }) => upper - lower)
  const outside = pairs.map(({ lower, upper, outcome }) => Math.max(0, lower - outcome, outcome - upper))
  return {
    coverage90: outside.filter((distance) => distance === 0).length / pairs.length,
    width90: mean(widths),
    winkler90: mean(widths.map((width, i) => width + 20 * (outside[i] ?? 0))),
    crps: mean(pairs.map(({ sample, outcome }) => crps(sample, outcome))),
  }
}

/** Of an ascending sample of equally likely outcomes: E|X − y| − ½ E|X − X′|. */
function crps(sample: readonly number[], outcome: number): number {
  const n = sample.length
  let toOutcome = 0
  let toEachOther = 0
  sample.forEach((value, i) => {
    toOutcome += Math.abs(value - outcome)
    toEachOther += value * (2 * i + 1 - n)
  })
  return toOutcome / n - toEachOther / (n * n)
}

/** Mean squared error of a probability: 0 is perfect. Source: Brier (1950). */
export function brierScore(probabilities: readonly number[], happened: readonly boolean[]): number {
  return mean(probabilities.map((probability, i) => (probability - (happened[i] === true ? 1 : 0)) ** 2))
}
