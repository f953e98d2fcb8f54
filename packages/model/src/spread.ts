import { z } from 'zod'
import { BoostedColumns, boostColumns, boostedValue, boosting } from './forecasters/boosting.ts'
import { rememberFit } from './fit-memory.ts'
import { parseFitted } from './fitted-json.ts'
import type { FitContext } from './forecaster.ts'
import { ridge } from './forecasters/ridge.ts'
import { type ForecastRow, rowAt, rowCount, type TrainingMatrix } from './matrix.ts'

/** With fewer rows nothing about the spread can be learnt: it counts as 1 everywhere. */
const ROWS_AT_LEAST = 365
/** Added to an error before its logarithm, so that a lucky hit weighs no more than a small error. */
const FLOOR = 0.05

const Fitted = z.union([z.strictObject({ kind: z.literal('constant') }), BoostedColumns])
type Fitted = z.infer<typeof Fitted>

/** How uncertain a forecast from a row is, relative to other rows. */
export interface Spread {
  /** A positive number: the usual size of the log error there. 1 where nothing was learnt. */
  scaleOf(row: ForecastRow): number
  toJSON(): Record<string, unknown>
}

function restore(fitted: Fitted): Spread {
  return {
    scaleOf: ({ values }) => ('kind' in fitted ? 1 : Math.exp(boostedValue(fitted, values))),
    toJSON: () => ({ ...fitted }),
  }
}

/**
 * Learns where forecasts go wrong more than elsewhere: boosting of the log size of a ridge's errors. Residuals divided
 * by it are alike on calm and on stormy days, so that intervals are narrow on the one and wide on the other.
 */
export function fitSpread(training: TrainingMatrix, context: FitContext): Spread {
  if (rowCount(training) < ROWS_AT_LEAST) return restore({ kind: 'constant' })
  const line = rememberFit(context, ridge.id, ridge.defaults, () =>
    ridge.fit(training, ridge.defaults, context),
  )
  const sizes = training.outcomes.map((outcome, i) =>
    Math.log(Math.abs(Math.log1p(outcome) - Math.log1p(line.predict(rowAt(training, i)))) + FLOOR),
  )
  const params = { ...boosting.defaults, loss: 'l2' as const, trees: 80, rate: 0.05, leaves: 4, minRows: 60 }
  return restore(boostColumns(training, sizes, params, context.seed))
}

export function loadSpread(data: unknown): Spread {
  return restore(parseFitted(Fitted, data, 'spread'))
}
