import { type DailySeries, FIELDS } from './series.ts'

/** Fewer rows tell nothing of how a column and the future go together. */
const LEAST_ROWS = 30
/** A column that goes with a value of the future so closely is one. */
const SAME = 0.999
/** A series that repeats itself like this goes with its own future. */
const STATIC = 0.99

interface Row {
  /** Index of the target in the series. */
  readonly target: number
  readonly view: { readonly decision: { readonly at: number } }
}

interface Future {
  /** Day number of the newest row's target. */
  readonly targetDay: number
  readonly what: string
  /** How long after that row's decision the value became known. */
  readonly lateMs: number
}

/** A value of the target's day, or of the next, that a column goes row by row with. */
export function futureIn(cells: readonly number[], series: DailySeries, rows: readonly Row[]): Future | null {
  const newest = rows.at(-1)
  if (newest === undefined || rows.length < LEAST_ROWS) return null
  for (const field of FIELDS) {
    const at = (offset: number) => valuesAt(series, rows, field, offset)
    if (likeness(at(-1), at(0)) > STATIC) continue
    for (const offset of [0, 1]) {
      const values = at(offset)
      const closest = Math.max(likeness(cells, values), likeness(cells, values.map(Math.log1p)))
      if (closest < SAME) continue
      const which = offset === 0 ? "the target's day" : 'the day after the target'
      return {
        targetDay: series.firstDay + newest.target,
        what: `goes row by row with ${field} of ${which}`,
        lateMs: knownFrom(series, newest.target + offset) - newest.view.decision.at,
      }
    }
  }
  return null
}

/** Whether a column that is the future would be found among these rows. */
export function canTellFuture(series: DailySeries, rows: readonly Row[]): boolean {
  const at = (offset: number) => valuesAt(series, rows, 'aqi', offset)
  return rows.length >= LEAST_ROWS && likeness(at(-1), at(0)) <= STATIC && likeness(at(0), at(0)) >= SAME
}

function valuesAt(
  series: DailySeries,
  rows: readonly Row[],
  field: (typeof FIELDS)[number],
  offset: number,
): number[] {
  return rows.map(({ target }) => series.values[field][target + offset] ?? Number.NaN)
}

/** Epoch ms; of a day that is not there, the end of the one before and a day more. */
function knownFrom({ knownAt, endsAt }: DailySeries, index: number): number {
  const known = knownAt[index] ?? Number.POSITIVE_INFINITY
  return Number.isFinite(known) ? known : (endsAt[index - 1] ?? Number.NaN) + 86_400_000
}

/** Size of the correlation over the rows that have both; 0 where too few have, or one never changes. */
function likeness(a: readonly number[], b: readonly number[]): number {
  const pairs = a.flatMap((x, i) => {
    const y = b[i] ?? Number.NaN
    return Number.isNaN(x) || Number.isNaN(y) ? [] : [[x, y] as const]
  })
  if (pairs.length < LEAST_ROWS) return 0
  const mean = (pick: (pair: readonly [number, number]) => number) =>
    pairs.reduce((sum, pair) => sum + pick(pair), 0) / pairs.length
  const [mx, my] = [mean(([x]) => x), mean(([, y]) => y)]
  const [vx, vy] = [mean(([x]) => (x - mx) ** 2), mean(([, y]) => (y - my) ** 2)]
  if (vx === 0 || vy === 0) return 0
  return Math.abs(mean(([x, y]) => (x - mx) * (y - my))) / Math.sqrt(vx * vy)
}
