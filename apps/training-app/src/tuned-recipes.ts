import { parseHyperparametersDocument, type Recipe, tunedRecipes } from '@airq/model'
import type { ModelRef, ModelRegistry } from '@airq/model-registry'
import { type Decision, PipelineError, type RunContext, type StationConfig } from '@airq/pipeline'
import type { ForecasterId } from '@airq/pipeline/config'
import { candidateRecipes, type Comparison } from './compare.ts'
import { hyperparametersName } from './hyperparameters-package.ts'

/** What competes, by name, and where its hyper-parameters come from. */
export interface Candidates {
  readonly recipes: Map<string, Recipe>
  /** `null`: each forecaster's own. */
  readonly hyperparameters: (ModelRef & { readonly judgedUntil: string }) | null
}

interface CandidateQuestion {
  readonly station: StationConfig
  readonly decision: Decision
  /** Ids of what competes. */
  readonly named: readonly ForecasterId[]
}

/**
 * The recipes of the candidates, with the hyper-parameters that the last search has published where the
 * configuration says so.
 * @throws PipelineError `no-hyperparameters`; ModelError `bad-model`; ModelRegistryError
 */
export async function candidatesFor(
  { config, signal }: RunContext,
  registry: ModelRegistry,
  { station, decision, named }: CandidateQuestion,
): Promise<Candidates> {
  const recipes = candidateRecipes(named)
  if (config.training.hyperparameters.from === 'config') return { recipes, hyperparameters: null }
  const name = hyperparametersName(station.id, decision)
  const version = await registry.resolve(name, 'latest', { signal })
  if (version === null) {
    throw new PipelineError('no-hyperparameters', `there are no hyper-parameters ${name} in the registry`, {
      hint: 'Run hyperparam-optimization-pipeline first, or set training.hyperparameters.from to config.',
    })
  }
  const document = parseHyperparametersDocument((await registry.fetch(version, { signal })).model)
  for (const [id, recipe] of tunedRecipes(document)) if (recipes.has(id)) recipes.set(id, recipe)
  const judgedUntil = document.judged.lastDay
  return { recipes, hyperparameters: { name: version.name, version: version.version, judgedUntil } }
}

/** Hyper-parameters chosen on days that now judge them make the scores look better than they are. */
export function warnOfJudgedTestDays(
  { warn }: RunContext,
  { hyperparameters }: Candidates,
  { test }: Comparison,
): void {
  if (hyperparameters === null || hyperparameters.judgedUntil < test.firstDay) return
  const { name, version, judgedUntil } = hyperparameters
  warn(
    'searched-on-test-days',
    `${name} ${version} was chosen on days up to ${judgedUntil}, and the test days begin at ${test.firstDay}: the scores flatter. Search again with the same training.testDays`,
  )
}
