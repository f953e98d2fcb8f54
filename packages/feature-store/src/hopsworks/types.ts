import type { Clock, HttpClient } from '@airq/http'

import type {
  CallOptions,
  Columns,
  FeatureGroupDefinition,
  FeatureStore,
  RowOf,
  UpsertReport,
} from '../types.ts'
import type { KeyDomains } from './key-plan.ts'

export interface HopsworksStoreOptions {
  /** Of your project, e.g. `eu-west.cloud.hopsworks.ai`. Either this or `baseUrl`. */
  readonly host?: string
  /** Default 443. */
  readonly port?: number
  /** Scheme, host and port in one: a fake, a proxy, a server of your own. Plain http for loopback only. */
  readonly baseUrl?: string
  readonly project: string
  /** The key, or what gives it at each call. */
  readonly apiKey: string | (() => Promise<string>)
  /** How rows are read. Default `auto`: by the online server where it answers and the keys can be named. */
  readonly read?: 'auto' | 'online' | 'export'
  /** Default: as the server tells. */
  readonly onlineHost?: string
  /** Default 4406. */
  readonly onlinePort?: number
  /** What an upsert does. Default `at-once`: a job for each. `staged`: see `HopsworksStore.flush`. */
  readonly writes?: 'at-once' | 'staged'
  /** Between two looks at a job, ms. Default 5,000. */
  readonly pollIntervalMs?: number
  /** How long a job is waited for, ms. Default 20 minutes. */
  readonly jobTimeoutMs?: number
  /** Default: `DELTA` from Hopsworks 5 on, `HUDI` before. */
  readonly timeTravelFormat?: 'HUDI' | 'DELTA' | 'NONE'
  /** Default `cached`. `stream` where the online copy of a cached group stays empty. */
  readonly groupType?: 'cached' | 'stream'
  /** Bytes a text column may take online, by column name. Default 255, a key 100. For new columns only. */
  readonly textLengths?: Readonly<Record<string, number>>
  /** How keys that a query leaves open are named. Default: `day`, `hour` and `revision` by what they mean. */
  readonly keyDomains?: KeyDomains
  /** Bytes of one upload request. Default 4 MiB. */
  readonly uploadChunkBytes?: number
  /** Hosts beside hopsworks.ai and loopback that the key may be sent to: `host` or `host:port`. */
  readonly trustedHosts?: readonly string[]
  /** Default: a client of its own. One handed in asks the online server too, with its own trust in certificates. */
  readonly http?: HttpClient
  readonly clock?: Clock
  readonly onProgress?: (event: HopsworksProgress) => void
}

/** What goes on, for a log. */
export interface HopsworksProgress {
  readonly step: 'connect' | 'read-mode' | 'group' | 'upload' | 'job' | 'export' | 'online' | 'clean-up'
  readonly message: string
  /** `aqi_daily v1` */
  readonly group?: string
  /** `RUNNING` …, while a job is waited for. */
  readonly state?: string
  /** Of the job so far. */
  readonly elapsedMs?: number
}

export interface HopsworksUpsertReport extends UpsertReport {
  /** Rows taken up but not yet in the store: `flush` writes them. They are not counted in `written`. */
  readonly staged?: number
}

export interface FlushReport {
  readonly groups: readonly { readonly group: string; readonly written: number }[]
}

export interface HopsworksStore extends FeatureStore {
  readonly kind: 'hopsworks'
  upsert<C extends Columns>(
    group: FeatureGroupDefinition<C>,
    rows: readonly RowOf<C>[],
    options?: CallOptions,
  ): Promise<HopsworksUpsertReport>
  /**
   * Writes what is staged, one job a group, and resolves when the last job has succeeded. Where it fails, groups
   * done are written, the rest stays staged and a second call goes on.
   */
  flush(options?: CallOptions): Promise<FlushReport>
  /** Writes nothing. @throws FeatureStoreError `unflushed` where rows are staged still */
  close(): Promise<void>
}
