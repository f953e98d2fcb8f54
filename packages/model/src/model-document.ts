import { z } from 'zod'
import { ModelError } from './errors.ts'
import type { FittedForecaster } from './forecaster.ts'
import { loadFitted } from './forecasters/index.ts'
import type { ForecastRow } from './matrix.ts'
import { distribution, type Distribution } from './uncertainty.ts'

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/)

const FittedModel = z.strictObject({
  /** Names and order of the columns of a row. */
  columns: z.array(z.string().max(64)).min(1).max(2000),
  recipe: z.strictObject({ id: z.string().max(64), params: z.record(z.string(), z.unknown()) }),
  fitted: z.record(z.string(), z.unknown()),
  /** Log residuals of the recipe on its test days, refitted as in the backtest: what its intervals are made of. */
  residuals: z.array(z.number()).min(1).max(5000),
  residualsFrom: z.strictObject({ kind: z.literal('test-days'), firstDay: day, lastDay: day }),
})

const ModelDocument = z.strictObject({
  format: z.literal('airq-forecast-model'),
  formatVersion: z.literal(1),
  station: z.string().max(64),
  /** What is forecast: the value and its definition travel together. */
  target: z.strictObject({
    name: z.literal('aqi'),
    scale: z.string().max(64),
    timeZone: z.string().max(64),
    dailyValue: z.string().max(400),
    /** Lower bounds of the second class onwards. */
    classBounds: z.array(z.number()).max(20),
  }),
  decision: z.literal('end-of-day'),
  /** Target day minus last day known at the decision, of most training rows. */
  lead: z.int().min(1).max(14),
  coverage: z.number().gt(0).lt(1),
  /** True where the training rows come from the simulator: the model says nothing about real air. */
  simulated: z.boolean(),
  informationSets: z.strictObject({ daily: FittedModel }),
})

/** One station's model for one decision, portable as JSON; one fitted model per information set. */
export type ModelDocument = z.infer<typeof ModelDocument>
export type FittedModel = z.infer<typeof FittedModel>

/** JSON Schema (draft 2020-12) of a model document. */
export function modelDocumentSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(ModelDocument, { target: 'draft-2020-12' }) }
}

/** Checks a document read from a registry; `bad-model` names the first thing that is wrong. */
export function parseModelDocument(data: unknown): ModelDocument {
  const parsed = ModelDocument.safeParse(data)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new ModelError('bad-model', `the model document is not valid: ${issue?.message ?? 'unknown shape'}`, {
    where: issue?.path.map(String).join('.') ?? '',
    hint: 'Use the version of airq that trained this model, or train again.',
  })
}

/** A model document made ready to forecast. */
export interface LoadedModel {
  readonly document: ModelDocument
  /** Throws `bad-matrix` when the row's columns are not the model's. */
  forecast(columns: readonly string[], row: ForecastRow): Distribution
}

export function loadModel(data: unknown): LoadedModel {
  const document = parseModelDocument(data)
  const model = document.informationSets.daily
  const forecaster: FittedForecaster = loadFitted(model.recipe.id, model.fitted)
  return {
    document,
    forecast(columns, row) {
      if (columns.length !== model.columns.length || columns.some((name, i) => name !== model.columns[i])) {
        throw new ModelError('bad-matrix', 'the row has other columns than the model was trained on', {
          hint: 'Train again with this version of airq.',
        })
      }
      return distribution(forecaster.predict(row), model.residuals, {
        coverage: document.coverage,
        classBounds: document.target.classBounds,
      })
    },
  }
}
