import { z } from 'zod'
import { binnedFeatures } from '../boosting/bins.ts'
import { boost, type BoostParams, predictBoosted } from '../boosting/boost.ts'
import { contributionsOf } from '../boosting/contributions.ts'
import { BoostedJson } from '../boosting/tree-json.ts'
import { ModelError } from '../errors.ts'
import { parseFitted, stable } from '../fitted-json.ts'
import type { FittedForecaster, Forecaster } from '../forecaster.ts'
import { fromLog, logRange } from '../log-range.ts'
import { at, featureColumns, rowCount, type TrainingMatrix } from '../matrix.ts'

export type { BoostParams } from '../boosting/boost.ts'

const ROWS_AT_LEAST = 60

const share = z.number().gt(0).max(1)
const Params = z.object({
  loss: z.enum(['l1', 'l2']),
  trees: z.int().min(1).max(5000),
  rate: share,
  leaves: z.int().min(2).max(256),
  minRows: z.int().min(1),
  rowShare: share,
  columnShare: share,
  holdOut: z.number().min(0).max(0.5),
  patience: z.int().min(1),
})

export const BoostedColumns = z.strictObject({
  /** Names and positions of the columns the trees split, in their order. */
  features: z.array(z.strictObject({ feature: z.string(), column: z.int().min(0) })).min(1),
  boosted: BoostedJson,
})
export type BoostedColumns = z.infer<typeof BoostedColumns>

/** @throws ModelError `bad-params` */
export function checkBoostParams(params: BoostParams): BoostParams {
  const checked = Params.safeParse(params)
  if (checked.success) return checked.data
  const issue = checked.error.issues[0]
  throw new ModelError('bad-params', `boosting: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`, {
    fault: 'input',
    hint: 'Correct the hyper-parameter, or leave it out to take its default.',
  })
}

/**
 * Boosts a target on the features of a matrix.
 * @throws ModelError `bad-params`; `too-few-rows` below 60 rows
 */
export function boostColumns(
  training: TrainingMatrix,
  target: Float64Array,
  params: BoostParams,
  seed: number,
): BoostedColumns {
  const checked = checkBoostParams(params)
  const rows = rowCount(training)
  if (rows < ROWS_AT_LEAST) {
    throw new ModelError(
      'too-few-rows',
      `boosting needs at least ${String(ROWS_AT_LEAST)} rows, there are ${String(rows)}`,
    )
  }
  const columns = featureColumns(training)
  const boosted = boost(binnedFeatures(training), target, checked, seed)
  return {
    features: columns.map((column) => ({ feature: training.columns[column] ?? '', column })),
    boosted: { base: stable(boosted.base), trees: [...boosted.trees] },
  }
}

/** What the trees say of a row. */
export function boostedValue({ features, boosted }: BoostedColumns, values: Float64Array): number {
  return predictBoosted(boosted, pick(features, values))
}

export function boostedReasons({ features, boosted }: BoostedColumns, values: Float64Array) {
  const { byFeature } = contributionsOf(boosted, pick(features, values))
  return features.map(({ feature }, i) => ({ feature, log: at(byFeature, i) }))
}

function pick(features: BoostedColumns['features'], values: Float64Array): Float64Array {
  return Float64Array.from(features, ({ column }) => at(values, column))
}

const Fitted = z.strictObject({ range: z.tuple([z.number(), z.number()]), ...BoostedColumns.shape })
type Fitted = z.infer<typeof Fitted>

function restore(fitted: Fitted): FittedForecaster {
  return {
    predict: ({ values }) => fromLog(boostedValue(fitted, values), fitted.range),
    explain: ({ values }) => boostedReasons(fitted, values),
    toJSON: () => ({ ...fitted }),
  }
}

/** Histogram gradient boosting of the log outcome; missing values go their own way. */
export const boosting: Forecaster<BoostParams> = {
  id: 'boosting',
  defaults: {
    loss: 'l1',
    trees: 150,
    rate: 0.04,
    leaves: 8,
    minRows: 25,
    rowShare: 0.7,
    columnShare: 0.4,
    holdOut: 0,
    patience: 30,
  },
  fit(training, params, { seed }) {
    const logs = training.outcomes.map((outcome) => Math.log1p(outcome))
    const [low, high] = logRange(logs)
    return restore({ range: [low, high], ...boostColumns(training, logs, params, seed) })
  },
  load: (data) => restore(parseFitted(Fitted, data, 'boosting')),
}
