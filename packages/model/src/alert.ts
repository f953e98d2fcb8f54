import { ModelError } from './errors.ts'
import { brierScore } from './scores.ts'
import { type Distribution, exceedance } from './uncertainty.ts'

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
/** With fewer such days in the earlier year nothing is learnt: warned is from an even chance on. */
const LEAST_DAYS = 5

/**
 * Learns from earlier days from which probability on a warning pays: the one with the best F1. A median forecast
 * hardly ever calls the rare bad day.
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
  let best = { fromProbability: 0.5, f1: -1 }
  for (const fromProbability of CANDIDATES) {
    const f1 = f1Of(
      probabilities.map((probability) => probability >= fromProbability),
      happened,
    )
    if (f1 !== null && f1 > best.f1) best = { fromProbability, f1 }
  }
  return { threshold, fromProbability: best.fromProbability }
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
