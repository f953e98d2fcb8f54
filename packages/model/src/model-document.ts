import { z } from 'zod'
import { ModelError } from './errors.ts'
import { RESIDUALS_KEPT } from './residual.ts'

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/)
const instants = z.array(z.number()).max(RESIDUALS_KEPT)

/** Out-of-sample residuals of the recipe, refitted as in the backtest, in the order of their decisions. */
const Residuals = z
  .strictObject({
    /** Epoch ms. */
    decidedAt: instants,
    /** Epoch ms from which the outcome counts as known. */
    knownAt: instants,
    /** log(1 + outcome) − log(1 + forecast). */
    log: z.array(z.number()).min(1).max(RESIDUALS_KEPT),
    /** The spread expected at the decision. */
    scale: z.array(z.number().positive()).max(RESIDUALS_KEPT),
  })
  .refine(
    ({ decidedAt, knownAt, log, scale }) =>
      [decidedAt, knownAt, scale].every(({ length }) => length === log.length),
    'the arrays of the residuals differ in length',
  )

const FittedModel = z.strictObject({
  /** What must be known beside the days for such a row; no more than the columns need. */
  needs: z.array(z.string().max(64)).max(20),
  /** Names and order of the columns of a row. */
  columns: z.array(z.string().max(64)).min(1).max(2000),
  recipe: z.strictObject({ id: z.string().max(64), params: z.record(z.string(), z.unknown()) }),
  fitted: z.record(z.string(), z.unknown()),
  /** Where errors are larger than elsewhere. */
  spread: z.record(z.string(), z.unknown()),
  residuals: Residuals,
  residualsFrom: z.strictObject({ kind: z.literal('backtest'), firstDay: day, lastDay: day }),
})

const head = {
  format: z.literal('airq-forecast-model'),
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
  decision: z.enum(['end-of-day', 'evening', 'morning']),
  /** Target day minus last day known at the decision, of most training rows. */
  lead: z.int().min(1).max(14),
  coverage: z.number().gt(0).lt(1),
  /** True where the training rows come from the simulator: the model says nothing about real air. */
  simulated: z.boolean(),
}

const ModelDocument = z.strictObject({
  ...head,
  formatVersion: z.literal(2),
  /** Local hour of the decision, 1 to 23; 24 at the end of the day. */
  decisionHour: z.int().min(1).max(24),
  /** A model for each set of what is known at the decision; all but the poorest may be absent. */
  informationSets: z.strictObject({
    daily: FittedModel,
    '+stationHours': FittedModel.optional(),
    '+modelHours': FittedModel.optional(),
    '+weather': FittedModel.optional(),
  }),
})

/** Format 1: plain residuals of the test days, no spread. */
const ModelDocument1 = z.strictObject({
  ...head,
  formatVersion: z.literal(1),
  informationSets: z.strictObject({
    daily: z.strictObject({
      columns: FittedModel.shape.columns,
      recipe: FittedModel.shape.recipe,
      fitted: FittedModel.shape.fitted,
      residuals: z.array(z.number()).min(1).max(5000),
      residualsFrom: z.strictObject({ kind: z.literal('test-days'), firstDay: day, lastDay: day }),
    }),
  }),
})

/** One station's model for one decision, portable as JSON; one fitted model per information set. */
export type ModelDocument = z.infer<typeof ModelDocument>
export type FittedModel = z.infer<typeof FittedModel>
/** Names of the sets of what is known at a decision, from the poorest to the richest. */
export const INFORMATION_SET_NAMES = ['daily', '+stationHours', '+modelHours', '+weather'] as const
export type InformationSetName = (typeof INFORMATION_SET_NAMES)[number]

/** JSON Schema (draft 2020-12) of a model document. */
export function modelDocumentSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(ModelDocument, { target: 'draft-2020-12' }) }
}

/**
 * Checks a document read from a registry, of this format or an earlier one.
 * @throws ModelError `bad-model`, naming the first thing that is wrong
 */
export function parseModelDocument(data: unknown): ModelDocument {
  const version = z.looseObject({ formatVersion: z.unknown() }).safeParse(data).data?.formatVersion
  if (typeof version === 'number' && version > 2) {
    throw new ModelError('bad-model', `the model document has format ${String(version)}; known are 1 and 2`, {
      where: 'formatVersion',
      hint: 'Use the version of airq that trained this model, or train again.',
    })
  }
  return version === 1 ? upgraded(parseWith(ModelDocument1, data)) : parseWith(ModelDocument, data)
}

function parseWith<T>(schema: z.ZodType<T>, data: unknown): T {
  const parsed = schema.safeParse(data)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new ModelError('bad-model', `the model document is not valid: ${issue?.message ?? 'unknown shape'}`, {
    where: issue?.path.map(String).join('.') ?? '',
    hint: 'Use the version of airq that trained this model, or train again.',
  })
}

/** Residuals without instants count as known from the beginning. */
function upgraded(old: z.infer<typeof ModelDocument1>): ModelDocument {
  const { residuals, residualsFrom, ...daily } = old.informationSets.daily
  const log = residuals.slice(-RESIDUALS_KEPT)
  return {
    ...old,
    formatVersion: 2,
    decisionHour: 24,
    informationSets: {
      daily: {
        ...daily,
        needs: [],
        spread: { kind: 'constant' },
        residuals: {
          decidedAt: log.map(() => -1),
          knownAt: log.map(() => -1),
          log,
          scale: log.map(() => 1),
        },
        residualsFrom: { ...residualsFrom, kind: 'backtest' },
      },
    },
  }
}
