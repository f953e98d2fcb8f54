import type { TrainingMatrix } from '../matrix.ts'

/** The same matrix in memory that all threads see: sent to them without a copy. */
export function sharedMatrix(matrix: TrainingMatrix): TrainingMatrix {
  const doubles = (source: Float64Array) => {
    const shared = new Float64Array(new SharedArrayBuffer(source.byteLength))
    shared.set(source)
    return shared
  }
  const targetDays = new Int32Array(new SharedArrayBuffer(matrix.targetDays.byteLength))
  targetDays.set(matrix.targetDays)
  return {
    columns: [...matrix.columns],
    roles: { ...matrix.roles },
    values: doubles(matrix.values),
    outcomes: doubles(matrix.outcomes),
    targetDays,
    decidedAt: doubles(matrix.decidedAt),
    outcomeKnownAt: doubles(matrix.outcomeKnownAt),
  }
}
