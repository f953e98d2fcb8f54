import type { DailyReading } from '@airq/aqi-client'
import { gate, type GateVerdict } from '@airq/model'
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
  readonly verdict: GateVerdict
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
  const recipes = candidateRecipes(context.config.training.candidates)
  const served = champion === null ? null : championRecipe(champion, recipes)
  if (served !== null) recipes.set(served.name, served.recipe)
  context.logger.info('comparing candidates', { station: station.id, decision, days: days.length })
  const comparison = await compare(context, { days, decision, recipes, scale: station.scale })
  const simulated = days.some((day) => day.origin === 'simulator')
  const trained = { station, decision, simulated, comparison }

  const best = bestOf(comparison, context.config.training.candidates)
  const defender = comparison.contenders.find((contender) => contender.name === served?.name)
  const verdict = judge(context, comparison, best, defender, champion)
  const judged = { ...trained, verdict, winner: best }
  if (verdict.because === 'worse-than-persistence') return { ...judged, outcome: 'rejected', version: null }
  if (!verdict.promote) {
    return { ...judged, outcome: 'kept-champion', version: champion, winner: defender ?? best }
  }
  const pkg = packageOf(context, { ...trained, days, winner: best })
  const { version } = await registry.publish(pkg, { name, signal })
  if (version.version === champion?.version) return { ...judged, outcome: 'unchanged', version }
  await registry.promote(version, 'production', {
    expectedCurrent: champion?.version ?? null,
    reason: `${best.name}: ${reasonText(verdict)}; relMae ${best.scores.relMae.toFixed(4)} on ${String(comparison.test.n)} test days`,
    signal,
  })
  return { ...judged, outcome: champion === null ? 'first' : 'promoted', version }
}

/** Asks the gate: the best candidate against the recipe that serves, on the same days with the same refits. */
function judge(
  context: RunContext,
  { actual }: Comparison,
  best: Contender,
  defender: Contender | undefined,
  champion: ModelVersion | null,
): GateVerdict {
  const contender = ({ scores, forecasts }: Contender) => ({ relMae: scores.relMae, forecasts })
  return gate(
    {
      actual,
      challenger: contender(best),
      champion: defender === undefined ? null : contender(defender),
      sameRecipe: defender?.name === best.name,
      championPublishedRelMae: champion?.metrics['airq_relMae'] ?? null,
    },
    context.config.training.gate,
  )
}

function summarise({ station, decision, comparison, simulated, outcome, version, winner, verdict }: Trained) {
  return {
    station: station.id,
    decision,
    name: modelName(station.id, decision),
    version: version?.version ?? null,
    contentSha256: version?.contentSha256 ?? null,
    recipe: winner.recipe.id,
    outcome,
    gate: {
      because: verdict.because,
      gain: verdict.gain,
      pValue: verdict.test?.pFirstBetter ?? null,
    },
    simulated,
    scores: scoresByName(winner, comparison.contenders),
    test: comparison.test,
  }
}

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  first: 'published and promoted: the first model',
  promoted: 'published and promoted',
  'kept-champion': 'the serving model stays',
  unchanged: 'the serving model is the same already',
  rejected: 'nothing published: no candidate is as good as persistence',
}

const BECAUSE: Readonly<Record<GateVerdict['because'], string>> = {
  'no-champion': 'nothing serves yet',
  better: 'better than the serving recipe on the same days',
  refit: 'the serving recipe on newer data',
  'worse-than-persistence': 'worse than persistence',
  'not-better': 'no candidate is better beyond chance',
  'refit-worse': 'a refit of the serving recipe scores worse than before',
}

/** Why, with the numbers. */
function reasonText({ because, gain, test }: GateVerdict): string {
  const numbers = [
    ...(gain === null
      ? []
      : [`relMae ${gain < 0 ? 'higher' : 'lower'} by ${(Math.abs(gain) * 100).toFixed(1)} %`]),
    ...(test === null ? [] : [`p ${test.pFirstBetter.toFixed(3)}`]),
  ]
  return numbers.length === 0 ? BECAUSE[because] : `${BECAUSE[because]} (${numbers.join(', ')})`
}

function describe({
  station,
  decision,
  comparison,
  simulated,
  outcome,
  version,
  winner,
  verdict,
}: Trained): string {
  const { test, contenders, refits } = comparison
  const title = `${station.name} (${station.id}), ${decision}, lead ${String(comparison.lead)}, information daily, scale ${station.scale}`
  const serving = version === null ? '' : ` ${version.name} ${version.version} (${winner.recipe.id})`
  const lines = [
    title,
    `  test days ${test.firstDay} … ${test.lastDay}, n ${String(test.n)}, ${String(refits)} refits`,
    scoresTable(contenders),
    `  ${OUTCOMES[outcome]}:${serving}`.replace(/:$/, ''),
    `  gate: ${reasonText(verdict)}`,
  ]
  if (simulated) lines.push('  simulated data: these scores say nothing about real skill')
  return mark(lines.join('\n'), simulated)
}
