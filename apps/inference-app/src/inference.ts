import { categoryOf, type DailyReading, endOfDay, localDayAt, offsetInstant } from '@airq/aqi-client'
import {
  aqiDaily,
  aqiForecasts,
  daysBetween,
  type DecisionRow,
  decisionRow,
  type DecisionRule,
  FeatureGroupsError,
  informationSha256,
  issueSlot,
  lastDecisionDay,
  type LedgerEntry,
  readDays,
  type Recorded,
  recordForecast,
  ruleAt,
} from '@airq/feature-groups'
import type { FeatureStore } from '@airq/feature-store'
import type { CachedState, ModelRegistry } from '@airq/model-registry'
import {
  checkRegistry,
  checkStore,
  type Decision,
  eachStation,
  PipelineError,
  type RunContext,
  runChecks,
  type StageResult,
  type StationConfig,
} from '@airq/pipeline'
import { type RecentDays, recentDays } from './forecast-chart.ts'
import { describeForecast } from './forecast-text.ts'
import { type OldReading, oldReading } from './old-reading.ts'
import { type FallbackReason, type Speech, type Spoken, speakFallback, speakModel } from './speakers.ts'
import { heedRecord, storeHints, type TrackRecord, trackRecord } from './track-record.ts'

export interface InferenceOptions {
  readonly decision: Decision | undefined
  readonly allowFallback: boolean
  readonly check: boolean
}

export interface Issued {
  readonly recorded: Recorded
  /** Set where the model came out of the cache, as the registry could not be asked. */
  readonly cached: CachedState | undefined
  /** Set for a fallback. */
  readonly fallbackReason: FallbackReason | undefined
  /** `null` where no forecast of a model has an outcome, or no model serves. */
  readonly record: TrackRecord | null
  /** What was known of the last weeks. */
  readonly recent: RecentDays
}

/** One forecast for each station and decision, written to the ledger. */
export async function inference(context: RunContext, options: InferenceOptions): Promise<StageResult> {
  if (options.check) {
    const items = [checkStore(context, [aqiDaily, aqiForecasts]), checkRegistry(context)]
    return runChecks(context, items, { forecasts: [] })
  }
  const registry = await context.openRegistry({ cached: true })
  const decisions = options.decision === undefined ? context.config.forecast.decisions : [options.decision]
  const rules = decisions.map((decision) => ruleOf(context, decision))
  const store = await context.openStore(storeHints(context, rules))
  await store.ensure(aqiDaily, { signal: context.signal })
  await store.ensure(aqiForecasts, { signal: context.signal })
  const { results: issued, degraded } = await eachStation(context, store, async (station) => {
    const ofStation: (Issued & { readonly station: StationConfig; readonly old: OldReading | null })[] = []
    const old = await oldReading(context, store, station)
    for (const rule of rules) {
      const given = await forecast(context, { store, registry, station, rule, options })
      ofStation.push({ station, old, ...given })
    }
    return ofStation
  })
  await context.flush()
  return {
    summary: { forecasts: issued.map(summarise) },
    degraded: degraded || issued.some((one) => one.old !== null || isDegraded(one)),
    text: issued
      .map(({ station, old: _, ...one }) => describeForecast(station.name, one, context.terminal))
      .join('\n\n'),
  }
}

interface Parts {
  readonly store: FeatureStore
  readonly registry: ModelRegistry
  readonly station: StationConfig
  readonly rule: DecisionRule
  readonly options: InferenceOptions
}

async function forecast(context: RunContext, parts: Parts): Promise<Issued> {
  const { store, station, rule } = parts
  const days = await readDays(store, station.id, { signal: context.signal })
  const row = rowOf(days, context, station, rule)
  const { spoken, record } = await speak(context, { ...parts, row, days }, parts.options.allowFallback)
  const entry = ledgerEntry(context, station, days, spoken)
  const recorded = await recordForecast(store, entry, { signal: context.signal })
  const recent = recentDays(days, row.lastFinalDay, row.decidedAt)
  return { recorded, cached: spoken.cached, fallbackReason: spoken.fallbackReason, record, recent }
}

/**
 * The model, unless its track record silences it; or a plain rule.
 * @throws PipelineError `no-model`
 */
async function speak(
  context: RunContext,
  speech: Speech,
  allowFallback: boolean,
): Promise<{ readonly spoken: Spoken; readonly record: TrackRecord | null }> {
  const spoken = await speakModel(context, speech)
  if (spoken?.model != null) {
    const record = await trackRecord(context, speech, spoken.model)
    const { silenced } = heedRecord(context, speech, spoken.model, record)
    return { spoken: silenced ? speakFallback(context, speech, 'live-skill') : spoken, record }
  }
  if (allowFallback) return { spoken: speakFallback(context, speech, 'no-model'), record: null }
  const { station, row } = speech
  throw new PipelineError(
    'no-model',
    `the registry has no serving model for ${station.id}, ${row.decision}`,
    {
      hint: 'Run training-pipeline first, or add --allow-fallback for a flagged forecast by a plain rule.',
    },
  )
}

