import type { DailyReading } from '@airq/aqi-client'
import { aqiDaily, type Beside, remoteHints, readBeside, trainingSet } from '@airq/feature-groups'
import { gate, type GateVerdict } from '@airq/model'
import type { ModelRegistry, ModelVersion } from '@airq/model-registry'
import {
  checkRegistry,
  checkStore,
  type Decision,
  columnsFor,
  eachStation,
  keySpan,
  mark,
  modelName,
  type RunContext,
  runChecks,
  type StageResult,
  type StationConfig,
} from '@airq/pipeline'
import { bestOf, compare, type Comparison, type Contender, decisionRule, scoresByName } from './compare.ts'
import { dailySet, type InformedSet, richerSets, serves } from './information.ts'
import { describeSet, summariseSet } from './information-report.ts'
import { knownDays } from './known-days.ts'
import { championRecipe, packageOf, setsOf } from './model-package.ts'
import { NO_POOLS, readPools, recipesAlone, type SeriesPools } from './series-pool.ts'
import { backtestOf, promotionScores, runFacts } from './published-facts.ts'
import { scoresTable } from './scores-text.ts'
import { candidatesFor, warnOfJudgedTestDays } from './tuned-recipes.ts'

export interface TrainingOptions {
  readonly decision: Decision | undefined
  readonly check: boolean
}

type Outcome = 'first' | 'promoted' | 'kept-champion' | 'unchanged' | 'rejected'

/** As the gate says, or that the serving recipe now has a richer set of information too. */
type Because = GateVerdict['because'] | 'more-information'

interface Trained {
  readonly station: StationConfig
  readonly decision: Decision
  readonly simulated: boolean
  readonly comparison: Comparison
  readonly outcome: Outcome
  readonly verdict: GateVerdict
  readonly because: Because
  /** Sets richer than `daily`, those that earned no place included. */
  readonly tried: readonly InformedSet[]
  /** What serves from now on; `null` when nothing was good enough. */
  readonly version: ModelVersion | null
  /** The contender behind `version`, or the best of the rejected. */
  readonly winner: Contender
}

/** Trains one model for each station and decision, and publishes those that beat persistence. */
export async function training(context: RunContext, options: TrainingOptions): Promise<StageResult> {
  if (options.check) {
    return runChecks(context, [checkStore(context, [aqiDaily]), checkRegistry(context)], { models: [] })
  }
  // Written to for the lease alone.
  const store = await context.openStore({ existing: true, ...remoteHints(keySpan(context)) })
  const registry = await context.openRegistry()
  const decisions = options.decision === undefined ? context.config.forecast.decisions : [options.decision]
  const pools = new Map<Decision, SeriesPools>()
  for (const decision of decisions)
    pools.set(decision, await readPools(context, store, decision, context.config.training.candidates))
  const { results: told, degraded } = await eachStation(context, store, async (station) => {
    const days = await knownDays(context, store, station)
    const beside = await readBeside(store, station.id, station, { signal: context.signal })
    const ofStation: { readonly model: ReturnType<typeof summarise>; readonly text: string }[] = []
    for (const decision of decisions) {
      const trained = await trainOne(context, registry, {
        station,
        decision,
        days,
        beside,
        pools: pools.get(decision) ?? NO_POOLS,
      })
      // Rows and forecasts go with the station: however many there are, one is held at a time.
      ofStation.push({ model: summarise(trained), text: describe(trained) })
    }
    return ofStation
  })
  return {
    summary: { models: told.map(({ model }) => model) },
    degraded,
    text: told.map(({ text }) => text).join('\n\n'),
  }
}

interface TrainingParts {
  readonly station: StationConfig
  readonly decision: Decision
  readonly days: readonly DailyReading[]
  readonly beside: Beside
  readonly pools: SeriesPools
}

