import { dayNumber } from '../../days/local-day.ts'
import type { Column, ParsedHistory } from './types.ts'

/** Pollutants that rise and fall with PM2.5 on the same day. */
const PARTNERS: readonly Column[] = ['pm10', 'co', 'no2']
const LAGS = [-2, -1, 0, 1, 2] as const
const MIN_PAIRS = 60
const MIN_CORRELATION = 0.3
const MIN_MARGIN = 0.05
const HALF_WINDOW = 15
const MIN_IN_WINDOW = 8

/** Correlation of pm25 labelled `lag` days later than its partner, averaged over the partners. */
export interface LagCorrelation {
  readonly lag: number
  readonly correlation: number
}

export interface LagProof {
  readonly proven: boolean
  /** Days by which the pm25 labels are later than those of the other columns, where proven. */
  readonly lag: number | null
  /** Empty where pm25 or every partner is missing, constant or too short. */
  readonly correlations: readonly LagCorrelation[]
  readonly partners: readonly Column[]
  /** Days compared. */
  readonly pairs: number
}

/**
 * By how many labels pm25 runs behind the other columns, from the file alone: the peak of the cross-correlation of
 * the de-trended logarithms. Proven only by a peak that stands clear of the second best lag, by more the fewer days
 * there are.
 */
export function provePm25Lag(parsed: ParsedHistory): LagProof {
  const pm25 = detrended(parsed, 'pm25')
  const compared = PARTNERS.flatMap((partner) => {
    const series = detrended(parsed, partner)
    const atLags = LAGS.map((lag) => correlate(pm25, series, lag))
    const pairs = Math.min(...atLags.map((at) => at.pairs))
    return pairs >= MIN_PAIRS && atLags.every((at) => Number.isFinite(at.correlation))
      ? [{ partner, pairs, correlations: atLags.map((at) => at.correlation) }]
      : []
  })
  if (compared.length === 0) return { proven: false, lag: null, correlations: [], partners: [], pairs: 0 }

  const correlations = LAGS.map((lag, i) => ({
    lag,
    correlation: compared.reduce((sum, each) => sum + (each.correlations[i] ?? 0), 0) / compared.length,
  }))
  const pairs = Math.max(...compared.map((each) => each.pairs))
  const [peak, second] = correlations.toSorted((a, b) => b.correlation - a.correlation)
  const margin = Math.max(MIN_MARGIN, 2 / Math.sqrt(pairs)) // two standard errors of a correlation near 0
  const proven =
    peak !== undefined &&
    second !== undefined &&
    peak.correlation >= MIN_CORRELATION &&
    peak.correlation - second.correlation >= margin
  return {
    proven,
    lag: proven ? peak.lag : null,
    correlations,
    partners: compared.map((each) => each.partner),
    pairs,
  }
}

/** log(1 + value) minus its centred 31-day mean on the full calendar of labels; NaN where there is none. */
function detrended(parsed: ParsedHistory, column: Column): Float64Array {
  const first = parsed.rows[0]
  const last = parsed.rows.at(-1)
  if (first === undefined || last === undefined) return new Float64Array()
  const start = dayNumber(first.label)
  const logs = new Float64Array(dayNumber(last.label) - start + 1).fill(Number.NaN)
  for (const { label, values } of parsed.rows) {
    const value = values[column]
    if (value !== undefined) logs[dayNumber(label) - start] = Math.log1p(value)
  }
  return logs.map((log, at) => log - meanAround(logs, at))
}

function meanAround(series: Float64Array, at: number): number {
  let sum = 0
  let count = 0
  for (const value of series.subarray(Math.max(0, at - HALF_WINDOW), at + HALF_WINDOW + 1)) {
    if (Number.isNaN(value)) continue
    sum += value
    count += 1
  }
  return count < MIN_IN_WINDOW ? Number.NaN : sum / count
}

/** Pearson correlation of `late[t + lag]` with `series[t]`; NaN when either is constant. */
function correlate(late: Float64Array, series: Float64Array, lag: number) {
  let pairs = 0
  let [sumX, sumY, sumXX, sumYY, sumXY] = [0, 0, 0, 0, 0]
  for (const [t, y] of series.entries()) {
    const x = late[t + lag] ?? Number.NaN
    if (Number.isNaN(x) || Number.isNaN(y)) continue
    pairs += 1
    sumX += x
    sumY += y
    sumXX += x * x
    sumYY += y * y
    sumXY += x * y
  }
  const varianceX = sumXX - (sumX * sumX) / pairs
  const varianceY = sumYY - (sumY * sumY) / pairs
  const flat = !(varianceX > 1e-9) || !(varianceY > 1e-9)
  const covariance = sumXY - (sumX * sumY) / pairs
  return { pairs, correlation: flat ? Number.NaN : covariance / Math.sqrt(varianceX * varianceY) }
}
