import { at, columnValues, featureColumns, type TrainingMatrix } from '../matrix.ts'

/** Values of a column are told apart by their quantiles; bin 0 holds the missing ones. */
export const MOST_BINS = 64

export interface BinnedColumns {
  /** Column-major: bin of row i in column c at `c · rows + i`. */
  readonly bins: Uint8Array
  /** For each column, the upper bound (inclusive) of bins 1, 2, …; the last bin has none. */
  readonly bounds: readonly Float64Array[]
  readonly rows: number
}

/** Bins columns given one by one; `NaN` is missing. */
export function binColumns(columns: readonly Float64Array[]): BinnedColumns {
  const rows = columns[0]?.length ?? 0
  const bins = new Uint8Array(rows * columns.length)
  const bounds = columns.map((column, c) => {
    const cuts = cutPoints(column)
    for (let i = 0; i < rows; i++) bins[c * rows + i] = binOf(at(column, i), cuts)
    return cuts
  })
  return { bins, bounds, rows }
}

const binned = new WeakMap<TrainingMatrix, BinnedColumns>()

/** The feature columns of a matrix, binned once however many boosters grow on it. */
export function binnedFeatures(training: TrainingMatrix): BinnedColumns {
  const known = binned.get(training)
  if (known !== undefined) return known
  const made = binColumns(featureColumns(training).map((column) => columnValues(training, column)))
  binned.set(training, made)
  return made
}

function binOf(value: number, cuts: Float64Array): number {
  if (Number.isNaN(value)) return 0
  let low = 0
  let high = cuts.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (value <= at(cuts, middle)) high = middle
    else low = middle + 1
  }
  return low + 1
}

/**
 * At most `MOST_BINS − 2` values that part the column into bins of about equal size, midway between neighbours. Equal
 * values stay together: a cut that would part them moves up to the end of their run.
 */
function cutPoints(column: Float64Array): Float64Array {
  const sorted = column.filter((value) => !Number.isNaN(value)).sort()
  const bins = MOST_BINS - 1
  const cuts: number[] = []
  let next = 1
  for (let i = 1; i < sorted.length && cuts.length < bins - 1; i++) {
    const [below, above] = [at(sorted, i - 1), at(sorted, i)]
    if (i < Math.floor((next * sorted.length) / bins) || above === below) continue
    cuts.push(between(below, above))
    while (Math.floor((next * sorted.length) / bins) <= i) next++
  }
  return Float64Array.from(cuts)
}

/** A short number between two others: seven digits are enough to part them, and keep a stored tree small. */
function between(below: number, above: number): number {
  const middle = (below + above) / 2
  const short = Number(middle.toPrecision(7))
  return short > below && short < above ? short : middle
}
