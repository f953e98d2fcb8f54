import { stable } from './fitted-json.ts'

/** Smallest and largest log outcome a model may forecast. */
export type LogRange = readonly [low: number, high: number]

/** What was seen in training, widened by a factor of two at either end. */
export function logRange(logs: Float64Array): LogRange {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const log of logs) {
    low = Math.min(low, log)
    high = Math.max(high, log)
  }
  return [stable(low - Math.LN2), stable(high + Math.LN2)]
}

/** A log forecast in the unit of the series, held within the range and not below 0. */
export function fromLog(log: number, [low, high]: LogRange): number {
  return Math.max(0, Math.expm1(Math.min(high, Math.max(low, log))))
}
