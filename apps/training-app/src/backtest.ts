import { basename } from 'node:path'
import { alignHistory, type DailyReading, type Scale } from '@airq/aqi-client'
import {
  aqiDaily,
  type Beside,
  type Block,
  FeatureGroupsError,
  INFORMATION_SETS,
  remoteHints,
  readBeside,
  trainingSet,
} from '@airq/feature-groups'
import type { FeatureStore } from '@airq/feature-store'
import { isGlobal } from '@airq/model'
import { startWorkers } from '@airq/model/node'
import {
  checkStore,
  columnsFor,
  type Decision,
  type DownloadZone,
  type InformationSet,
  keySpan,
  mark,
  type RunContext,
  runChecks,
  type StageOptions,
  type StageResult,
  UserError,
} from '@airq/pipeline'
import type { ForecasterId } from '@airq/pipeline/config'
import { readHistoryFile } from '@airq/pipeline/input'
import {
  bestOf,
  candidateRecipes,
  compare,
  type Comparison,
  type Contender,
  decisionRule,
  scoresByName,
} from './compare.ts'
import { addedBlocks } from './information.ts'
import { knownDays } from './known-days.ts'
import { scoresTable } from './scores-text.ts'
import { NO_POOLS, poolsOf, readPools, type SeriesPools } from './series-pool.ts'

export interface BacktestOptions {
  readonly csv: readonly string[]
  readonly downloadZone: DownloadZone
  readonly decision: Decision | undefined
  readonly information: InformationSet
  readonly testDays: number | undefined
  readonly testEnd: number
  readonly models: readonly ForecasterId[]
  readonly shard: StageOptions['shard']
  readonly check: boolean
}

interface Series {
  readonly name: string
  readonly days: readonly DailyReading[]
  /** What the store holds beside the days. */
  readonly beside: Beside
  readonly scale: Scale
}

interface Backtested {
  readonly series: Series
  readonly comparison: Comparison
  readonly needs: readonly Block[]
  readonly best: Contender
  readonly cpuSeconds: number
}

/** Scores the configured candidates on each station of the store, or on each file instead. */
export async function backtestStage(context: RunContext, options: BacktestOptions): Promise<StageResult> {
  const { config } = context
  const decision = options.decision ?? config.forecast.decisions[0] ?? 'end-of-day'
  if (options.check) {
    const fields = { decision, informationSet: options.information, refits: 0, series: [] }
    return runChecks(context, [checkStore(context, [aqiDaily])], fields)
  }
  const asked = options.models.length > 0 ? options.models : config.training.candidates
  const { all, count, pools } =
    options.csv.length > 0
      ? await fromFiles(context, options, decision, asked)
      : await fromStore(context, options, decision, asked)
  await using workers = startWorkers()
  const told: { readonly series: ReturnType<typeof summarise>; readonly text: string }[] = []
  let refits: number | undefined
  using progress = context.progress('series', count)
  for await (const series of all) {
    progress.at(told.length)
    const started = process.cpuUsage()
    const needs = blocksUpTo(context, series, decision, options.information)
    const { days, beside } = series
    const matrix = trainingSet(days, { ...decisionRule(context, decision), beside, blocks: needs })
    // A pool holds rows of daily values alone.
    const joined = needs.length === 0 ? pools.join(matrix, series.scale) : matrix
    const candidates =
      options.models.length > 0
        ? asked
        : (needs.length === 0 ? pools : NO_POOLS).worthTrying(asked, series.scale)
    const comparison = await compare(context, {
      days,
      decision,
      matrix: joined,
      recipes: candidateRecipes(candidates),
      scale: series.scale,
      where: series.name,
      testDays: options.testDays,
      testEnd: options.testEnd,
      backtest: workers.backtest,
    })
    const best = bestOf(comparison, candidates)
    const { user, system } = process.cpuUsage(started)
    const scored = { series, comparison, needs, best, cpuSeconds: (user + system) / 1e6 }
    // Rows and forecasts go with the series: however many there are, one is held at a time.
    told.push({ series: summarise(scored), text: describe(scored, decision, options.information) })
    refits ??= comparison.refits
  }
  return {
    summary: {
      decision,
      informationSet: options.information,
      refits: refits ?? 0,
      series: told.map(({ series }) => series),
    },
    text: told.map(({ text }) => text).join('\n\n'),
  }
}

/** What is backtested, and what its series can learn from together. */
interface Backtests {
  readonly all: Iterable<Series> | AsyncIterable<Series>
  readonly count: number
  readonly pools: SeriesPools
}

