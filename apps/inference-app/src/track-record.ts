import { addDays, localDay, localDayAt, startOfDay } from '@airq/aqi-client'
import {
  type DecisionRule,
  hourOf,
  issueSlot,
  type LiveSkill,
  liveSkill,
  readIssued,
  remoteHints,
} from '@airq/feature-groups'
import type { KeyDomain } from '@airq/feature-store/hopsworks'
import { keySpan, type RunContext } from '@airq/pipeline'
import type { Speech, Spoken } from './speakers.ts'

/** How the model's forecasts of the last days did as they were issued. */
export interface TrackRecord extends LiveSkill {
  /** Of the version that serves, which has enough outcomes of its own, or of every version that spoke. */
  readonly of: 'serving' | 'all'
  /** Persistence was better beyond chance. */
  readonly alarm: boolean
}

/**
 * The ledger's forecasts of this station and decision beside what came, by what was known at the decision; `null`
 * where none has an outcome. A version with enough outcomes is judged by its own, another by all there are.
 */
export async function trackRecord(
  context: RunContext,
  { store, station, rule, row, days }: Speech,
  model: NonNullable<Spoken['model']>,
): Promise<TrackRecord | null> {
  const { days: span, leastDays, alarmAt } = context.config.forecast.liveSkill
  const today = localDayAt(context.clock.now(), station.timeZone)
  // The same days whatever the decision: a remote store is asked once a station.
  const from = startOfDay(addDays(today, -span), station.timeZone)
  const to = startOfDay(addDays(today, 1), station.timeZone)
  const issued = await readIssued(store, station.id, { from, to }, { signal: context.signal })
  const hour = `T${String(hourOf(rule)).padStart(2, '0')}`
  const question = {
    issued: issued.filter((one) => one.decision === rule.decision && one.issueSlot.endsWith(hour)),
    days,
    knownBy: row.decidedAt,
    since: addDays(row.decisionDay, 1 - span),
    leastDays,
  }
  const all = liveSkill(question)
  if (all === null) return null
  const own = liveSkill({ ...question, by: model })
  const judged = own === null || own.n < leastDays ? all : own
  const p = judged.pPersistenceBetter
  return { of: judged === own ? 'serving' : 'all', ...judged, alarm: p !== null && p < alarmAt }
}

/** Tells an alarm with its figures and the way out; says whether a plain rule is to speak instead. */
export function heedRecord(
  context: RunContext,
  { station, rule }: Speech,
  { name, version }: NonNullable<Spoken['model']>,
  record: TrackRecord | null,
): { readonly silenced: boolean } {
  if (record?.alarm !== true) return { silenced: false }
  const whose = record.of === 'serving' ? `${name} ${version}` : `all versions of ${name}`
  context.warn(
    'live-skill',
    `${station.id}, ${rule.decision}: persistence did better than the forecasts as issued by ${whose}, ${describeRecord(record)}. Train again, or give the stage back: airq-registry rollback REGISTRY ${name} --reason WHY`,
  )
  // What others said silences nobody.
  return { silenced: context.config.forecast.liveSkill.fallback && record.of === 'serving' }
}

/** `MAE 45.2 against 38.0 on 60 days, 2026-01-06 to 2026-03-06, p 0.003` */
export function describeRecord({
  n,
  firstDay,
  lastDay,
  mae,
  persistenceMae,
  pPersistenceBetter: p,
}: LiveSkill): string {
  const chance = p === null ? '' : p < 0.001 ? ', p < 0.001' : `, p ${p.toFixed(3)}`
  return `MAE ${mae.toFixed(1)} against ${persistenceMae.toFixed(1)} on ${String(n)} days, ${firstDay} to ${lastDay}${chance}`
}

/** What a remote store is told: of the ledger no other slots than those of the decisions can be asked for. */
export function storeHints(context: RunContext, rules: readonly DecisionRule[]) {
  const hints = remoteHints(keySpan(context))
  const { issue_slot: ofAll } = hints.keyDomains
  const ofGroups: KeyDomain = (query, key) => {
    if (typeof ofAll !== 'function') return null
    if ('part' in key || 'pollutant' in key) return ofAll(query, key)
    const day = localDay(String(key['day']))
    return rules.map((rule) => issueSlot(rule.decision === 'morning' ? day : addDays(day, -1), rule))
  }
  return { ...hints, keyDomains: { ...hints.keyDomains, issue_slot: ofGroups } }
}
