import { createHash } from 'node:crypto'
import type { TrainingMatrix } from '@airq/model'

/** SHA-256 (hex) of training rows: column names, days, features and outcomes, bit by bit (little-endian). */
export function trainingRowsSha256(matrix: TrainingMatrix): string {
  const hash = createHash('sha256')
  hash.update(JSON.stringify({ columns: matrix.columns, rows: matrix.outcomes.length }))
  for (const array of [matrix.values, matrix.outcomes, matrix.decidedAt, matrix.outcomeKnownAt]) {
    hash.update(canonicalBytes(array))
  }
  hash.update(canonicalBytes(Float64Array.from(matrix.targetDays)))
  return hash.digest('hex')
}

/** SHA-256 (hex) of what one forecast was made from. */
export function informationSha256(information: {
  readonly model: string
  readonly decision: string
  readonly targetDay: string
  readonly columns: readonly string[]
  readonly values: Float64Array
}): string {
  const { values, ...rest } = information
  return createHash('sha256').update(JSON.stringify(rest)).update(canonicalBytes(values)).digest('hex')
}

/** Eight bytes a number; every NaN alike, so that missing is missing on any machine. */
function canonicalBytes(array: Float64Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(array.length * 8))
  array.forEach((value, i) => {
    view.setFloat64(i * 8, Number.isNaN(value) ? Number.NaN : value, true)
  })
  return new Uint8Array(view.buffer)
}
