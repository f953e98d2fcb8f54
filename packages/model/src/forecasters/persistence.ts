import { z } from 'zod'
import type { Forecaster } from '../forecaster.ts'
import { parseFitted } from '../fitted-json.ts'
import { at, columnIndex } from '../matrix.ts'

const Fitted = z.strictObject({ last: z.int().min(0) })
type Fitted = z.infer<typeof Fitted>

function restore(fitted: Fitted) {
  return {
    predict: (row: { values: Float64Array }) => at(row.values, fitted.last),
    explain: () => [],
    toJSON: () => ({ ...fitted }),
  }
}

/** Tomorrow is like the last known day: the baseline every forecast has to beat. */
export const persistence: Forecaster<Record<string, never>> = {
  id: 'persistence',
  defaults: {},
  fit: (training) => restore({ last: columnIndex(training.columns, training.roles.last) }),
  load: (data) => restore(parseFitted(Fitted, data, 'persistence')),
}
