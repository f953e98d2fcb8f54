import type { DailyReading } from '@airq/aqi-client'
import { aqiDaily, remoteHints, trainingRowsSha256, trainingSet } from '@airq/feature-groups'
import { innerRows, searchHyperparameters, type SearchResult } from '@airq/model'
import { startWorkers, type Workers } from '@airq/model/node'
import type { ModelRegistry, PublishResult } from '@airq/model-registry'
import {
  checkRegistry,
  checkStore,
  type Decision,
  eachStation,
  keySpan,
  type RunContext,
  runChecks,
  type StageResult,
  type StationConfig,
  UserError,
  withoutLeases,
} from '@airq/pipeline'
import type { ForecasterId } from '@airq/pipeline/config'
import manifest from '../package.json' with { type: 'json' }
import { decisionRule } from './compare.ts'
import { hyperparametersName, hyperparametersPackage } from './hyperparameters-package.ts'
import { knownDays } from './known-days.ts'
import { describeSearch, summariseSearch } from './search-report.ts'
import { SearchProgressLog } from './search-progress.ts'
import { openSearchState } from './search-state.ts'
import { alone } from './series-pool.ts'

export interface HyperparamOptimizationOptions {
  readonly decision: Decision | undefined
  readonly models: readonly ForecasterId[]
  readonly trials: number
  readonly budget: number | undefined
  readonly resume: boolean
  readonly check: boolean
}

/** What a search has found and where it is published. */
export interface Searched {
  readonly station: StationConfig
  readonly decision: Decision
  readonly simulated: boolean
  readonly result: SearchResult
  /** Fits that this run has judged, and those it took over. */
  readonly made: number
  readonly resumed: number
  readonly published: PublishResult
}

/** What all searches of a run share. */
interface Searching {
  readonly registry: ModelRegistry
  readonly workers: Workers
  readonly options: HyperparamOptimizationOptions
  /** An equal share of the time that is left, for the next of the searches still to come. */
  readonly nextShare: () => (() => number) | undefined
}

/**
 * Searches hyper-parameters for the candidates of each station and decision, on the days before the test days, and
 * publishes what it finds. Every fit is kept in the state directory as it is judged, so that `--resume` loses none.
 */
export async function hyperparamOptimization(
  context: RunContext,
  options: HyperparamOptimizationOptions,
): Promise<StageResult> {
  if (options.check) {
    return runChecks(context, [checkStore(context, [aqiDaily]), checkRegistry(context)], { searches: [] })
  }
  const store = await context.openStore({ readOnly: true, ...remoteHints(keySpan(context)) })
  const registry = await context.openRegistry()
  const decisions = options.decision === undefined ? context.config.forecast.decisions : [options.decision]
  await using workers = startWorkers()
  const nextShare = sharesOf(context, options.budget, context.config.stations.length * decisions.length)
  const searching = { registry, workers, options, nextShare }
  const { results: told, degraded } = await eachStation(withoutLeases(context), store, async (station) => {
    const days = await knownDays(context, store, station)
    const ofStation: { readonly search: ReturnType<typeof summariseSearch>; readonly text: string }[] = []
    for (const decision of decisions) {
      const searched = await searchOne(context, searching, station, decision, days)
      ofStation.push({ search: summariseSearch(searched), text: describeSearch(searched) })
    }
    return ofStation
  })
  return {
    summary: { searches: told.map(({ search }) => search) },
    degraded,
    text: told.map(({ text }) => text).join('\n\n'),
  }
}

async function searchOne(
  context: RunContext,
  { registry, workers, options, nextShare }: Searching,
  station: StationConfig,
  decision: Decision,
  days: readonly DailyReading[],
): Promise<Searched> {
  const { seed, testDays, candidates } = context.config.training
  const { signal } = context
  const { trials, resume } = options
  const startedAt = context.systemClock.now()
  const matrix = trainingSet(days, decisionRule(context, decision))
  const rowsSha256 = trainingRowsSha256(innerRows(matrix, testDays))
  const question = { station: station.id, decision, rowsSha256, seed, tool: manifest.version }
  await using state = await openSearchState(context.stateDir, question, resume)
  if (state.restarted) {
    context.warn(
      'search-restarted',
      `${station.id}, ${decision}: days or seed are others now, so the search begins anew`,
    )
  }
  const timeLeft = nextShare()
  using progress = new SearchProgressLog(context, { station: station.id, decision }, timeLeft)
  const result = await searchHyperparameters(
    matrix,
    alone(options.models.length > 0 ? options.models : candidates),
    {
      testDays,
      trials,
      seed,
      signal,
      known: state.known,
      evaluator: workers.evaluator,
      ...(timeLeft === undefined ? {} : { timeLeft }),
      onEvaluated: async (evaluated) => {
        await state.add(evaluated)
        progress.count()
      },
      onProgress: (step) => {
        progress.tell(step)
      },
    },
  )
  if (result.tuned.length === 0) throw nothingToSearch()
  const simulated = days.some((day) => day.origin === 'simulator')
  const found = { station, decision, simulated, result, rowsSha256 }
  const published = await registry.publish(hyperparametersPackage(context, found), {
    name: hyperparametersName(station.id, decision),
    run: {
      startedAt,
      endedAt: context.systemClock.now(),
      tags: ['airq', 'hyperparameters', station.id, decision],
    },
    signal,
  })
  return { ...found, made: progress.made, resumed: state.known.length, published }
}

function nothingToSearch(): UserError {
  return new UserError('nothing-to-search', 'none of the candidates has hyper-parameters to search', {
    hint: 'Name ridge, boosting, boosted-ridge or blend in training.candidates or with --models.',
  })
}

/** Parts the budget among so many searches: what one leaves over goes to those after it. */
function sharesOf(
  { systemClock }: RunContext,
  budget: number | undefined,
  searches: number,
): Searching['nextShare'] {
  if (budget === undefined) return () => undefined
  const end = systemClock.now() + budget
  let left = searches
  return () => {
    const now = systemClock.now()
    const until = now + Math.max(0, end - now) / Math.max(1, left)
    left -= 1
    return () => until - systemClock.now()
  }
}
