import { ModelError } from './errors.ts'
import { seededUniform } from './random.ts'
import { brierScore } from './scores.ts'
import { type Distribution, exceedance, quantile } from './uncertainty.ts'

/** When to warn of a day above a threshold: from a probability on. */
export interface AlertRule {
  /** Warned of are outcomes of at least this. */
  readonly threshold: number
  readonly fromProbability: number
}

export interface AlertScores {
  /** Harmonic mean of precision and recall; `null` where no such day came and none was called. */
  readonly f1: number | null
  readonly brier: number
  /** Days that came. */
  readonly days: number
}

const CANDIDATES = Array.from({ length: 19 }, (_, i) => (i + 1) / 20)
const LEAST_PROBABILITY = 0.01
/** With fewer such days in the earlier year nothing is learnt: warned is from an even chance on. */
const LEAST_DAYS = 5

/**
 * Learns from earlier days from which probability on a warning pays: half of the best F1 that any of 19 probabilities
 * would have had then. Of calibrated probabilities that half is the one with the best F1, and it is told more surely
 * than which of the 19 was best in one year. A median forecast hardly ever calls the rare bad day.
 * Source: Lipton, Elkan, Narayanaswamy, "Optimal thresholding of classifiers to maximize F1 measure" (2014).
 */
export function alertRule(
  threshold: number,
  actual: readonly number[],
  distributions: readonly Pick<Distribution, 'sample'>[],
): AlertRule {
  checkLengths(actual, distributions)
  const happened = actual.map((outcome) => outcome >= threshold)
  if (happened.filter(Boolean).length < LEAST_DAYS) return { threshold, fromProbability: 0.5 }
  const probabilities = distributions.map((given) => exceedance(given, threshold))
  const scores = CANDIDATES.map(
    (from) =>
      f1Of(
        probabilities.map((probability) => probability >= from),
        happened,
      ) ?? 0,
  )
  // Not 0: from there on every day is called.
  return { threshold, fromProbability: Math.max(LEAST_PROBABILITY, Math.max(...scores) / 2) }
}

/** Scores a rule on other days than those it was learnt on. */
export function scoreAlerts(
  { threshold, fromProbability }: AlertRule,
  actual: readonly number[],
  distributions: readonly Pick<Distribution, 'sample'>[],
): AlertScores {
  checkLengths(actual, distributions)
  const happened = actual.map((outcome) => outcome >= threshold)
  const probabilities = distributions.map((given) => exceedance(given, threshold))
  return {
    f1: f1Of(
      probabilities.map((probability) => probability >= fromProbability),
      happened,
    ),
    brier: brierScore(probabilities, happened),
    days: happened.filter(Boolean).length,
  }
}

export interface AlertIntervalOptions {
  readonly seed: number
  /** Default: 1,000. */
  readonly draws?: number
  /** Default: 0.9. */
  readonly coverage?: number
}

/**
 * Lower and upper end of the F1 of a rule, by a block bootstrap: the days, which must be in order, are drawn anew in
 * runs of ⌈n^⅓⌉ (bad days come in spells), the same for every rule at the same seed. `null` where F1 is, or where most
 * draws have none.
 */
export function alertInterval(
  { threshold, fromProbability }: AlertRule,
  actual: readonly number[],
  distributions: readonly Pick<Distribution, 'sample'>[],
  { seed, draws = 1000, coverage = 0.9 }: AlertIntervalOptions,
): readonly [lower: number, upper: number] | null {
  checkLengths(actual, distributions)
  const happened = actual.map((outcome) => outcome >= threshold)
  const called = distributions.map((given) => exceedance(given, threshold) >= fromProbability)
  if (f1Of(called, happened) === null) return null
  const uniform = seededUniform(seed)
  const sample: number[] = []
  for (let draw = 0; draw < draws; draw++) {
    const days = drawnInBlocks(actual.length, uniform)
    const f1 = f1Of(
      days.map((day) => called[day] === true),
      days.map((day) => happened[day] === true),
    )
    if (f1 !== null) sample.push(f1)
  }
  if (2 * sample.length < draws) return null
  sample.sort((a, b) => a - b)
  return [quantile({ sample }, (1 - coverage) / 2), quantile({ sample }, (1 + coverage) / 2)]
}

/** `n` of the numbers 0 … n − 1, in runs that begin anywhere and go on at 0 after the last. */
function drawnInBlocks(n: number, uniform: () => number): number[] {
  const length = Math.ceil(Math.cbrt(n))
  const drawn: number[] = []
  while (drawn.length < n) {
    const start = Math.floor(uniform() * n)
    for (let i = 0; i < length && drawn.length < n; i++) drawn.push((start + i) % n)
  }
  return drawn
}

/** F1 of calls; `null` where there was nothing to call and nothing was called. */
export function f1Of(called: readonly boolean[], happened: readonly boolean[]): number | null {
  let [hits, misses, falseAlarms] = [0, 0, 0]
  called.forEach((call, i) => {
    const came = happened[i] === true
    if (call && came) hits++
    else if (came) misses++
    else if (call) falseAlarms++
  })
  const all = 2 * hits + misses + falseAlarms
  return all === 0 ? null : (2 * hits) / all
}

function checkLengths(actual: readonly unknown[], distributions: readonly unknown[]): void {
  if (actual.length !== distributions.length) {
    throw new ModelError('bad-matrix', 'alerts need equally many distributions and outcomes')
  }
}
