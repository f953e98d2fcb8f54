import { z } from 'zod'
import { ModelError } from '../errors.ts'
import { parseFitted } from '../fitted-json.ts'
import type { FitContext, FittedForecaster, Forecaster, Recipe } from '../forecaster.ts'
import type { ForecastRow, TrainingMatrix } from '../matrix.ts'

export interface BlendParams {
  /** What is blended, all with the same weight: learnt weights have never been better. */
  readonly members: readonly Recipe[]
}

/** How members are fitted and loaded: by name, as any recipe. */
export interface Members {
  fit(recipe: Recipe, training: TrainingMatrix, context: FitContext): FittedForecaster
  load(id: string, data: unknown): FittedForecaster
}

const MOST_MEMBERS = 10

const Fitted = z.strictObject({
  members: z
    .array(z.strictObject({ id: z.string(), fitted: z.record(z.string(), z.unknown()) }))
    .min(1)
    .max(MOST_MEMBERS),
})

interface FittedMember {
  readonly id: string
  readonly fitted: FittedForecaster
}

function restore(members: readonly FittedMember[]): FittedForecaster {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / members.length
  return {
    predict: (row) => Math.expm1(mean(members.map(({ fitted }) => Math.log1p(fitted.predict(row))))),
    explain: (row) => meanReasons(members, row),
    toJSON: () => ({ members: members.map(({ id, fitted }) => ({ id, fitted: fitted.toJSON() })) }),
  }
}

function meanReasons(members: readonly FittedMember[], row: ForecastRow) {
  const sums = new Map<string, number>()
  for (const { fitted } of members) {
    for (const { feature, log } of fitted.explain(row)) sums.set(feature, (sums.get(feature) ?? 0) + log)
  }
  return Array.from(sums, ([feature, log]) => ({ feature, log: log / members.length }))
}

const BLEND_IDS: readonly string[] = ['blend', 'global-blend']

/** The mean of several forecasters on the log scale. */
export function blendOf(
  id: 'blend' | 'global-blend',
  known: Members,
  defaults: BlendParams,
): Forecaster<BlendParams> {
  return {
    id,
    defaults,
    fit(training, { members }, context) {
      if (
        members.length === 0 ||
        members.length > MOST_MEMBERS ||
        members.some((member) => BLEND_IDS.includes(member.id))
      ) {
        throw new ModelError('bad-params', `${id}: members are 1 to ${String(MOST_MEMBERS)} other recipes`, {
          fault: 'input',
          hint: 'Name the forecasters to blend, e.g. boosting and boosted-ridge.',
        })
      }
      return restore(
        members.map((recipe) => ({ id: recipe.id, fitted: known.fit(recipe, training, context) })),
      )
    },
    load: (data) =>
      restore(
        parseFitted(Fitted, data, id).members.map((member) => {
          if (BLEND_IDS.includes(member.id)) throw new ModelError('bad-model', 'a blend within a blend')
          return { id: member.id, fitted: known.load(member.id, member.fitted) }
        }),
      ),
  }
}
