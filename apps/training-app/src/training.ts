import type { DailyReading } from '@airq/aqi-client'
import type { ModelRegistry, ModelVersion } from '@airq/model-registry'
import {
  type Decision,
  eachStation,
  type RunContext,
  type StageResult,
  type StationConfig,
} from '@airq/pipeline'
import {
  bestOf,
  candidateRecipes,
  compare,
  type Comparison,
  type Contender,
  scoresByName,
} from './compare.ts'
import { knownDays } from './known-days.ts'
import { championRecipe, modelName, packageOf } from './model-package.ts'
import { mark, scoresTable } from './scores-text.ts'

export interface TrainingOptions {
  readonly decision: Decision | undefined
}

type Outcome = 'first' | 'promoted' | 'kept-champion' | 'unchanged' | 'rejected'

interface Trained {
  readonly station: StationConfig
  readonly decision: Decision
  readonly simulated: boolean
  readonly comparison: Comparison
  readonly outcome: Outcome
  /** What serves from now on; `null` when nothing was good enough. */
  readonly version: ModelVersion | null
  /** The contender behind `version`, or the best of the rejected. */
  readonly winner: Contender
}

/** Trains one model for each station and decision, and publishes those that beat persistence. */
export async function training(context: RunContext, options: TrainingOptions): Promise<StageResult> {
  const store = await context.openStore({ readOnly: true })
  const registry = await context.openRegistry()
  const decisions = options.decision === undefined ? context.config.forecast.decisions : [options.decision]
  const { results: trained, degraded } = await eachStation(context, async (station) => {
    const days = await knownDays(context, store, station)
    const ofStation: Trained[] = []
    for (const decision of decisions) {
      ofStation.push(await trainOne(context, registry, station, decision, days))
    }
    return ofStation
  })
  return {
    summary: { models: trained.map(summarise) },
    degraded,
    text: trained.map(describe).join('\n\n'),
  }
}

async function trainOne(
  context: RunContext,
  registry: ModelRegistry,
  station: StationConfig,
  decision: Decision,
  days: readonly DailyReading[],
): Promise<Trained> {
  const { signal } = context
  const name = modelName(station.id, decision)
  const champion = await registry.resolve(name, { stage: 'production' }, { signal })
  const recipes = candidateRecipes(context.config)
  const served = champion === null ? null : championRecipe(champion, recipes)
  if (served !== null) recipes.set(served.name, served.recipe)
  context.logger.info('comparing candidates', { station: station.id, decision, days: days.length })
  const comparison = await compare(context, days, decision, recipes, station.scale)
  const simulated = days.some((day) => day.origin === 'simulator')
  const trained = { station, decision, simulated, comparison }

  const best = bestOf(comparison, context.config.training.candidates)
  if (best.scores.relMae > 1) return { ...trained, outcome: 'rejected', version: null, winner: best }
  const defender = comparison.contenders.find((contender) => contender.name === served?.name)
  if (defender !== undefined && defender.scores.relMae < best.scores.relMae) {
    return { ...trained, outcome: 'kept-champion', version: champion, winner: defender }
  }
  const pkg = packageOf(context, { ...trained, days, winner: best })
  const { version } = await registry.publish(pkg, { name, signal })
  if (version.version === champion?.version)
    return { ...trained, outcome: 'unchanged', version, winner: best }
  await registry.promote(version, 'production', {
    expectedCurrent: champion?.version ?? null,
    reason: `${best.name}: relMae ${best.scores.relMae.toFixed(4)} on ${String(comparison.test.n)} test days`,
    signal,
  })
  return { ...trained, outcome: champion === null ? 'first' : 'promoted', version, winner: best }
}

function summarise({ station, decision, comparison, simulated, outcome, version, winner }: Trained) {
  return {
    station: station.id,
    decision,
    name: modelName(station.id, decision),
    version: version?.version ?? null,
    contentSha256: version?.contentSha256 ?? null,
    recipe: winner.recipe.id,
    outcome,
    simulated,
    scores: scoresByName(winner, comparison.contenders),
    test: comparison.test,
  }
}

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  first: 'published and promoted: the first model',
  promoted: 'published and promoted',
  'kept-champion': 'the serving model is better and stays',
  unchanged: 'the serving model is the same already',
  rejected: 'nothing published: no candidate is as good as persistence',
}

function describe({ station, decision, comparison, simulated, outcome, version, winner }: Trained): string {
  const { test, contenders, refits } = comparison
  const title = `${station.name} (${station.id}), ${decision}, lead ${String(comparison.lead)}, information daily, scale ${station.scale}`
  const serving = version === null ? '' : ` ${version.name} ${version.version} (${winner.recipe.id})`
  const lines = [
    title,
    `  test days ${test.firstDay} … ${test.lastDay}, n ${String(test.n)}, ${String(refits)} refits`,
    scoresTable(contenders),
    `  ${OUTCOMES[outcome]}:${serving}`.replace(/:$/, ''),
  ]
  if (simulated) lines.push('  simulated data: these scores say nothing about real skill')
  return mark(lines.join('\n'), simulated)
}
