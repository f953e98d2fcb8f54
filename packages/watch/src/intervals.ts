import { dieboldMariano } from '@airq/model'
import { mean, probit } from 'simple-statistics'

/** A figure with the confidence interval around it. */
export interface Bounded {
  readonly value: number
  readonly lower: number
  readonly upper: number
}

/** A forecast day by what is compared on it, in index points. */
export interface ErrorPair {
  readonly actual: number
  readonly aqi: number
  readonly persistence: number
}

/**
 * Skill, 1 − MAE / MAE of persistence, with a confidence interval: the ratio of two means, linearised, with the
 * autocorrelation of the days in its standard error (Newey–West, with the correction of Harvey, Leybourne and Newbold
 * for few days) and Student's quantile. `null` on fewer than ten days, or where persistence never errs.
 * @param confidence two-sided, e.g. 0.95
 */
export function skillInterval(pairs: readonly ErrorPair[], confidence: number): Bounded | null {
  const n = pairs.length
  if (n < 10) return null
  const actual = pairs.map((pair) => pair.actual)
  const ours = mean(pairs.map(({ actual: came, aqi }) => Math.abs(aqi - came)))
  const theirs = mean(pairs.map(({ actual: came, persistence }) => Math.abs(persistence - came)))
  if (theirs === 0) return null
  const ratio = ours / theirs
  const lags = Math.floor(Math.cbrt(n))
  // A persistence whose errors are `ratio` times its own is as good as the forecasts: the paired test of both tells
  // how far their mean errors may lie apart by chance.
  const { standardError } = dieboldMariano(
    actual,
    pairs.map(({ aqi }) => aqi),
    pairs.map(({ actual: came, persistence }) => came + ratio * (persistence - came)),
    lags,
  )
  const correction = Math.sqrt((n + 1 - 2 * (lags + 1) + (lags * (lags + 1)) / n) / n)
  const half = (studentQuantile((1 + confidence) / 2, n - 1) * standardError) / correction / theirs
  return { value: 1 - ratio, lower: 1 - ratio - half, upper: 1 - ratio + half }
}

/** A share with Wilson's interval. `null` of nothing. */
export function shareInterval(hits: number, n: number, confidence: number): Bounded | null {
  if (n === 0) return null
  const z = probit((1 + confidence) / 2)
  const share = hits / n
  const centre = (share + (z * z) / (2 * n)) / (1 + (z * z) / n)
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))
  return { value: share, lower: Math.max(0, centre - half), upper: Math.min(1, centre + half) }
}

/** Student's quantile from the normal one (Cornish and Fisher, two terms): within 1 % from nine degrees on. */
function studentQuantile(p: number, degrees: number): number {
  const z = probit(p)
  return z + (z ** 3 + z) / (4 * degrees) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2)
}
