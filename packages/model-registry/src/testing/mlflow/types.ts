import type { Fault } from '@airq/http/testing'

/** What the fake can be told, and what it tells. */

/** What it asks of each request. Default: nothing. */
export type FakeMlflowAuth =
  { readonly token: string } | { readonly username: string; readonly password: string }

export interface FakeMlflowSettings {
  readonly auth: FakeMlflowAuth | null
  /**
   * `proxied`: behind the server. `off`: the same addresses, with the proxy switched off. `s3`: new runs keep their
   * artifacts in a bucket, which no one reaches through this server.
   */
  readonly artifacts: 'proxied' | 'off' | 's3'
  /** How 64-bit integers go over the wire: servers of old sent them as text. */
  readonly int64: 'number' | 'text'
  /** `Host` headers it answers to; any by default. */
  readonly allowedHosts: readonly string[] | null
  /** A new version is READY after so many reads. Default 0, as the open-source server. */
  readonly readyAfterReads: number
}

export type MlflowFaultEffect =
  /** The connection ends before the request took effect, or after it did and before the answer. */
  | { readonly cut: 'before' | 'after' }
  /** Refused, with no effect. Without `errorCode` the body is a page in HTML. */
  | {
      readonly status: number
      readonly errorCode?: string
      readonly message?: string
      readonly retryAfter?: string
    }
  /** The answer breaks off in the middle; is shorter than it was; has one byte that differs. */
  | { readonly answer: 'cut' | 'shortened' | 'changed' }

export type MlflowFault = Fault<MlflowFaultEffect>

export interface SeenMlflowRequest {
  readonly method: string
  /** Decoded. */
  readonly path: string
  readonly query: string
  readonly bytesIn: number
  bytesOut: number
  /** 0: the connection was cut. */
  status: number
}

export interface FakeMlflowOptions extends Partial<FakeMlflowSettings> {
  readonly clock?: { now(): number }
  /** Default: one of the system's choice. */
  readonly port?: number
}

export interface FakeMlflow extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly baseUrl: string
  readonly requests: readonly SeenMlflowRequest[]
  /** By path below the artifacts' root: `1/RUN/artifacts/model/model.json`. May be changed. */
  readonly artifacts: Map<string, Uint8Array>
  /** Faults wait in line; each request meets the first that fits it. */
  fail(fault: MlflowFault): void
  /** Takes back the faults that have not happened yet. */
  heal(): void
  set(changes: Partial<FakeMlflowSettings>): void
  close(): Promise<void>
}
