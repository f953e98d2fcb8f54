import { z } from 'zod'
import { ModelError } from '../errors.ts'
import { parseFitted, stable } from '../fitted-json.ts'
import type { FittedForecaster, Forecaster } from '../forecaster.ts'
import { fromLog, logRange } from '../log-range.ts'
import { at, columnValues, featureColumns, rowCount, type TrainingMatrix } from '../matrix.ts'
import { solveRidge } from '../ridge/solve.ts'
import { type ColumnScale, learnScale, standardise } from '../ridge/standardise.ts'

const ROWS_AT_LEAST = 60

const finite = z.number()
const Fitted = z.strictObject({
  intercept: finite,
  /** Largest and smallest log outcome seen in training, widened: a forecast stays within. */
  range: z.tuple([finite, finite]),
  penalty: z.number().positive(),
  terms: z.array(
    z.strictObject({
      feature: z.string(),
      column: z.int().min(0),
      low: finite,
      high: finite,
      mean: finite,
      deviation: z.number().min(0),
      weight: finite,
    }),
  ),
})
type Fitted = z.infer<typeof Fitted>

export interface RidgeParams {
  /** Penalties to choose from by leave-one-out. */
  readonly penalties: readonly number[]
  /** Share of each column clipped at either end. */
  readonly clip: number
}

function restore(fitted: Fitted): FittedForecaster {
  return {
    predict(row) {
      let log = fitted.intercept
      for (const term of fitted.terms) log += term.weight * standardise(at(row.values, term.column), term)
      return fromLog(log, fitted.range)
    },
    explain: (row) =>
      fitted.terms.map((term) => ({
        feature: term.feature,
        log: term.weight * standardise(at(row.values, term.column), term),
      })),
    toJSON: () => ({ ...fitted }),
  }
}

function standardised(training: TrainingMatrix, columns: readonly number[], scales: readonly ColumnScale[]) {
  const width = columns.length
  const inputs = new Float64Array(rowCount(training) * width)
  columns.forEach((column, j) => {
    const scale = scales[j]
    if (scale === undefined) return
    for (let i = 0; i < rowCount(training); i++) {
      inputs[i * width + j] = standardise(at(training.values, i * training.columns.length + column), scale)
    }
  })
  return inputs
}

/** Linear regression of the log outcome with a quadratic penalty; columns clipped and standardised. */
export const ridge: Forecaster<RidgeParams> = {
  id: 'ridge',
  defaults: { penalties: [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000], clip: 0.005 },
  fit(training, params) {
    const rows = rowCount(training)
    if (rows < ROWS_AT_LEAST) {
      throw new ModelError(
        'too-few-rows',
        `the ridge needs at least ${String(ROWS_AT_LEAST)} rows, there are ${String(rows)}`,
      )
    }
    const columns = featureColumns(training)
    const scales = columns.map((column) => learnScale(columnValues(training, column), params.clip))
    const logs = training.outcomes.map((outcome) => Math.log1p(outcome))
    const intercept = logs.reduce((sum, log) => sum + log, 0) / rows
    const { weights, penalty } = solveRidge(
      standardised(training, columns, scales),
      logs.map((log) => log - intercept),
      columns.length,
      params.penalties,
    )
    const [low, high] = logRange(logs)
    return restore({
      intercept: stable(intercept),
      range: [low, high],
      penalty,
      terms: scales.map((scale, i) => ({
        feature: training.columns[columns[i] ?? 0] ?? '',
        column: columns[i] ?? 0,
        low: stable(scale.low),
        high: stable(scale.high),
        mean: stable(scale.mean),
        deviation: stable(scale.deviation),
        weight: stable(weights[i] ?? 0),
      })),
    })
  },
  load: (data) => restore(parseFitted(Fitted, data, 'ridge')),
}
