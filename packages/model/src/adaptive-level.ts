import type { Residual } from './residual.ts'

/** Residuals that are looked back on for an interval. */
const WINDOW = 365
/** With fewer nothing is judged. */
const LEAST = 60
/** By how much one outcome moves the level. */
const STEP = 0.01
const SMALLEST = 0.005
const LARGEST = 0.6

/**
 * The miss rate to ask for so that a share `miss` of outcomes really falls outside (adaptive conformal inference):
 * replays the residuals, each with the interval it would have been given by those known at its decision, and asks for
 * more width after a miss, for a little less after a hit. A function of the residuals alone, in the order of their
 * decisions.
 * Source: Gibbs, Candès, "Adaptive conformal inference under distribution shift" (2021).
 */
export function adaptedMiss(residuals: readonly Residual[], miss: number): number {
  const byKnown = residuals.toSorted((a, b) => a.knownAt - b.knownAt || a.decidedAt - b.decidedAt)
  const bounds = new Map<Residual, readonly [number, number]>()
  const window = new SortedWindow()
  let level = miss
  let next = 0
  const absorb = (instant: number) => {
    for (; next < byKnown.length; next++) {
      const residual = byKnown[next]
      if (residual === undefined || residual.knownAt > instant) return
      const given = bounds.get(residual)
      const value = residual.log / residual.scale
      if (given !== undefined) level += STEP * (miss - (value < given[0] || value > given[1] ? 1 : 0))
      window.add(value)
    }
  }
  for (const residual of residuals) {
    absorb(residual.decidedAt)
    if (window.size >= LEAST) bounds.set(residual, window.bounds(usable(level)))
  }
  absorb(Number.POSITIVE_INFINITY)
  return usable(level)
}

function usable(level: number): number {
  return Math.min(LARGEST, Math.max(SMALLEST, level))
}

/** The last residuals, sorted. */
class SortedWindow {
  readonly #order: number[] = []
  #sorted: number[] = []

  get size(): number {
    return this.#sorted.length
  }

  add(value: number): void {
    this.#order.push(value)
    this.#sorted.splice(place(this.#sorted, value), 0, value)
    if (this.#order.length <= WINDOW) return
    const oldest = this.#order.shift() ?? Number.NaN
    this.#sorted.splice(place(this.#sorted, oldest), 1)
  }

  bounds(miss: number): readonly [number, number] {
    return intervalOf(this.#sorted, miss)
  }
}

/**
 * The conformal order statistics ⌈(n + 1)(1 − α/2)⌉ from either side of an ascending sample; with too few for that
 * rate the extremes.
 */
export function intervalOf(sorted: readonly number[], miss: number): readonly [number, number] {
  const n = sorted.length
  const rank = Math.min(n, Math.ceil((n + 1) * (1 - miss / 2)))
  return [sorted[n - rank] ?? Number.NaN, sorted[rank - 1] ?? Number.NaN]
}

function place(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? 0) < value) low = middle + 1
    else high = middle
  }
  return low
}

/** The values an interval is made of. */
export function recentSample(residuals: readonly Residual[]): Float64Array {
  return Float64Array.from(residuals.slice(-WINDOW), ({ log, scale }) => log / scale).sort()
}
