import type { Fault } from '@airq/http/testing'

/** What the fake can be told, and what it tells. */

export interface FakeCometSettings {
  /** Reads that do not show a write yet: of models, assets, versions, stages and logged values. Default 1. */
  readonly hiddenReads: number
  /** Status of a request without the right key: both occur. Default 401. */
  readonly badKeyStatus: 401 | 403
  /** A second model of a name, a second version of a number. Not confirmed of the service. Default `refused`. */
  readonly duplicates: 'refused' | 'accepted'
  /** How the service names a model within an experiment: documentation and Java client differ. */
  readonly innerName: 'modelName' | 'experimentModelName'
  /** What becomes of a version's zip on its way. Default `whole`. */
  readonly zip: ZipState
  /** Requests a minute; the rest is 429, with `Retry-After` or without. */
  readonly limits: {
    readonly metrics: number
    readonly parameters: number
    readonly other: number
    readonly retryAfter: boolean
  }
}

export type ZipState =
  | 'whole'
  /** Its end is missing. */
  | 'truncated'
  /** One byte of the model differs, and the zip is sound: somebody packed it again. */
  | 'repacked'
  /** It holds `../evil.json`, `/evil.json`, a link, 200 entries more, or 8 MiB said to be 100 bytes. */
  | 'escaping'
  | 'absolute'
  | 'link'
  | 'many-entries'
  | 'bomb'
  | 'no-zip'

export type CometFaultEffect =
  /** The connection ends before the request took effect, or after it did and before the answer. */
  | { readonly cut: 'before' | 'after' }
  /** Refused, with no effect. `html`: the page of something before the service. */
  | {
      readonly status: number
      readonly sdkErrorCode?: number
      readonly retryAfter?: string
      readonly html?: true
    }

export type CometFault = Fault<CometFaultEffect>

export interface SeenCometRequest {
  readonly method: string
  /** From the server's root. */
  readonly path: string
  readonly query: string
  readonly bytesIn: number
  bytesOut: number
  /** 0: the connection was cut. */
  status: number
}

export interface FakeCometOptions extends Partial<FakeCometSettings> {
  readonly workspace?: string
  readonly apiKey?: string
  readonly clock?: { now(): number }
  /** Default: one of the system's choice. */
  readonly port?: number
}

/** An experiment as it is, whatever reads show of it. */
export interface SeenExperiment {
  readonly key: string
  readonly name: string
  readonly project: string
  readonly startTimeMillis: number | null
  readonly endTimeMillis: number | null
  readonly parameters: Readonly<Record<string, string>>
  /** Every value of a metric, by step. */
  readonly metrics: Readonly<
    Record<string, readonly { readonly step: number | null; readonly value: string }[]>
  >
  readonly others: Readonly<Record<string, string>>
  readonly tags: readonly string[]
  readonly git: Readonly<Record<string, string>> | null
  readonly assets: readonly { readonly fileName: string; readonly type: string; readonly bytes: Uint8Array }[]
}

export interface FakeComet extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly baseUrl: string
  readonly workspace: string
  readonly apiKey: string
  readonly requests: readonly SeenCometRequest[]
  /** Faults wait in line; each request meets the first that fits it. */
  fail(fault: CometFault): void
  /** No fault waits any more. */
  heal(): void
  set(changes: Partial<FakeCometSettings>): void
  /** The key is good for so many requests more. */
  expireKeyAfter(requests: number): void
  /** The key is good again. */
  renewKey(): void
  experiments(): SeenExperiment[]
  /** Versions of a model with all their stages, in the order of registration. */
  versions(name: string): { readonly version: string; readonly stages: readonly string[] }[]
  close(): Promise<void>
}
