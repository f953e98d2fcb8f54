import { addDays, categoryOf, type DailyReading, endOfDay, localDayAt, offsetInstant } from '@airq/aqi-client'
import {
  aqiDaily,
  aqiForecasts,
  daysBetween,
  type DecisionRow,
  decisionRow,
  endOfDaySlot,
  FeatureGroupsError,
  informationSha256,
  type LedgerEntry,
  readDays,
  type Recorded,
  recordForecast,
} from '@airq/feature-groups'
import type { FeatureStore } from '@airq/feature-store'
import type { ModelRegistry } from '@airq/model-registry'
import {
  type Decision,
  eachStation,
  type RunContext,
  type StageResult,
  type StationConfig,
} from '@airq/pipeline'
import { describeForecast } from './forecast-text.ts'
import { type Spoken, speakFallback, speakModel } from './speakers.ts'

export interface InferenceOptions {
  readonly decision: Decision | undefined
  readonly allowFallback: boolean
}

/** One forecast for each station and decision, written to the ledger. */
export async function inference(context: RunContext, options: InferenceOptions): Promise<StageResult> {
  const registry = await context.openRegistry()
  const store = await context.openStore()
  await store.ensure(aqiDaily, { signal: context.signal })
  await store.ensure(aqiForecasts, { signal: context.signal })
  const decisions = options.decision === undefined ? context.config.forecast.decisions : [options.decision]
  const { results: issued, degraded } = await eachStation(context, async (station) => {
    const ofStation: { station: StationConfig; recorded: Recorded }[] = []
    for (const decision of decisions) {
      const recorded = await forecast(context, { store, registry, station, decision, options })
      ofStation.push({ station, recorded })
    }
    return ofStation
  })
  return {
    summary: { forecasts: issued.map(({ recorded }) => summarise(recorded)) },
    degraded: degraded || issued.some(({ recorded }) => recorded.entry.fallback),
    text: issued.map(({ station, recorded }) => describeForecast(station.name, recorded)).join('\n\n'),
  }
}

interface Parts {
  readonly store: FeatureStore
  readonly registry: ModelRegistry
  readonly station: StationConfig
  readonly decision: Decision
  readonly options: InferenceOptions
}

async function forecast(context: RunContext, parts: Parts): Promise<Recorded> {
  const { store, station, decision } = parts
  const days = await readDays(store, station.id, { signal: context.signal })
  const row = rowOf(days, context, station, decision)
  const spoken =
    (await speakModel(context, parts.registry, station, decision, row, days)) ??
    speakFallback(context, station, row, days, parts.options.allowFallback)
  const entry = ledgerEntry(context, station, row, days, spoken)
  return recordForecast(store, entry, { signal: context.signal })
}

/** The row of the last end of day before the run's instant; stale data is told together with the way out. */
function rowOf(
  days: readonly DailyReading[],
  context: RunContext,
  station: StationConfig,
  decision: Decision,
): DecisionRow {
  const decisionDay = addDays(localDayAt(context.clock.now(), station.timeZone), -1)
  try {
    return decisionRow(days, decisionDay, { decision })
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
  row: DecisionRow,
  days: readonly DailyReading[],
  { distribution, ...spoken }: Spoken,
): LedgerEntry {
  const [good = 0, moderate = 0, sensitive = 0, unhealthy = 0, veryUnhealthy = 0, hazardous = 0] =
    distribution.probabilities
  const aqi = Math.round(distribution.point)
  return {
    station: station.id,
    day: row.targetDay,
    timeZone: station.timeZone,
    issueSlot: endOfDaySlot(row.decisionDay),
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
    informationSet: 'daily',
    informationHash: informationSha256({
      model: spoken.contentSha256,
      decision: row.decision,
      targetDay: row.targetDay,
      columns: row.columns,
      values: row.row.values,
    }),
    lastFinalDay: row.lastFinalDay,
    hoursToday: null,
    fallback: spoken.model === null,
    simulated: days.some((day) => day.origin === 'simulator'),
  }
}

function summarise({ entry, revision, new: isNew }: Recorded) {
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
    informationSet: entry.informationSet,
    basedOn: { lastFinalDay: entry.lastFinalDay, hoursToday: entry.hoursToday },
    fallback: entry.fallback,
    simulated: entry.simulated,
    revision,
    new: isNew,
  }
}
