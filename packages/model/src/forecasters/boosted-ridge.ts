import { z } from 'zod'
import { rememberFit } from '../fit-memory.ts'
import { parseFitted } from '../fitted-json.ts'
import type { Contribution, FittedForecaster, Forecaster } from '../forecaster.ts'
import { fromLog, logRange } from '../log-range.ts'
import { rowAt } from '../matrix.ts'
import {
  BoostedColumns,
  boostColumns,
  boostedReasons,
  boostedValue,
  boosting,
  type BoostParams,
} from './boosting.ts'
import { ridge, type RidgeParams } from './ridge.ts'

export type BoostedRidgeParams = BoostParams & RidgeParams

const Fitted = z.strictObject({
  range: z.tuple([z.number(), z.number()]),
  ridge: z.record(z.string(), z.unknown()),
  ...BoostedColumns.shape,
})
type Fitted = z.infer<typeof Fitted>

function restore(fitted: Fitted): FittedForecaster {
  const line = ridge.load(fitted.ridge)
  return {
    predict: (row) => fromLog(Math.log1p(line.predict(row)) + boostedValue(fitted, row.values), fitted.range),
    explain: (row) => added(line.explain(row), boostedReasons(fitted, row.values)),
    toJSON: () => ({ ...fitted }),
  }
}

function added(first: readonly Contribution[], second: readonly Contribution[]): Contribution[] {
  const sums = new Map<string, number>()
  for (const { feature, log } of [...first, ...second]) sums.set(feature, (sums.get(feature) ?? 0) + log)
  return Array.from(sums, ([feature, log]) => ({ feature, log }))
}

/**
 * A ridge, and trees boosted on what it leaves: the line carries level and season, also beyond what was seen, and the
 * trees bend it.
 */
export const boostedRidge: Forecaster<BoostedRidgeParams> = {
  id: 'boosted-ridge',
  defaults: { ...ridge.defaults, ...boosting.defaults, leaves: 4 },
  fit(training, params, context) {
    const own: RidgeParams = { penalties: params.penalties, clip: params.clip }
    const line = rememberFit(context, ridge.id, own, () => ridge.fit(training, own, context))
    const logs = training.outcomes.map((outcome) => Math.log1p(outcome))
    const left = logs.map((log, i) => log - Math.log1p(line.predict(rowAt(training, i))))
    const [low, high] = logRange(logs)
    return restore({
      range: [low, high],
      ridge: line.toJSON(),
      ...boostColumns(training, left, params, context.seed),
    })
  },
  load: (data) => restore(parseFitted(Fitted, data, 'boosted-ridge')),
}
