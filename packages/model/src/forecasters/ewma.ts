import { z } from 'zod'
import { ModelError } from '../errors.ts'
import { parseFitted } from '../fitted-json.ts'
import type { Forecaster } from '../forecaster.ts'
import { at, columnIndex, rowAt, rowCount } from '../matrix.ts'

const Fitted = z.strictObject({
  alpha: z.number().gt(0).max(1),
  history: z.array(z.int().min(0)).min(1),
  last: z.int().min(0),
})
type Fitted = z.infer<typeof Fitted>

export interface EwmaParams {
  /** Smoothing factors to choose from, by mean absolute error on the training rows. */
  readonly alphas: readonly number[]
}

/** The mean of the known days on the log scale, each day back counting `1 − alpha` of the one after it. */
function smooth(values: Float64Array, fitted: Fitted): number {
  let sum = 0
  let weights = 0
  let weight = 1
  for (const column of fitted.history) {
    const value = at(values, column)
    if (!Number.isNaN(value)) {
      sum += weight * Math.log1p(value)
      weights += weight
    }
    weight *= 1 - fitted.alpha
  }
  return weights > 0 ? Math.expm1(sum / weights) : at(values, fitted.last)
}

function restore(fitted: Fitted) {
  return {
    predict: (row: { values: Float64Array }) => smooth(row.values, fitted),
    explain: () => [],
    toJSON: () => ({ ...fitted }),
  }
}

/** Exponentially weighted moving average of the last days; `alpha` 1 is persistence. */
export const ewma: Forecaster<EwmaParams> = {
  id: 'ewma',
  defaults: { alphas: [0.5, 0.6, 0.7, 0.8, 0.9, 1] },
  fit(training, params) {
    if (rowCount(training) === 0) throw new ModelError('too-few-rows', 'ewma needs at least one row')
    const history = training.roles.history.map((name) => columnIndex(training.columns, name))
    const last = columnIndex(training.columns, training.roles.last)
    let best: Fitted | undefined
    let bestError = Number.POSITIVE_INFINITY
    for (const alpha of params.alphas) {
      const fitted = { alpha, history, last }
      let error = 0
      for (let i = 0; i < rowCount(training); i++) {
        error += Math.abs(smooth(rowAt(training, i).values, fitted) - at(training.outcomes, i))
      }
      if (error < bestError) [best, bestError] = [fitted, error]
    }
    if (best === undefined) throw new ModelError('bad-params', 'ewma needs at least one smoothing factor')
    return restore(best)
  },
  load: (data) => restore(parseFitted(Fitted, data, 'ewma')),
}
