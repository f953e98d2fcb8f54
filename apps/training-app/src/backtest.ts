import { basename } from 'node:path'
import { alignHistory, type DailyReading, type Scale } from '@airq/aqi-client'
import type { Decision, DownloadZone, RunContext, StageResult } from '@airq/pipeline'
import type { ForecasterId } from '@airq/pipeline/config'
import { readHistoryFile } from '@airq/pipeline/input'
import {
  bestOf,
  candidateRecipes,
  compare,
  type Comparison,
  type Contender,
  scoresByName,
} from './compare.ts'
import { knownDays } from './known-days.ts'
import { mark, scoresTable } from './scores-text.ts'

export interface BacktestOptions {
  readonly csv: readonly string[]
  readonly downloadZone: DownloadZone
  readonly decision: Decision | undefined
  readonly testDays: number | undefined
  readonly testEnd: number
  readonly models: readonly ForecasterId[]
}

interface Series {
  readonly name: string
  readonly days: readonly DailyReading[]
  readonly scale: Scale
}

interface Backtested {
  readonly series: Series
  readonly comparison: Comparison
  readonly best: Contender
  readonly cpuSeconds: number
}

/** Scores the configured candidates on each station of the store, or on each file instead. */
export async function backtestStage(context: RunContext, options: BacktestOptions): Promise<StageResult> {
  const { config } = context
  const decision = options.decision ?? config.forecast.decisions[0] ?? 'end-of-day'
  const all = options.csv.length > 0 ? await fromFiles(context, options) : await fromStore(context)
  const candidates = options.models.length > 0 ? options.models : config.training.candidates
  const results: Backtested[] = []
  for (const series of all) {
    const started = process.cpuUsage()
    const comparison = await compare(context, {
      days: series.days,
      decision,
      recipes: candidateRecipes(candidates),
      scale: series.scale,
      testDays: options.testDays,
      testEnd: options.testEnd,
    })
    const best = bestOf(comparison, candidates)
    const { user, system } = process.cpuUsage(started)
    results.push({ series, comparison, best, cpuSeconds: (user + system) / 1e6 })
  }
  return {
    summary: {
      decision,
      informationSet: 'daily',
      refits: results[0]?.comparison.refits ?? 0,
      series: results.map(summarise),
    },
    text: results.map((result) => describe(result, decision)).join('\n\n'),
  }
}

async function fromStore(context: RunContext): Promise<Series[]> {
  const store = await context.openStore({ readOnly: true })
  const all: Series[] = []
  for (const station of context.config.stations) {
    all.push({ name: station.id, days: await knownDays(context, store, station), scale: station.scale })
  }
  return all
}

/** Files are series of their own: zone and scale are the first station's, and a shift of all days changes no score. */
async function fromFiles(context: RunContext, options: BacktestOptions): Promise<Series[]> {
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
    all.push({ name: basename(file).replace(/\.[^.]*$/, ''), days, scale })
  }
  return all
}

function summarise({ series, comparison, best, cpuSeconds }: Backtested) {
  const { n, firstDay, lastDay } = comparison.test
  return {
    name: series.name,
    n,
    firstDay,
    lastDay,
    simulated: isSimulated(series),
    cpuSeconds,
    models: scoresByName(best, comparison.contenders),
  }
}

function describe({ series, comparison, cpuSeconds }: Backtested, decision: Decision): string {
  const { n, firstDay, lastDay } = comparison.test
  return mark(
    [
      `${series.name}, ${decision}, lead ${String(comparison.lead)}, information daily, scale ${series.scale}`,
      `  test days ${firstDay} … ${lastDay}, n ${String(n)}, ${String(comparison.refits)} refits, ${cpuSeconds.toFixed(1)} s of CPU`,
      scoresTable(comparison.contenders),
    ].join('\n'),
    isSimulated(series),
  )
}

function isSimulated({ days }: Series): boolean {
  return days.some((day) => day.origin === 'simulator')
}
