import type { Fault } from '@airq/http/testing'

/** What the fake can be told, and what it tells. */

export interface FakeAzureSettings {
  readonly subscriptionId: string
  readonly resourceGroup: string
  readonly workspace: string
  readonly tenantId: string
  readonly clientId: string
  /** Taken beside GitHub's tokens. Default: none. */
  readonly clientSecret: string | null
  /** What GitHub's tokens say, and what Entra's federated credential does. */
  readonly subject: string
  readonly federatedSubject: string
  /** A reader may not submit. */
  readonly role: 'contributor' | 'reader'
  /** How long Entra's tokens are good. MSAL uses none for its last five minutes. Default 3,600. */
  readonly tokenSeconds: number
  /** How long GitHub's are. Default 300. */
  readonly assertionSeconds: number
  /** How an environment version with another image is refused. Default 400. */
  readonly environmentConflict: 400 | 409
  /** How a job's name is refused that another job has. Default 409. */
  readonly duplicateJob: 400 | 409
  /** Requests a second to the resource manager; what is beyond is answered 429. Default: no limit. */
  readonly perSecond: number | null
  /** Of a 429 or a long-running operation, s; null: the header is left out. Default 0. */
  readonly retryAfter: number | null
  /** What becomes of a job where nothing runs it. Default `Completed`. A tag `airq-fake-outcome` goes first. */
  readonly outcome: JobEnding
  /** Secrets of the Key Vault, by name; names are alike in any case. Default: none. */
  readonly vault: Readonly<Record<string, string>>
  /** Whether the job's managed identity, and the submitter, may read them. Default true. */
  readonly vaultReadable: boolean
  /** Runs a job once it is `Running`. Default: nothing is run. */
  readonly execute: ExecuteJob | null
}

/** `Hangs`: it stays `Running`. */
export type JobEnding = 'Completed' | 'Failed' | 'Hangs'

export interface ExecutableJob {
  readonly name: string
  readonly command: string
  readonly environmentVariables: Readonly<Record<string, string>>
}

/** Gives the exit code; the signal fires when the job is cancelled or out of time. */
export type ExecuteJob = (job: ExecutableJob, signal: AbortSignal) => Promise<number>

export type AzureFaultEffect =
  /** The connection ends before the request took effect, or after it did and before the answer. */
  | { readonly cut: 'before' | 'after' }
  /** No answer until the other side gives up. */
  | { readonly silent: true }
  /** Refused, with no effect. Without `code` the body is a page in HTML. */
  | {
      readonly status: number
      readonly code?: string
      readonly message?: string
      readonly retryAfter?: string
    }

/** `on` names `GET`, `PUT` … and a part of the path; paths of Entra and GitHub begin with `/entra` and `/github`. */
export type AzureFault = Fault<AzureFaultEffect>

export interface SeenAzureRequest {
  readonly server: 'arm' | 'entra' | 'github' | 'vault' | 'identity'
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** 0: there was no answer. */
  status: number
}

export interface FakeJob {
  readonly name: string
  /** As sent. */
  readonly properties: Readonly<Record<string, unknown>>
  readonly status: string
  /** How often it has been run. */
  readonly runs: number
}

export interface FakeAzureOptions extends Partial<FakeAzureSettings> {
  readonly clock?: { now(): number }
  /** Of the resource manager. Default: one of the system's choice. */
  readonly port?: number
}

export interface FakeAzure extends AsyncDisposable {
  /** Of the resource manager: `http://127.0.0.1:PORT` */
  readonly baseUrl: string
  /** Of Entra's certificate authority, PEM. */
  readonly ca: string
  /** Of the Key Vault: `http://127.0.0.1:PORT` */
  readonly vaultUrl: string
  /** What a compute of Azure ML gives its jobs, so that they get tokens of their managed identity. */
  readonly jobEnv: Readonly<Record<string, string>>
  /** For a submitter in a workflow of GitHub. */
  readonly env: Readonly<Record<string, string>>
  readonly requests: readonly SeenAzureRequest[]
  job(name: string): FakeJob | undefined
  readonly jobs: readonly FakeJob[]
  /** As if somebody had pressed Cancel in Studio. */
  cancelInPortal(name: string): void
  /** Every token given so far is refused from now on. */
  revokeTokens(): void
  /** Faults wait in line; each request meets the first that fits it. */
  fail(fault: AzureFault): void
  /** Takes back the faults that have not happened yet. */
  heal(): void
  set(changes: Partial<FakeAzureSettings>): void
  /** The resource manager stops answering, and comes back at the same port. */
  goOffline(): Promise<void>
  comeBack(): Promise<void>
  close(): Promise<void>
}
