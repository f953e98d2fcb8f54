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
import { startWorkers } from '@airq/model/node'
import {
  checkStore,
  type Decision,
  type DownloadZone,
  type InformationSet,
  keySpan,
  type RunContext,
  runChecks,
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
import { mark, scoresTable } from './scores-text.ts'

export interface BacktestOptions {
  readonly csv: readonly string[]
  readonly downloadZone: DownloadZone
  readonly decision: Decision | undefined
  readonly information: InformationSet
  readonly testDays: number | undefined
  readonly testEnd: number
  readonly models: readonly ForecasterId[]
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
  const all = options.csv.length > 0 ? await fromFiles(context, options) : await fromStore(context, options)
  const candidates = options.models.length > 0 ? options.models : config.training.candidates
  await using workers = startWorkers()
  const results: Backtested[] = []
  for (const series of all) {
    const started = process.cpuUsage()
    const needs = blocksUpTo(context, series, decision, options.information)
    const { days, beside } = series
    const comparison = await compare(context, {
      days,
      decision,
      matrix: trainingSet(days, { ...decisionRule(context, decision), beside, blocks: needs }),
      recipes: candidateRecipes(candidates),
      scale: series.scale,
      testDays: options.testDays,
      testEnd: options.testEnd,
      backtest: workers.backtest,
    })
    const best = bestOf(comparison, candidates)
    const { user, system } = process.cpuUsage(started)
    results.push({ series, comparison, needs, best, cpuSeconds: (user + system) / 1e6 })
  }
  return {
    summary: {
      decision,
      informationSet: options.information,
      refits: results[0]?.comparison.refits ?? 0,
      series: results.map(summarise),
    },
    text: results.map((result) => describe(result, decision, options.information)).join('\n\n'),
  }
}

async function fromStore(context: RunContext, { information }: BacktestOptions): Promise<Series[]> {
  const store = await context.openStore({ readOnly: true, ...remoteHints(keySpan(context)) })
  const all: Series[] = []
  for (const station of context.config.stations) {
    const days = await knownDays(context, store, station)
    const beside =
      information === 'daily' ? {} : await readBeside(store, station.id, station, { signal: context.signal })
    all.push({ name: station.id, days, beside, scale: station.scale })
  }
  return all
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

/** Files are series of their own: zone and scale are the first station's, and a shift of all days changes no score. */
async function fromFiles(context: RunContext, options: BacktestOptions): Promise<Series[]> {
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
  return all
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
      scoresTable(comparison.contenders),
    ].join('\n'),
    isSimulated(series),
  )
}

function isSimulated({ days }: Series): boolean {
  return days.some((day) => day.origin === 'simulator')
}
