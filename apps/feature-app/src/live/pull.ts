import type { Attribution, GeoPoint, HourlyReading, SourceForecast, Warning } from '@airq/aqi-client'
import type { StationConfig } from '@airq/pipeline'

/** What one pull of one station brought. */
export interface StationPull {
  /** Who answered, as rows name it: `waqi @1451`. */
  readonly source: string
  readonly sourceId: string
  readonly name: string | null
  readonly geo: GeoPoint | null
  readonly attributions: readonly Attribution[]
  /** Readings not stored yet, as far as the source can tell; batch by batch where there are many. */
  readonly readings: AsyncIterable<readonly HourlyReading[]>
  readonly forecast: readonly SourceForecast[]
  readonly warnings: readonly Warning[]
  /** The newest observation is too old to count as fresh. */
  readonly stale: boolean
}

interface PullRequest {
  readonly station: StationConfig
  /** Observation instant of the newest stored reading, epoch ms; `null` for none. */
  readonly newestStored: number | null
  readonly now: number
  readonly signal: AbortSignal
  /** For what comes to light while the readings come in. */
  readonly warn: (code: string, message: string) => void
}

/** A live source of readings. */
export type PullStation = (request: PullRequest) => Promise<StationPull>
