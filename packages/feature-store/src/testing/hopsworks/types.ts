import type { Fault as LineFault } from '@airq/http/testing'

/** What the fake can be told, and what it tells. */

export type Scope =
  'PROJECT' | 'FEATURESTORE' | 'JOB' | 'DATASET_VIEW' | 'DATASET_CREATE' | 'DATASET_DELETE' | 'KAFKA' | 'USER'

export interface FakeKey {
  readonly scopes: readonly Scope[]
  /** `HOPS_SERVICE_USER` (the managed service) may neither delete jobs nor stop executions. */
  readonly role: 'HOPS_USER' | 'HOPS_SERVICE_USER'
  readonly projectRole: 'Data owner' | 'Data scientist'
  readonly account?: 'active' | 'blocked' | 'deactivated'
}

/** What public source does not settle: each as a switch with both behaviours. */
export interface Behaviours {
  /** Told by `/variables/versions`. From 5 on executions take JSON too, and `updatetableschema` is there. */
  readonly version: string
  /** All versions of a name nobody used: 422/120001, or an empty list. */
  readonly unknownName: 'refused' | 'empty'
  /** Whether the online table of a cached group made by bare REST is ever filled. */
  readonly cachedOnline: 'filled' | 'never-filled'
  /** Unit in which event-time filters are compared with a bigint event time. */
  readonly eventTimeUnit: 'milliseconds' | 'seconds'
  /** Whether the ingestion endpoint is still there. */
  readonly ingestion: 'there' | 'gone'
  /** Whether the address of the online server is told. It listens in any case. */
  readonly onlineServer: 'announced' | 'hidden'
  /** What an export without rows leaves behind. */
  readonly emptyExport: 'header' | 'no-file'
  /** What Spark reads a quoted empty cell as. */
  readonly emptyText: 'null' | 'empty'
  /** Whether missing `[]` options of a job break it (a null list is unpacked as keyword options). */
  readonly nullOptions: 'job-fails' | 'ignored'
}

/** Limits; -1 is none. */
export interface Quotas {
  readonly featureGroups: number
  readonly trainingDatasets: number
  readonly parallelExecutions: number
  /** False: a prepaid project without credits left, 412/150029. */
  readonly credits: boolean
  /** `fg_preview_limit`. */
  readonly previewRows: number
}

/** Milliseconds, by the fake's clock. */
export interface Timing {
  /** From the start of an execution to RUNNING. */
  readonly startMs: number
  /** From RUNNING to the end. */
  readonly runMs: number
  /** From the end of a job to the online copy showing its rows. */
  readonly onlineLagMs: number
  /** From the end of a job to its logs. */
  readonly logLagMs: number
}

export type FaultEffect =
  /** The connection ends before the request took effect, or after it did and before the answer. */
  | { readonly cut: 'before' | 'after' }
  /** Refused with this status; the request took no effect. Without `code` the body is no envelope. */
  | {
      readonly status: number
      readonly code?: number
      readonly usrMsg?: string
      readonly retryAfter?: string
    }

export interface Fault extends LineFault<FaultEffect> {
  /** `POST /project/{id}/jobs/…`: method and a part of the path, e.g. `['POST', '/executions']`. */
  readonly on: readonly [method: string, path: string]
}

/** How the next executions go. */
export type JobFate = 'as-usual' | 'fails' | 'never-ends' | 'fails-to-initialise' | 'killed'

export interface SeenRequest {
  readonly server: 'api' | 'online'
  readonly method: string
  /** Decoded, from `/project` on. */
  readonly path: string
  readonly query: string
  readonly contentType: string | undefined
  readonly bytesIn: number
  bytesOut: number
  /** 0: the connection was cut. */
  status: number
}

export interface FakeHopsworksOptions {
  readonly project?: string
  /** The key that is taken for right: `prefix.secret`. */
  readonly apiKey?: string
  readonly clock?: { now(): number }
  readonly timing?: Partial<Timing>
  readonly behaviours?: Partial<Behaviours>
  readonly quotas?: Partial<Quotas>
  /** Of the shuffled orders in which previews and exports come. */
  readonly seed?: number
  /** PEM. Both listeners speak https then. */
  readonly tls?: { readonly key: string; readonly cert: string }
  /** Default: one of the system's choice. */
  readonly port?: number
  readonly onlinePort?: number
}

export type FakeCell = string | number | boolean | null
export type FakeRow = Readonly<Record<string, FakeCell>>

export interface FakeHopsworks extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, or https. */
  readonly baseUrl: string
  readonly onlinePort: number
  readonly project: string
  readonly apiKey: string
  /** By key, as sent. Changing it takes effect at once. */
  readonly keys: Map<string, FakeKey>
  readonly requests: readonly SeenRequest[]
  /** Faults wait in line; each request meets the first that fits it. */
  fail(fault: Fault): void
  /** Faults that have not happened yet are dropped. */
  heal(): void
  /** The next `times` executions go this way. */
  nextJobs(fate: JobFate, times?: number): void
  set(changes: { behaviours?: Partial<Behaviours>; quotas?: Partial<Quotas>; timing?: Partial<Timing> }): void
  /** What a copy holds now, in no order. The offline copy may hold a key twice: with two event times. */
  rows(copy: 'offline' | 'online', group: string, version?: number): FakeRow[]
  /** Executions begun so far, over all jobs. */
  executions(): { readonly job: string; readonly finalStatus: string }[]
  /** Paths below `/Projects/<project>`, folders with a slash at their end. */
  files(): string[]
  /** Both listeners go down and come up again at their ports; what is stored stays. */
  restart(downMs?: number): Promise<void>
  close(): Promise<void>
}