async function fromStore(
  context: RunContext,
  options: BacktestOptions,
  decision: Decision,
  candidates: readonly string[],
): Promise<Backtests> {
  const store = await context.openStore({ readOnly: true, ...remoteHints(keySpan(context)) })
  const isDaily = options.information === 'daily'
  const pools = isDaily ? await readPools(context, store, decision, candidates) : NO_POOLS
  return { all: seriesOf(context, store, options), count: context.config.stations.length, pools }
}

async function* seriesOf(
  context: RunContext,
  store: FeatureStore,
  { information }: BacktestOptions,
): AsyncGenerator<Series> {
  for (const station of context.config.stations) {
    const days = await knownDays(context, store, station)
    const beside =
      information === 'daily' ? {} : await readBeside(store, station.id, station, { signal: context.signal })
    yield { name: station.id, days, beside, scale: station.scale }
  }
}

/** What the rows of an information set need: its own blocks and those of the poorer sets, where enough rows have them. */
function blocksUpTo(
  context: RunContext,
  { name, days, beside }: Series,
  decision: Decision,
  information: InformationSet,
): Block[] {
  const rule = decisionRule(context, decision)
  const needs: Block[] = []
  let own = 0
  for (const set of INFORMATION_SETS.slice(0, INFORMATION_SETS.indexOf(information) + 1)) {
    const added = addedBlocks(set, needs, (blocks) => trainingSet(days, { ...rule, beside, blocks }))
    needs.push(...added)
    own = added.length
  }
  if (information === 'daily' || own > 0) return needs
  throw new FeatureGroupsError('no-data', `${name}: too few days have the information ${information}`, {
    hint: 'Let feature-pipeline bring more of it in, or leave --information out.',
  })
}

/**
 * Files are series of their own: zone and scale are the first station's, and a shift of all days changes no score. All
 * are read first, so that a bad one is told at once.
 */
async function fromFiles(
  context: RunContext,
  options: BacktestOptions,
  decision: Decision,
  candidates: readonly string[],
): Promise<Backtests> {
  if (options.shard !== undefined) {
    throw new UserError('bad-arguments', '--shard parts the configured stations, not files', {
      hint: 'Leave out --shard, and give each run its own files.',
    })
  }
  if (options.information !== 'daily') {
    throw new UserError('bad-arguments', `files hold daily values alone, not ${options.information}`, {
      hint: 'Leave out --information, or --csv to take what is in the store.',
    })
  }
  const [station] = context.config.stations
  const timeZone = station?.timeZone ?? 'UTC'
  const scale: Scale = station?.scale ?? 'us-epa-2015'
  const all: Series[] = []
  for (const file of options.csv) {
    const { days, report } = alignHistory(await readHistoryFile(file, context.signal), {
      timeZone,
      scale,
      downloadZone: options.downloadZone,
      presume: true,
      now: context.clock.now(),
    })
    for (const { code, message } of report.warnings) context.warn(code, `${file}: ${message}`)
    all.push({ name: basename(file).replace(/\.[^.]*$/, ''), days, beside: {}, scale })
  }
  const rule = decisionRule(context, decision)
  const series = candidates.some(isGlobal) ? all.map(({ days }) => trainingSet(days, rule)) : []
  return { all, count: all.length, pools: poolsOf(new Map([[scale, series]])) }
}

function summarise({ series, comparison, needs, best, cpuSeconds }: Backtested) {
  const { n, firstDay, lastDay } = comparison.test
  return {
    name: series.name,
    n,
    firstDay,
    lastDay,
    simulated: isSimulated(series),
    lead: comparison.lead,
    needs,
    cpuSeconds,
    models: scoresByName(best, comparison.contenders),
  }
}

function describe(
  { series, comparison, needs, cpuSeconds }: Backtested,
  decision: Decision,
  information: InformationSet,
): string {
  const { n, firstDay, lastDay } = comparison.test
  return mark(
    [
      `${series.name}, ${decision}, lead ${String(comparison.lead)}, information ${[information, ...needs].join(' ')}, scale ${series.scale}`,
      `  test days ${firstDay} … ${lastDay}, n ${String(n)}, ${String(comparison.refits)} refits, ${cpuSeconds.toFixed(1)} s of CPU`,
      scoresTable(comparison.contenders, columnsFor(isSimulated(series))),
    ].join('\n'),
    isSimulated(series),
  )
}

function isSimulated({ days }: Series): boolean {
  return days.some((day) => day.origin === 'simulator')
}
