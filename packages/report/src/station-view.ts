import { addDays, type LocalDay, localDayAt } from '@airq/aqi-client'
import { type AqiForecastRow, type AqiImportRow, importsBy } from '@airq/feature-groups'
import { type Credit, creditsOf } from './attributions.ts'
import { ReportError } from './errors.ts'
import { ledgerHead, type LedgerHead } from './ledger/chain.ts'
import { headlineOf, type IssuedSeries, newestRevisions, seriesOf } from './ledger/issued.ts'
import { outcomesOf } from './record/pairs.ts'
import { recentAlerts } from './record/alerts.ts'
import { type DataQuality, dataQuality } from './record/quality.ts'
import { type Reason, reasonsOf } from './record/reasons.ts'
import { type TrackRecord, trackRecord } from './record/track-record.ts'
import type { AlertFacts, ReportQuestion, StationFacts } from './types.ts'

/** All that page and feed tell of a station, computed once for both and for every language. */
export interface StationView {
  readonly facts: Pick<StationFacts, 'id' | 'name' | 'timeZone' | 'scale' | 'models' | 'rules'>
  /** Local day of the report. */
  readonly today: LocalDay
  readonly tomorrow: LocalDay
  readonly headline: AqiForecastRow | null
  /** Today's forecast, where the headline is tomorrow's. */
  readonly alsoToday: AqiForecastRow | null
  /** The newest target there is a forecast of. */
  readonly newest: AqiForecastRow | null
  readonly series: readonly IssuedSeries[]
  /** Index into `series` of the one the headline belongs to. */
  readonly main: number
  /** Empty where observations are private. */
  readonly observed: ReadonlyMap<string, number>
  readonly records: readonly TrackRecord[]
  readonly quality: DataQuality
  readonly lastImport: AqiImportRow | null
  /** Open ones, and those that were not long ago. */
  readonly alerts: readonly AlertFacts[]
  /** Of the headline; `null` where it could not be made again. */
  readonly reasons: readonly Reason[] | null
  readonly credits: readonly Credit[]
  readonly ledger: LedgerHead
  readonly simulated: boolean
}

/** @throws ReportError `bad-station` for an id that is no file name */
export function stationView(facts: StationFacts, question: ReportQuestion): StationView {
  refuseBadId(facts.id)
  const today = localDayAt(question.now, facts.timeZone)
  const issued = facts.ledger.filter((row) => row.issued_at <= question.now)
  // Values of another scale can't stand beside these.
  const rows = issued.filter((row) => row.scale === facts.scale)
  const series = seriesOf(rows, facts.rules)
  const headline = headlineOf(series, today)
  const outcomes = outcomesOf(facts.days, question.now)
  const { publishObservations } = question
  const recordOptions = { scale: facts.scale, outcomes, publishObservations, today }
  const quality = dataQuality(facts)
  return {
    facts,
    today,
    tomorrow: addDays(today, 1),
    headline,
    alsoToday: headline === null || headline.day === today ? null : todays(series, today),
    newest: newestRevisions(rows).at(-1) ?? null,
    series,
    main: Math.max(
      0,
      series.findIndex((one) => headline !== null && one.rows.includes(headline)),
    ),
    observed: publishObservations ? outcomes : new Map(),
    records: series.map((one) => trackRecord(one, recordOptions)),
    quality,
    lastImport: importsBy(facts.imports ?? [], question.now).at(-1) ?? null,
    alerts: recentAlerts(question.alerts ?? [], facts.id, question.now),
    reasons: headline === null ? null : reasonsFor(facts, headline),
    credits: creditsOf(facts),
    ledger: ledgerHead(issued),
    simulated: quality.simulated || rows.some(({ simulated }) => simulated),
  }
}

function todays(series: readonly IssuedSeries[], today: LocalDay): AqiForecastRow | null {
  // Seen from yesterday, today is tomorrow.
  const found = headlineOf(series, addDays(today, -1))
  return found?.day === today ? found : null
}

function reasonsFor({ reasons }: StationFacts, headline: AqiForecastRow): Reason[] | null {
  const found = reasons.find(
    ({ day, issue_slot, revision }) =>
      day === headline.day && issue_slot === headline.issue_slot && revision === headline.revision,
  )
  return found === undefined ? null : reasonsOf(found.contributions)
}

function refuseBadId(id: string): void {
  if (/^[a-z0-9-]{1,40}$/.test(id)) return
  throw new ReportError('bad-station', `${JSON.stringify(id)} is no id of a station`, {
    hint: 'Ids are 1 to 40 of a–z, 0–9 and "-": they are part of file names.',
  })
}