async function trainOne(
  context: RunContext,
  registry: ModelRegistry,
  { station, decision, days, beside, pools }: TrainingParts,
): Promise<Trained> {
  const { signal } = context
  const startedAt = context.systemClock.now()
  const name = modelName(station.id, decision)
  const champion = await registry.resolve(name, { stage: 'production' }, { signal })
  const named = pools.worthTrying(context.config.training.candidates, station.scale)
  const candidates = await candidatesFor(context, registry, { station, decision, named })
  const { recipes } = candidates
  const served = champion === null ? null : championRecipe(champion, recipes)
  if (served !== null) recipes.set(served.name, served.recipe)
  context.logger.info('comparing candidates', { station: station.id, decision, days: days.length })
  const matrix = pools.join(trainingSet(days, decisionRule(context, decision)), station.scale)
  const comparison = await compare(context, {
    days,
    decision,
    matrix,
    recipes,
    scale: station.scale,
    where: `station ${station.id}`,
  })
  warnOfJudgedTestDays(context, candidates, comparison)
  const simulated = days.some((day) => day.origin === 'simulator')
  const trained = { station, decision, simulated, comparison }

  const best = bestOf(comparison, named)
  const defender = comparison.contenders.find((contender) => contender.name === served?.name)
  const verdict = judge(context, comparison, best, defender, champion)
  const rejected = { ...trained, verdict, because: verdict.because, winner: best, tried: [] }
  if (verdict.because === 'worse-than-persistence') return { ...rejected, outcome: 'rejected', version: null }
  const winner = verdict.promote ? best : (defender ?? best)
  const tried = await richerSets(context, dailySet(comparison, winner), {
    days,
    beside,
    decision,
    recipes: recipesAlone(recipes),
    scale: station.scale,
  })
  const richer = tried.filter(serves)
  const knowsMore = verdict.because === 'not-better' && champion !== null && bringsMore(richer, champion)
  const because: Because = knowsMore ? 'more-information' : verdict.because
  const judged = { ...rejected, because, winner, tried }
  if (!verdict.promote && !knowsMore) return { ...judged, outcome: 'kept-champion', version: champion }
  const { hyperparameters } = candidates
  const pkg = packageOf(context, { ...trained, days, winner, richer, hyperparameters })
  const { version } = await registry.publish(pkg, {
    name,
    backtest: backtestOf(comparison, winner),
    run: runFacts(context, startedAt, trained),
    signal,
  })
  if (version.version === champion?.version) return { ...judged, outcome: 'unchanged', version }
  await registry.promote(version, 'production', {
    expectedCurrent: champion?.version ?? null,
    reason: `${winner.name}: ${reasonText(because, verdict)}; relMae ${winner.scores.relMae.toFixed(4)} on ${String(comparison.test.n)} test days`,
    scores: promotionScores(comparison, winner, verdict),
    signal,
  })
  return { ...judged, outcome: champion === null ? 'first' : 'promoted', version }
}

/** Whether sets earned their place that the serving version doesn't hold. */
function bringsMore(richer: readonly InformedSet[], champion: ModelVersion): boolean {
  const held = setsOf(champion)
  return richer.some(({ name }) => !held.includes(name))
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

function summarise({ station, decision, comparison, simulated, outcome, version, winner, ...rest }: Trained) {
  const { because, verdict, tried } = rest
  return {
    station: station.id,
    decision,
    name: modelName(station.id, decision),
    version: version?.version ?? null,
    contentSha256: version?.contentSha256 ?? null,
    recipe: winner.recipe.id,
    outcome,
    gate: {
      because,
      gain: verdict.gain,
      pValue: verdict.test?.pFirstBetter ?? null,
    },
    simulated,
    scores: scoresByName(winner, comparison.contenders),
    test: comparison.test,
    lead: comparison.lead,
    informationSet: 'daily',
    richerSets: tried.map(summariseSet),
  }
}

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  first: 'published and promoted: the first model',
  promoted: 'published and promoted',
  'kept-champion': 'the serving model stays',
  unchanged: 'the serving model is the same already',
  rejected: 'nothing published: no candidate is as good as persistence',
}

const BECAUSE: Readonly<Record<Because, string>> = {
  'more-information': 'the serving recipe, with more information',
  'no-champion': 'nothing serves yet',
  better: 'better than the serving recipe on the same days',
  refit: 'the serving recipe on newer data',
  'worse-than-persistence': 'worse than persistence',
  'not-better': 'no candidate is better beyond chance',
  'refit-worse': 'a refit of the serving recipe scores worse than before',
}

/** Why, with the numbers. */
function reasonText(because: Because, { gain, test }: GateVerdict): string {
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
  because,
  tried,
}: Trained): string {
  const { test, contenders, refits } = comparison
  const title = `${station.name} (${station.id}), ${decision}, lead ${String(comparison.lead)}, information daily, scale ${station.scale}`
  const columns = columnsFor(simulated)
  const serving = version === null ? '' : ` ${version.name} ${version.version} (${winner.recipe.id})`
  const lines = [
    title,
    `  test days ${test.firstDay} … ${test.lastDay}, n ${String(test.n)}, ${String(refits)} refits`,
    scoresTable(contenders, columns),
    `  ${OUTCOMES[outcome]}:${serving}`.replace(/:$/, ''),
    `  gate: ${reasonText(because, verdict)}`,
    ...tried.map((set) => describeSet(set, columns)),
  ]
  if (simulated) lines.push('  simulated data: these scores say nothing about real skill')
  return mark(lines.join('\n'), simulated)
}
