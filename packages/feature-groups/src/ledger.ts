import {
  type CategoryKey,
  type Scale,
  dayNumber,
  type LocalDay,
  localDay,
  startOfDay,
} from '@airq/aqi-client'
import type { CallOptions, FeatureStore } from '@airq/feature-store'
import { scaleOf } from './daily-rows.ts'
import { aqiForecasts, type AqiForecastRow } from './groups.ts'

/** One issued forecast. Instants are epoch ms. */
export interface LedgerEntry {
  readonly station: string
  readonly day: LocalDay
  readonly timeZone: string
  readonly issueSlot: string
  readonly issuedAt: number
  readonly decision: string
  readonly horizon: number
  readonly lead: number
  readonly aqi: number
  readonly lower: number
  readonly upper: number
  readonly coverage: number
  readonly intervalMethod: string
  readonly category: string
  readonly probabilities: Readonly<Record<CategoryKey, number>>
  readonly scale: Scale
  readonly model: { readonly name: string; readonly version: string } | null
  readonly informationSet: string
  readonly informationHash: string
  readonly lastFinalDay: LocalDay
  readonly hoursToday: number | null
  readonly fallback: boolean
  readonly simulated: boolean
}

export interface Recorded {
  readonly entry: LedgerEntry
  readonly revision: number
  /** False when a forecast with the same information was there already; `entry` is then that one. */
  readonly new: boolean
}

/**
 * Writes a forecast to the ledger. The same information as the newest revision of its slot is a no-op; other
 * information makes a new revision. Nothing is ever overwritten.
 */
export async function recordForecast(
  store: FeatureStore,
  entry: LedgerEntry,
  options: CallOptions = {},
): Promise<Recorded> {
  const keys = { station: entry.station, day: entry.day, issue_slot: entry.issueSlot }
  // The key says it all; the range lets a remote store give again what was just read.
  const dayStart = startOfDay(entry.day, entry.timeZone)
  let newest: AqiForecastRow | undefined
  for await (const batch of store.read(aqiForecasts, { keys, from: dayStart, to: dayStart }, options)) {
    for (const row of batch) if (newest === undefined || row.revision > newest.revision) newest = row
  }
  if (newest?.information_hash === entry.informationHash) {
    return { entry: fromForecastRow(newest), revision: newest.revision, new: false }
  }
  const revision = newest === undefined ? 0 : newest.revision + 1
  await store.upsert(aqiForecasts, [toForecastRow(entry, revision)], options)
  return { entry, revision, new: true }
}

function toForecastRow(entry: LedgerEntry, revision: number): AqiForecastRow {
  return {
    station: entry.station,
    day: entry.day,
    issue_slot: entry.issueSlot,
    revision,
    day_start: startOfDay(entry.day, entry.timeZone),
    time_zone: entry.timeZone,
    issued_at: entry.issuedAt,
    decision: entry.decision,
    horizon: entry.horizon,
    lead: entry.lead,
    aqi: entry.aqi,
    lower: entry.lower,
    upper: entry.upper,
    coverage: entry.coverage,
    interval_method: entry.intervalMethod,
    category: entry.category,
    p_good: entry.probabilities.good,
    p_moderate: entry.probabilities.moderate,
    p_unhealthy_sensitive: entry.probabilities['unhealthy-sensitive'],
    p_unhealthy: entry.probabilities.unhealthy,
    p_very_unhealthy: entry.probabilities['very-unhealthy'],
    p_hazardous: entry.probabilities.hazardous,
    scale: entry.scale,
    model_name: entry.model?.name ?? null,
    model_version: entry.model?.version ?? null,
    information_set: entry.informationSet,
    information_hash: entry.informationHash,
    last_final_day: entry.lastFinalDay,
    hours_today: entry.hoursToday,
    fallback: entry.fallback,
    simulated: entry.simulated,
    known_at: entry.issuedAt,
  }
}

/** The probability of each class, as a ledger row holds them. */
export function probabilitiesOf(row: AqiForecastRow): Readonly<Record<CategoryKey, number>> {
  return {
    good: row.p_good,
    moderate: row.p_moderate,
    'unhealthy-sensitive': row.p_unhealthy_sensitive,
    unhealthy: row.p_unhealthy,
    'very-unhealthy': row.p_very_unhealthy,
    hazardous: row.p_hazardous,
  }
}

function fromForecastRow(row: AqiForecastRow): LedgerEntry {
  return {
    station: row.station,
    day: localDay(row.day),
    timeZone: row.time_zone,
    issueSlot: row.issue_slot,
    issuedAt: row.issued_at,
    decision: row.decision,
    horizon: row.horizon,
    lead: row.lead,
    aqi: row.aqi,
    lower: row.lower,
    upper: row.upper,
    coverage: row.coverage,
    intervalMethod: row.interval_method,
    category: row.category,
    probabilities: probabilitiesOf(row),
    scale: scaleOf(row.scale, `aqi_forecasts ${row.station} ${row.day}`),
    model:
      row.model_name === null || row.model_version === null
        ? null
        : { name: row.model_name, version: row.model_version },
    informationSet: row.information_set,
    informationHash: row.information_hash,
    lastFinalDay: localDay(row.last_final_day),
    hoursToday: row.hours_today,
    fallback: row.fallback,
    simulated: row.simulated,
  }
}

/** Days from one local day to another. */
export function daysBetween(from: LocalDay, to: LocalDay): number {
  return dayNumber(to) - dayNumber(from)
}
