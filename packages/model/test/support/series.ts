import type { TrainingMatrix } from '../../src/index.ts'

const DAY_MS = 86_400_000

/** A small seeded generator (mulberry32), so that tests draw the same numbers everywhere. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A noisy seasonal series with memory, as daily index values. */
export function dailySeries(days: number, seed = 1): number[] {
  const random = seeded(seed)
  const values: number[] = []
  let log = 4.3
  for (let i = 0; i < days; i++) {
    const season = 4.3 + 0.3 * Math.cos((2 * Math.PI * i) / 365.25)
    const shock = random() + random() + random() - 1.5
    log = season + 0.6 * (log - season) + 0.5 * shock
    values.push(Math.round(Math.exp(log)))
  }
  return values
}

/** Rows of a plain series: last value, three days of history, the log lags, and one column of noise. */
export function matrixOf(values: readonly number[], firstDay = 18_000): TrainingMatrix {
  const columns = ['last', 'history_0', 'history_1', 'history_2', 'log_0', 'log_1', 'noise']
  const random = seeded(99)
  const origins = values.slice(0, -1).flatMap((_, i) => (i >= 2 ? [i] : []))
  const cells = origins.flatMap((i) => {
    const [a = Number.NaN, b = Number.NaN, c = Number.NaN] = [values[i], values[i - 1], values[i - 2]]
    return [a, a, b, c, Math.log1p(a), Math.log1p(b), random()]
  })
  const endOfDay = (i: number) => (firstDay + i + 1) * DAY_MS
  return {
    columns,
    roles: { last: 'last', history: ['history_0', 'history_1', 'history_2'] },
    values: Float64Array.from(cells),
    outcomes: Float64Array.from(origins, (i) => values[i + 1] ?? Number.NaN),
    targetDays: Int32Array.from(origins, (i) => firstDay + i + 1),
    decidedAt: Float64Array.from(origins, endOfDay),
    outcomeKnownAt: Float64Array.from(origins, (i) => endOfDay(i + 1)),
  }
}