function isDegraded({ recorded, cached, record }: Issued): boolean {
  return recorded.entry.fallback || cached !== undefined || record?.alarm === true
}

/** A decision with the local hour the configuration gives it. */
function ruleOf({ config }: RunContext, decision: Decision): DecisionRule {
  return ruleAt(decision, config.forecast.hours)
}

/** The daily row of the last decision by the run's instant; stale data is told together with the way out. */
function rowOf(
  days: readonly DailyReading[],
  context: RunContext,
  station: StationConfig,
  rule: DecisionRule,
): DecisionRow {
  const decisionDay = lastDecisionDay(context.clock.now(), rule, station.timeZone)
  try {
    return decisionRow(days, decisionDay, rule)
  } catch (error) {
    if (!FeatureGroupsError.isInstance(error)) throw error
    throw new FeatureGroupsError(error.code, `${station.id}: ${error.message}`, {
      hint: wayOut(days, station),
      ...(error.details === undefined ? {} : { details: error.details }),
    })
  }
}

function wayOut(days: readonly DailyReading[], station: StationConfig): string {
  const last = days.findLast((day) => day.status === 'final' && day.aqi !== null)
  if (last === undefined)
    return 'Import its history (batch-feature-pipeline --csv FILE) or let feature-pipeline pull it.'
  // The end of the first day by which it was known.
  const replay = offsetInstant(
    endOfDay(localDayAt(last.knownAt - 1, station.timeZone), station.timeZone),
    station.timeZone,
  )
  return `Import newer days, or replay the forecast of then with --now ${replay}.`
}

function ledgerEntry(
  context: RunContext,
  station: StationConfig,
  days: readonly DailyReading[],
  { distribution, row, ...spoken }: Spoken,
): LedgerEntry {
  const [good = 0, moderate = 0, sensitive = 0, unhealthy = 0, veryUnhealthy = 0, hazardous = 0] =
    distribution.probabilities
  const aqi = Math.round(distribution.point)
  return {
    station: station.id,
    day: row.targetDay,
    timeZone: station.timeZone,
    issueSlot: issueSlot(row.decisionDay, ruleOf(context, row.decision)),
    issuedAt: context.clock.now(),
    decision: row.decision,
    horizon: daysBetween(row.decisionDay, row.targetDay),
    lead: row.lead,
    aqi,
    lower: Math.floor(distribution.lower),
    upper: Math.ceil(distribution.upper),
    category: categoryOf(aqi, station.scale).key,
    probabilities: {
      good,
      moderate,
      'unhealthy-sensitive': sensitive,
      unhealthy,
      'very-unhealthy': veryUnhealthy,
      hazardous,
    },
    scale: station.scale,
    coverage: spoken.coverage,
    intervalMethod: spoken.intervalMethod,
    model: spoken.model,
    informationSet: spoken.informationSet,
    informationHash: informationSha256({
      model: spoken.contentSha256,
      decision: row.decision,
      targetDay: row.targetDay,
      columns: row.columns,
      values: row.row.values,
    }),
    lastFinalDay: row.lastFinalDay,
    hoursToday: row.hoursToday,
    fallback: spoken.model === null,
    simulated: days.some((day) => day.origin === 'simulator'),
  }
}

function summarise({
  recorded,
  cached,
  fallbackReason,
  record,
  old,
}: Issued & { readonly old: OldReading | null }) {
  const { entry, revision, new: isNew } = recorded
  return {
    station: entry.station,
    day: entry.day,
    issueSlot: entry.issueSlot,
    issuedAt: new Date(entry.issuedAt).toISOString(),
    decision: entry.decision,
    horizon: entry.horizon,
    lead: entry.lead,
    aqi: entry.aqi,
    lower: entry.lower,
    upper: entry.upper,
    interval: { coverage: entry.coverage, method: entry.intervalMethod },
    category: entry.category,
    probabilities: entry.probabilities,
    scale: entry.scale,
    model: entry.model,
    ...(cached === undefined ? {} : { cachedModel: cached }),
    informationSet: entry.informationSet,
    basedOn: { lastFinalDay: entry.lastFinalDay, hoursToday: entry.hoursToday },
    ...(old === null ? {} : { oldReading: { observedAt: new Date(old.observedAt).toISOString() } }),
    fallback: entry.fallback,
    ...(fallbackReason === undefined ? {} : { fallbackReason }),
    ...(record === null ? {} : { liveSkill: record }),
    simulated: entry.simulated,
    revision,
    new: isNew,
  }
}
