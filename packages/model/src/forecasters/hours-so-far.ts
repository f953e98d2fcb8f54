import { z } from 'zod'
import type { Forecaster } from '../forecaster.ts'
import { parseFitted } from '../fitted-json.ts'
import { at, columnIndex } from '../matrix.ts'

const Fitted = z.strictObject({ soFar: z.int().min(0).nullable(), last: z.int().min(0) })
type Fitted = z.infer<typeof Fitted>

function restore(fitted: Fitted) {
  return {
    predict(row: { values: Float64Array }) {
      const soFar = fitted.soFar === null ? Number.NaN : at(row.values, fitted.soFar)
      return Number.isNaN(soFar) ? at(row.values, fitted.last) : soFar
    },
    explain: () => [],
    toJSON: () => ({ ...fitted }),
  }
}

/** It stays as the hours of the day so far have been; without any, as the last known day: a baseline of its own. */
export const hoursSoFar: Forecaster<Record<string, never>> = {
  id: 'hours-so-far',
  defaults: {},
  fit: ({ columns, roles }) =>
    restore({
      soFar: roles.soFar === undefined ? null : columnIndex(columns, roles.soFar),
      last: columnIndex(columns, roles.last),
    }),
  load: (data) => restore(parseFitted(Fitted, data, 'hours-so-far')),
}
