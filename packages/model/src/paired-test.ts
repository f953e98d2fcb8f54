import { errorFunction, mean } from 'simple-statistics'
import { ModelError } from './errors.ts'

export interface PairedTest {
  readonly n: number
  /** Mean of the first's absolute error minus the second's: negative when the first is better. */
  readonly difference: number
  /** Standard error of that mean, with the autocorrelation of the differences in it. */
  readonly standardError: number
  /** Probability of so large a lead of the first, or a larger one, between equals. */
  readonly pFirstBetter: number
}

/**
 * Diebold–Mariano test of two forecasts of the same days, on absolute errors, with the small-sample correction of
 * Harvey, Leybourne and Newbold and a Bartlett (Newey–West) variance over `lags` days, by default ⌊n^⅓⌋.
 * Throws `bad-matrix` unless there are equally many, at least ten.
 */
export function dieboldMariano(
  actual: readonly number[],
  first: readonly number[],
  second: readonly number[],
  lags: number = Math.floor(Math.cbrt(actual.length)),
): PairedTest {
  const n = actual.length
  if (n < 10 || first.length !== n || second.length !== n) {
    throw new ModelError(
      'bad-matrix',
      'a paired test needs equally many forecasts and outcomes, at least ten',
    )
  }
  const differences = actual.map(
    (value, i) => Math.abs((first[i] ?? Number.NaN) - value) - Math.abs((second[i] ?? Number.NaN) - value),
  )
  const difference = mean(differences)
  const standardError = Math.sqrt(longRunVariance(differences, difference, lags) / n)
  if (standardError === 0) {
    return { n, difference, standardError, pFirstBetter: difference < 0 ? 0 : difference > 0 ? 1 : 0.5 }
  }
  const correction = Math.sqrt((n + 1 - 2 * (lags + 1) + (lags * (lags + 1)) / n) / n)
  const statistic = (correction * difference) / standardError
  return { n, difference, standardError, pFirstBetter: normalProbability(statistic) }
}

function longRunVariance(values: readonly number[], centre: number, lags: number): number {
  const n = values.length
  const covariance = (lag: number) => {
    let sum = 0
    for (let i = lag; i < n; i++) sum += ((values[i] ?? 0) - centre) * ((values[i - lag] ?? 0) - centre)
    return sum / n
  }
  let variance = covariance(0)
  for (let lag = 1; lag <= lags; lag++) variance += 2 * (1 - lag / (lags + 1)) * covariance(lag)
  return Math.max(0, variance)
}

function normalProbability(z: number): number {
  return 0.5 * (1 + errorFunction(z / Math.SQRT2))
}
