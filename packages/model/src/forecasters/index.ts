import { ModelError } from '../errors.ts'
import { rememberFit } from '../fit-memory.ts'
import type { FittedForecaster, Forecaster, Recipe } from '../forecaster.ts'
import { blendOf, type Members } from './blend.ts'
import { boostedRidge } from './boosted-ridge.ts'
import { boosting } from './boosting.ts'
import { climatology } from './climatology.ts'
import { ewma } from './ewma.ts'
import { globalBoosting } from './global-boosting.ts'
import { hoursSoFar } from './hours-so-far.ts'
import { persistence } from './persistence.ts'
import { ridge } from './ridge.ts'
import type { FitContext } from '../forecaster.ts'
import type { TrainingMatrix } from '../matrix.ts'

export type { BlendParams } from './blend.ts'
export { boostedRidge, type BoostedRidgeParams } from './boosted-ridge.ts'
export { boosting, type BoostParams } from './boosting.ts'
export { climatology, type ClimatologyParams } from './climatology.ts'
export { ewma, type EwmaParams } from './ewma.ts'
export { globalBoosting } from './global-boosting.ts'
export { hoursSoFar } from './hours-so-far.ts'
export { persistence } from './persistence.ts'
export { ridge, type RidgeParams } from './ridge.ts'

export const FORECASTER_IDS = [
  'persistence',
  'hours-so-far',
  'climatology',
  'ewma',
  'ridge',
  'boosting',
  'boosted-ridge',
  'blend',
  'global-boosting',
  'global-blend',
] as const
/** What others have to beat: scored and issued as they say, without any correction. */
const BASELINE_IDS: readonly string[] = ['persistence', 'hours-so-far', 'climatology', 'ewma']

export function isBaseline(id: string): boolean {
  return BASELINE_IDS.includes(id)
}

/** Learn from all series of a pool: worth their time where there are several. */
const GLOBAL_IDS: readonly string[] = ['global-boosting', 'global-blend']

export function isGlobal(id: string): boolean {
  return GLOBAL_IDS.includes(id)
}

export type ForecasterId = (typeof FORECASTER_IDS)[number]

/** A forecaster with its type of parameters hidden, so that recipes of all kinds stand in one list. */
interface AnyForecaster {
  readonly defaults: Readonly<Record<string, unknown>>
  fit(
    training: TrainingMatrix,
    params: Readonly<Record<string, unknown>>,
    context: FitContext,
  ): FittedForecaster
  load(data: unknown): FittedForecaster
}

function erase<P extends object>(forecaster: Forecaster<P>): AnyForecaster {
  return {
    defaults: Object.fromEntries(Object.entries(forecaster.defaults)),
    fit: (training, params, context) =>
      forecaster.fit(training, { ...forecaster.defaults, ...params }, context),
    load: (data) => forecaster.load(data),
  }
}

const MEMBERS: Members = { fit: fitRecipe, load: loadFitted }

/** Boosting and the boosted ridge: together better than any one forecaster, on nearly every city tried. */
export const blend = blendOf('blend', MEMBERS, { members: [defaultsOf(boosting), defaultsOf(boostedRidge)] })

/** The same two and boosting over all series of the pool: better than the blend where there are several series. */
export const globalBlend = blendOf('global-blend', MEMBERS, {
  members: [defaultsOf(boosting), defaultsOf(boostedRidge), defaultsOf(globalBoosting)],
})

function defaultsOf<P extends object>({ id, defaults }: Forecaster<P>): Recipe {
  return { id, params: Object.fromEntries(Object.entries(defaults)) }
}

const byId: Readonly<Record<ForecasterId, AnyForecaster>> = {
  persistence: erase(persistence),
  'hours-so-far': erase(hoursSoFar),
  climatology: erase(climatology),
  ewma: erase(ewma),
  ridge: erase(ridge),
  boosting: erase(boosting),
  'boosted-ridge': erase(boostedRidge),
  blend: erase(blend),
  'global-boosting': erase(globalBoosting),
  'global-blend': erase(globalBlend),
}

export function isForecasterId(id: string): id is ForecasterId {
  return FORECASTER_IDS.some((known) => known === id)
}

function find(id: string): AnyForecaster {
  if (!isForecasterId(id)) {
    throw new ModelError('unknown-forecaster', `there is no forecaster "${id}"`, {
      fault: 'input',
      hint: `Known are ${FORECASTER_IDS.join(', ')}.`,
    })
  }
  return byId[id]
}

/** The recipe of a forecaster with its default hyper-parameters. */
export function defaultRecipe(id: string): Recipe {
  return { id, params: find(id).defaults }
}

/** Fits a recipe; parameters it leaves out take the forecaster's defaults. */
export function fitRecipe(recipe: Recipe, training: TrainingMatrix, context: FitContext): FittedForecaster {
  const forecaster = find(recipe.id)
  const params = { ...forecaster.defaults, ...recipe.params }
  return rememberFit(context, recipe.id, params, () => forecaster.fit(training, params, context))
}

/** Restores the fitted forecaster of a recipe from its JSON. */
export function loadFitted(id: string, data: unknown): FittedForecaster {
  return find(id).load(data)
}
