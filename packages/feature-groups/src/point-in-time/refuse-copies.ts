import type { TrainingMatrix } from '@airq/model'
import { FeatureGroupsError } from '../errors.ts'
import { LAST_COLUMN } from './columns.ts'

/**
 * A column that equals the outcome row by row has been joined from the future, whatever it says of itself.
 * (A series that hardly changes equals its own past: there nothing can be told and nothing is refused.)
 */
export function refuseCopies(matrix: TrainingMatrix): void {
  const rows = matrix.outcomes.length
  const width = matrix.columns.length
  const share = (column: number) => {
    let same = 0
    for (let i = 0; i < rows; i++) {
      const value = matrix.values[i * width + column] ?? Number.NaN
      const outcome = matrix.outcomes[i] ?? Number.NaN
      if (value === outcome || value === Math.log1p(outcome)) same++
    }
    return same / rows
  }
  const last = matrix.columns.indexOf(LAST_COLUMN)
  if (rows < 30 || (last >= 0 && share(last) > 0.5)) return
  matrix.columns.forEach((name, column) => {
    if (share(column) < 0.9) return
    throw new FeatureGroupsError('leakage', `the column "${name}" equals the outcome it should forecast`, {
      hint: 'It was joined from the target day; shift it back or drop it.',
    })
  })
}
