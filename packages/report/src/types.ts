/** What a report is made of: rows as they were read, and what the registry says of the models. */

import type { DailyReading, Scale } from '@airq/aqi-client'
import type {
  AqiAlertRow,
  AqiForecastRow,
  AqiImportRow,
  AqiQuarantineRow,
  Decision,
  DecisionRule,
} from '@airq/feature-groups'
import type { Contribution } from '@airq/model'

export interface ReportQuestion {
  /** Epoch ms: what "tomorrow" and "known by now" are measured from. */
  readonly now: number
  /** At least one; ids are unique. */
  readonly stations: readonly StationFacts[]
  /**
   * False: neither page nor feed holds an observed value, or anything one could be computed from. Errors are then
   * told for whole months that are over.
   */
  readonly publishObservations: boolean
  /** All rows of `aqi_alerts`. Default: none, where nobody watches. */
  readonly alerts?: readonly AlertFacts[]
  /** Version of the program, for the footer and the feed. */
  readonly airqVersion: string
}

/** Of an alert, what the page tells: no message, for it is in one language only. */
export type AlertFacts = Pick<AqiAlertRow, 'station' | 'cause' | 'opened_ms' | 'closed_ms'>

export interface StationFacts {
  /** `[a-z0-9-]{1,40}`: part of file names. */
  readonly id: string
  readonly name: string
  readonly timeZone: string
  readonly scale: Scale
  /** The decisions of the configuration. */
  readonly rules: readonly DecisionRule[]
  readonly days: readonly DailyReading[]
  /** All rows of the station's ledger, in any order. */
  readonly ledger: readonly AqiForecastRow[]
  /** Readings held back. */
  readonly quarantine: readonly Pick<AqiQuarantineRow, 'reason' | 'released'>[]
  /** All rows of `aqi_imports` of the station, in any order. Default: none, where nothing was downloaded. */
  readonly imports?: readonly AqiImportRow[]
  /** `attributions` of `aqi_stations` as stored: JSON, untrusted. `null` where there is none. */
  readonly attributions: string | null
  readonly models: readonly ServingModel[]
  /** Why forecasts came out as they did, where that could be made again. */
  readonly reasons: readonly ForecastReasons[]
}

/** What serves a decision, as the registry tells. Texts are untrusted. */
export interface ServingModel {
  readonly decision: Decision
  readonly name: string
  readonly version: string
  readonly contentSha256: string
  /** ISO instant. */
  readonly createdAt: string
  readonly metrics: Readonly<Record<string, number>>
  readonly params: Readonly<Record<string, unknown>>
  readonly lineage: Readonly<Record<string, unknown>>
  /** How it came to serve; `null` where the history doesn't tell. */
  readonly promotion: Promoted | null
}

export interface Promoted {
  /** ISO instant. */
  readonly at: string
  readonly reason: string
  readonly from: string | null
  readonly kind: 'promotion' | 'rollback'
}

/** What moved one forecast of the ledger, by column. */
export interface ForecastReasons extends Pick<AqiForecastRow, 'day' | 'issue_slot' | 'revision'> {
  readonly contributions: readonly Contribution[]
}

/** A file to be written; `path` is relative, with `/`. */
export interface ReportFile {
  readonly path: string
  readonly content: string
}
