import type { DailyReading, LocalHour } from '@airq/aqi-client'
import type { ErrorReport } from '@airq/pipeline'
import type { Outlook } from './outlook.ts'

/** One station's part of the summary. */
export interface StationSummary {
  readonly station: string
  readonly source: string
  readonly simulated: boolean
  /** The newest reading that came; `null` for none. */
  readonly reading: {
    readonly hour: LocalHour
    readonly aqi: number | null
    readonly new: boolean
    readonly stale: boolean
  } | null
  /** Hours that nobody pulled since the run before: they can't be had later. */
  readonly missedHours: number
  readonly heldBack: number
  readonly forecastDays: number
  readonly weatherRows: number
  /** Days made of hours in this run. */
  readonly finalised: readonly Pick<DailyReading, 'day' | 'status' | 'aqi' | 'hours'>[]
  readonly history: Outlook
  /** Why nothing came. */
  readonly error?: ErrorReport
}
