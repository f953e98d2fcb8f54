/** What the watch looks at, and what it says of it. Instants are epoch ms. */

import type { DailyReading, HourlyReading } from '@airq/aqi-client'
import type {
  AqiIdentityRow,
  AqiImportRow,
  AqiStationRow,
  DecisionRule,
  IssuedInterval,
} from '@airq/feature-groups'

export const CAUSES = [
  'stale-data',
  'missed-run',
  'low-skill',
  'low-coverage',
  'stuck-sensor',
  'identity-changed',
  'alignment-changed',
] as const
export type Cause = (typeof CAUSES)[number]

/** As `watch` of the configuration: 0, or an empty list, switches a check off. */
export interface Thresholds {
  readonly staleHours: number
  readonly staleDays: number
  readonly missedHours: Readonly<Record<string, number>>
  readonly forecastHours: number
  readonly skill: {
    readonly days: readonly number[]
    readonly leastDays: number
    readonly alarmBelow: number
  }
  readonly coverage: { readonly days: number; readonly leastDays: number }
  readonly confidence: number
  readonly stuckHours: number
  readonly stuckDays: number
  readonly identityDays: number
  readonly alignmentDays: number
}

/** What the store holds of one station. */
export interface StationFacts {
  readonly id: string
  readonly timeZone: string
  /** The decisions of the configuration. */
  readonly rules: readonly DecisionRule[]
  readonly days: readonly DailyReading[]
  /** Of the last `READING_DAYS` days, in any order. */
  readonly readings: readonly HourlyReading[]
  /** Of all readings ever stored; `null` where there is none. */
  readonly newestReadingAt: number | null
  /** Held back as stuck, of the same days. */
  readonly heldBack: readonly HourlyReading[]
  /** Of the longest span that is judged, all decisions and revisions. */
  readonly issued: readonly IssuedInterval[]
  /** Who the source says it is; `null` where no pull has told. */
  readonly told: AqiStationRow | null
  /** Who it counts as; `null` before the first look. */
  readonly identity: AqiIdentityRow | null
  /** All rows of `aqi_imports` of the station, in any order. */
  readonly imports: readonly AqiImportRow[]
}

export interface Question {
  readonly now: number
  readonly thresholds: Thresholds
}

export type CheckStatus = 'ok' | 'alert' | 'not-enough' | 'off'
export type Severity = 'warning' | 'critical'

export interface CheckResult {
  readonly cause: Cause
  /** `null`: it concerns all of them. */
  readonly station: string | null
  readonly status: CheckStatus
  readonly severity: Severity
  /** For people, in one line; no observed value, no text from outside. */
  readonly message: string
  /** What to do; empty unless the status is `alert`. */
  readonly hint: string
  /** For whoever may see observed values: figures that move with them. */
  readonly figures: Readonly<Record<string, number | string | null>>
  /** Whether an alert of this cause is over: not where there is not enough to tell, nor where it is still in doubt. */
  readonly clears: boolean
}

/** Days of readings that the checks look at. */
export const READING_DAYS = 60
