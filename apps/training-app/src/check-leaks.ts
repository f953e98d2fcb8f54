import type { DailyReading } from '@airq/aqi-client'
import {
  type Beside,
  type Block,
  BLOCKS,
  BLOCKS_ADDED,
  checkCanaries,
  checkKnownAt,
  checkLeaks,
  columnsOf,
  dailyColumns,
  type DecisionRule,
  type InformationSet,
  INFORMATION_SETS,
  type KnownAtReport,
  readBeside,
  remoteHints,
} from '@airq/feature-groups'
import type { FeatureStore } from '@airq/feature-store'
import {
  type Decision,
  eachStation,
  keySpan,
  PipelineError,
  type RunContext,
  type StageResult,
  type StationConfig,
  withoutLeases,
} from '@airq/pipeline'
import { decisionRule } from './compare.ts'
import { knownDays } from './known-days.ts'
import { columnLeaks, describeChecked, describeLeak, earlyRows, type FoundLeak } from './leaks-text.ts'

export interface CheckLeaksOptions {
  readonly decision: Decision | undefined
}

/** What was looked at of the rows of one decision: the columns of `daily`, or those of one block. */
export interface CheckedRows {
  readonly decision: Decision
  readonly informationSet: InformationSet
  readonly block: Block | null
  readonly rows: number
  readonly columns: number
  readonly remade: number
  /** Columns planted that cheat, and how many of them were found. */
  readonly canaries: { readonly planted: number; readonly found: number }
}

export interface CheckedStation {
  readonly station: StationConfig
  readonly simulated: boolean
  readonly groups: readonly KnownAtReport[]
  readonly rows: readonly CheckedRows[]
  readonly leaks: readonly FoundLeak[]
}

/**
 * Looks into the store for what was known too late: `known_at` of every row against when it can have been known, and
 * the rows made for each decision against what was known at it. Fails with `leakage` where there is any.
 */
export async function checkLeaksStage(context: RunContext, options: CheckLeaksOptions): Promise<StageResult> {
  const store = await context.openStore({ readOnly: true, ...remoteHints(keySpan(context)) })
  const decisions = options.decision === undefined ? context.config.forecast.decisions : [options.decision]
  const { results: checked, degraded } = await eachStation(withoutLeases(context), store, async (station) => [
    await checkStation(context, store, station, decisions),
  ])
  const leaks = checked.flatMap((one) => one.leaks)
  const stations = checked.map(summarise)
  const text = checked.map(describeChecked).join('\n')
  if (leaks.length === 0) return { summary: { stations }, degraded, text }
  throw new PipelineError(
    'leakage',
    `leaks found: ${String(leaks.length)}\n${leaks.map(describeLeak).join('\n')}`,
    {
      hint: 'Import or pull again what says to be known too early, or correct the column; until then no score of this store counts.',
      details: { leaks, stations },
    },
  )
}

async function checkStation(
  context: RunContext,
  store: FeatureStore,
  station: StationConfig,
  decisions: readonly Decision[],
): Promise<CheckedStation> {
  const { logger, signal } = context
  const groups = await checkKnownAt(store, station.id, station.timeZone, { signal })
  const days = await knownDays(context, store, station)
  const beside = await readBeside(store, station.id, station, { signal })
  const rows: CheckedRows[] = []
  const leaks = [...groups.flatMap((report) => earlyRows(station.id, report))]
  const parts = [null, ...BLOCKS]
  using progress = context.progress(`checking rows, ${station.id}`, decisions.length * parts.length)
  for (const [i, decision] of decisions.entries()) {
    for (const [j, block] of parts.entries()) {
      progress.at(i * parts.length + j)
      // Lets signals through between the long computations.
      await new Promise((resolve) => setTimeout(resolve, 0))
      signal.throwIfAborted()
      logger.debug('checking rows', { station: station.id, decision, block })
      const checked = checkRows(days, partOf(beside, block), decisionRule(context, decision), block)
      if (checked === null) continue
      rows.push(checked.rows)
      leaks.push(...columnLeaks(station.id, checked))
    }
  }
  return { station, simulated: days.some(({ origin }) => origin === 'simulator'), groups, rows, leaks }
}

/** Rows that have a block, by the columns it brings; `null` where there are none. */
function checkRows(days: readonly DailyReading[], beside: Beside, rule: DecisionRule, block: Block | null) {
  const blocks = block === null ? [] : [block]
  const columns = block === null ? dailyColumns : columnsOf(rule, blocks).slice(dailyColumns.length)
  const report = checkLeaks(days, { ...rule, beside, blocks, columns })
  if (report.rows === 0) return null
  const { planted, missed } = checkCanaries(days, { ...rule, beside, blocks })
  const rows: CheckedRows = {
    decision: rule.decision,
    informationSet: setWith(block),
    block,
    rows: report.rows,
    columns: report.columns,
    remade: report.remade,
    canaries: { planted, found: planted - missed.length },
  }
  return { rows, columns, leaks: report.leaks, missed }
}

function setWith(block: Block | null): InformationSet {
  if (block === null) return 'daily'
  return INFORMATION_SETS.find((set) => BLOCKS_ADDED[set].includes(block)) ?? 'daily'
}

/** What a block's columns read: the rest need not be laid out. */
function partOf(beside: Beside, block: Block | null): Beside {
  const { hours = [], modelHours = [], weather = [], sourceForecasts = [] } = beside
  if (block === 'stationHours') return { hours }
  if (block === 'modelHours') return { modelHours }
  if (block === 'sourceForecast') return { sourceForecasts }
  return block === 'weather' ? { weather } : {}
}

function summarise({ station, simulated, groups, rows }: CheckedStation) {
  return {
    station: station.id,
    simulated,
    groups: groups.map(({ group, rows: count, values, early }) => ({ group, rows: count, values, early })),
    rows,
  }
}
