import { ModelError } from './errors.ts'

/**
 * Rows for training, in the order of their decisions: features known at the decision, and the outcome.
 * `values` is row-major, `rows × columns.length`; a missing feature is `NaN`, a missing outcome has no row.
 */
export interface TrainingMatrix {
  readonly columns: readonly string[]
  readonly roles: SeriesRoles
  readonly values: Float64Array
  /** The outcome of each row, in the unit of the series. */
  readonly outcomes: Float64Array
  /** Day number (days since 1970-01-01) of the day each outcome belongs to. */
  readonly targetDays: Int32Array
  /** Epoch ms of each row's decision. */
  readonly decidedAt: Float64Array
  /** Epoch ms from which each outcome counts as known: a later fit may use the row, an earlier one may not. */
  readonly outcomeKnownAt: Float64Array
  /** Several series, this one as a rule among them, for a model over all of them. */
  readonly pool?: SeriesPool
}

/** Rows of several series with the same columns and roles. */
export interface SeriesPool {
  /** The same array in every matrix of these series: what is fitted on it serves all of them. */
  readonly series: readonly TrainingMatrix[]
  /** Epoch ms: only rows whose outcome was known by then count; `Infinity` where nothing was cut off. */
  readonly knownAt: number
}

/** Which columns hold the series itself, for the baselines; all other columns are features. */
export interface SeriesRoles {
  /** The last known value at the decision, carried forward over gaps. */
  readonly last: string
  /** The values of the last days in the unit of the series, newest first; `NaN` where a day has none. */
  readonly history: readonly string[]
  /** What the hours of a day still running say, in the unit of the series; `NaN` where there were none. */
  readonly soFar?: string
  /**
   * Features that are logarithms of values like those of the series, such as lags and means of logs: a model over
   * several series sees them relative to the level of each.
   */
  readonly logs?: readonly string[]
}

/** One row to forecast from: the same columns as in training. */
export interface ForecastRow {
  readonly values: Float64Array
  readonly targetDay: number
}

export function rowCount(matrix: TrainingMatrix): number {
  return matrix.outcomes.length
}

/** The features of one row, as a view (no copy). */
export function rowAt(matrix: TrainingMatrix, index: number): ForecastRow {
  const width = matrix.columns.length
  return {
    values: matrix.values.subarray(index * width, (index + 1) * width),
    targetDay: at(matrix.targetDays, index),
  }
}

/** The rows whose outcome was known at an instant: what an honest fit at that instant may see. */
export function knownRows(matrix: TrainingMatrix, instant: number): TrainingMatrix {
  const keep: number[] = []
  for (let i = 0; i < rowCount(matrix); i++) if (at(matrix.outcomeKnownAt, i) <= instant) keep.push(i)
  const width = matrix.columns.length
  const values = new Float64Array(keep.length * width)
  keep.forEach((from, to) => {
    values.set(matrix.values.subarray(from * width, (from + 1) * width), to * width)
  })
  const pick = (source: Float64Array) => Float64Array.from(keep, (i) => at(source, i))
  return {
    columns: matrix.columns,
    roles: matrix.roles,
    values,
    outcomes: pick(matrix.outcomes),
    targetDays: Int32Array.from(keep, (i) => at(matrix.targetDays, i)),
    decidedAt: pick(matrix.decidedAt),
    outcomeKnownAt: pick(matrix.outcomeKnownAt),
    ...poolKnownAt(matrix, instant),
  }
}

function poolKnownAt({ pool }: TrainingMatrix, instant: number): { readonly pool?: SeriesPool } {
  return pool === undefined ? {} : { pool: { ...pool, knownAt: Math.min(pool.knownAt, instant) } }
}

/** The rows before one, as views (no copies); of a pool, what was known at the last of their decisions. */
export function firstRows(matrix: TrainingMatrix, rows: number): TrainingMatrix {
  return {
    ...matrix,
    ...(rows < rowCount(matrix)
      ? poolKnownAt(matrix, rows > 0 ? at(matrix.decidedAt, rows - 1) : -Infinity)
      : {}),
    values: matrix.values.subarray(0, rows * matrix.columns.length),
    outcomes: matrix.outcomes.subarray(0, rows),
    targetDays: matrix.targetDays.subarray(0, rows),
    decidedAt: matrix.decidedAt.subarray(0, rows),
    outcomeKnownAt: matrix.outcomeKnownAt.subarray(0, rows),
  }
}

/** The values of one column, copied out. */
export function columnValues(matrix: TrainingMatrix, column: number): Float64Array {
  const width = matrix.columns.length
  const values = new Float64Array(rowCount(matrix))
  for (let i = 0; i < values.length; i++) values[i] = at(matrix.values, i * width + column)
  return values
}

/** The columns that are features: all but those that hold the series itself for the baselines. */
export function featureColumns({ columns, roles }: Pick<TrainingMatrix, 'columns' | 'roles'>): number[] {
  const series = new Set([roles.last, ...roles.history, roles.soFar])
  return columns.flatMap((name, column) => (series.has(name) ? [] : [column]))
}

/** Position of a column; `bad-matrix` when it is not there. */
export function columnIndex(columns: readonly string[], name: string): number {
  const index = columns.indexOf(name)
  if (index < 0) throw new ModelError('bad-matrix', `the rows have no column "${name}"`, { fault: 'input' })
  return index
}

/** Throws `bad-matrix` when lengths disagree or an outcome is not a finite number. */
export function checkMatrix(matrix: TrainingMatrix): void {
  const rows = rowCount(matrix)
  const lengths = [matrix.targetDays.length, matrix.decidedAt.length, matrix.outcomeKnownAt.length]
  if (lengths.some((n) => n !== rows) || matrix.values.length !== rows * matrix.columns.length) {
    throw new ModelError('bad-matrix', 'the arrays of the matrix differ in length', { fault: 'input' })
  }
  for (let i = 0; i < rows; i++) {
    if (!Number.isFinite(at(matrix.outcomes, i))) {
      throw new ModelError('bad-matrix', `the outcome of row ${String(i)} is not a finite number`, {
        fault: 'input',
      })
    }
    if (i > 0 && at(matrix.decidedAt, i) < at(matrix.decidedAt, i - 1)) {
      throw new ModelError('bad-matrix', 'the rows are not in the order of their decisions', {
        fault: 'input',
      })
    }
  }
}

/** Reads a typed array inside its bounds; outside it gives `NaN`, which no result can hide. */
export function at(array: Float64Array | Int32Array, index: number): number {
  return array[index] ?? Number.NaN
}
