import { at } from '../matrix.ts'

/** How one column is brought to mean 0 and deviation 1 after clipping; a missing value becomes 0, the mean. */
export interface ColumnScale {
  readonly low: number
  readonly high: number
  readonly mean: number
  /** 0 for a column that never varies or never has a value: it then plays no part. */
  readonly deviation: number
}

/**
 * Learns the scale of a column. `clip` is the share cut at either end (0.005: the lowest and highest half
 * per cent), so that one dust storm doesn't bend the whole line. Missing values (`NaN`) don't count.
 */
export function learnScale(values: Float64Array, clip: number): ColumnScale {
  return scaleOf(values.filter((value) => !Number.isNaN(value)).sort(), clip)
}

function scaleOf(sorted: Float64Array, clip: number): ColumnScale {
  const count = sorted.length
  if (count === 0) return { low: 0, high: 0, mean: 0, deviation: 0 }
  const cut = Math.floor(clip * (count - 1))
  const low = at(sorted, cut)
  const high = at(sorted, count - 1 - cut)
  let sum = 0
  for (const value of sorted) sum += Math.min(high, Math.max(low, value))
  const mean = sum / count
  let squares = 0
  for (const value of sorted) squares += (Math.min(high, Math.max(low, value)) - mean) ** 2
  const deviation = Math.sqrt(squares / count)
  return { low, high, mean, deviation: deviation > 1e-9 ? deviation : 0 }
}

export function standardise(value: number, scale: ColumnScale): number {
  if (Number.isNaN(value) || scale.deviation === 0) return 0
  return (Math.min(scale.high, Math.max(scale.low, value)) - scale.mean) / scale.deviation
}
