import { z } from 'zod'
import { ModelError } from '../errors.ts'
import type { Recipe } from '../forecaster.ts'
import { defaultRecipe, isForecasterId } from '../forecasters/index.ts'

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/)
const params = z.record(z.string().max(64), z.unknown())

const Trial = z.strictObject({
  number: z.int().min(0),
  params,
  /** On how many of the eight blocks it was judged before it was stopped. */
  blocks: z.int().min(1),
  /** Mean absolute error on these blocks divided by persistence's. */
  relMae: z.number().min(0),
})

const HyperparametersDocument = z.strictObject({
  format: z.literal('airq-hyperparameters'),
  formatVersion: z.literal(1),
  station: z.string().max(64),
  decision: z.string().max(64),
  informationSet: z.string().max(64),
  /** True where the rows come from the simulator. */
  simulated: z.boolean(),
  seed: z.int(),
  /** The rows recipes were judged on, by their targets; all lie before the test days. */
  judged: z.strictObject({ rows: z.int().min(1), firstDay: day, lastDay: day }),
  recipes: z
    .array(
      z.strictObject({
        id: z.string().max(64),
        params,
        relMae: z.number().min(0),
        /** Of the forecaster's own defaults, on the same rows. */
        defaultRelMae: z.number().min(0),
        trials: z.array(Trial).min(1).max(10_000),
      }),
    )
    .min(1)
    .max(20),
})

/** Hyper-parameters found for a station and decision, with the trials that speak for them. */
export type HyperparametersDocument = z.infer<typeof HyperparametersDocument>

/** JSON Schema (draft 2020-12) of a hyper-parameters document. */
export function hyperparametersDocumentSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(HyperparametersDocument, { target: 'draft-2020-12' }) }
}

/**
 * Checks a document read from a registry.
 * @throws ModelError `bad-model`, naming the first thing that is wrong
 */
export function parseHyperparametersDocument(data: unknown): HyperparametersDocument {
  const parsed = HyperparametersDocument.safeParse(data)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new ModelError(
    'bad-model',
    `the hyper-parameters are not valid: ${issue?.message ?? 'unknown shape'}`,
    {
      where: issue?.path.map(String).join('.') ?? '',
      hint: 'Search them again with this version of airq, or train with the defaults.',
    },
  )
}

/** The recipes of a document by forecaster, parameters it does not name with their defaults. */
export function tunedRecipes({ recipes }: HyperparametersDocument): Map<string, Recipe> {
  return new Map(
    recipes.flatMap(({ id, params: found }): [string, Recipe][] =>
      isForecasterId(id) ? [[id, { id, params: { ...defaultRecipe(id).params, ...found } }]] : [],
    ),
  )
}
