import { ModelError } from '../errors.ts'
import type { FittedForecaster, Forecaster, Recipe } from '../forecaster.ts'
import { climatology } from './climatology.ts'
import { ewma } from './ewma.ts'
import { persistence } from './persistence.ts'
import { ridge } from './ridge.ts'
import type { FitContext } from '../forecaster.ts'
import type { TrainingMatrix } from '../matrix.ts'

export { climatology, type ClimatologyParams } from './climatology.ts'
export { ewma, type EwmaParams } from './ewma.ts'
export { persistence } from './persistence.ts'
export { ridge, type RidgeParams } from './ridge.ts'

export const FORECASTER_IDS = ['persistence', 'climatology', 'ewma', 'ridge'] as const
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

const byId: Readonly<Record<ForecasterId, AnyForecaster>> = {
  persistence: erase(persistence),
  climatology: erase(climatology),
  ewma: erase(ewma),
  ridge: erase(ridge),
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
  return find(recipe.id).fit(training, recipe.params, context)
}

/** Restores the fitted forecaster of a recipe from its JSON. */
export function loadFitted(id: string, data: unknown): FittedForecaster {
  return find(id).load(data)
}
