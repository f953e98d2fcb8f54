/** One job, told once, run anywhere: as a process, in Docker, on Azure ML. */

/** Where a secret lies, never what it is: `@env:NAME` or `@kv:NAME`. */
export type SecretReference = `@env:${string}` | `@kv:${string}`

/** Whom the job is on Azure: a user-assigned managed identity, or the submitter. Default: the compute's own. */
export type JobIdentity =
  { readonly kind: 'managed'; readonly clientId: string } | { readonly kind: 'submitter' }

export interface JobSpec {
  /**
   * The key of the job: of one name there is one job, ever. Chosen once for each logical run, before the first
   * `submit`; see `jobName`. Letters, digits, `-`, `_`; at most 255.
   */
  readonly name: string
  /** Which app it is, e.g. `feature-app`. */
  readonly app: string
  /** Program and arguments. Quoted into one string for `/bin/sh -c`, the same on every runner. */
  readonly command: readonly string[]
  /** `REGISTRY/APP@sha256:…`. A process needs none. */
  readonly image?: string
  /** Variables that everybody may read. */
  readonly environment?: Readonly<Record<string, string>>
  /** By the variable the job reads it from: `{ AQI_TOKEN: '@kv:aqi-token' }`. */
  readonly secrets?: Readonly<Record<string, SecretReference>>
  readonly limits: {
    /** From start to end, ms; at least 1,000. Then the job is stopped, and has failed. */
    readonly timeoutMs: number
  }
  readonly tags?: Readonly<Record<string, string>>
  readonly identity?: JobIdentity
  /** Under which heading Azure shows it. Default: `app`. */
  readonly experiment?: string
}

export type JobStatus = 'waiting' | 'running' | 'cancelling' | 'succeeded' | 'failed' | 'cancelled'

/** How a job ended. */
export type JobOutcome = Extract<JobStatus, 'succeeded' | 'failed' | 'cancelled'>

export interface JobState {
  readonly status: JobStatus
  /** As the runner's own world calls it: `Preparing`, `exit code 3`. */
  readonly detail: string
}

export interface JobHandle extends JobState {
  readonly name: string
  /** The runner's `kind`. */
  readonly runner: string
  /** False where the job had been there before. */
  readonly created: boolean
  /** The job's page in Studio. */
  readonly url?: string
}

export interface JobOutput {
  /** Files that hold what the job has written so far. */
  readonly stdout: string
  readonly stderr: string
}

export interface JobResult {
  readonly name: string
  readonly outcome: JobOutcome
  readonly detail: string
  /** null where the runner does not tell, or a signal ended the job. */
  readonly exitCode: number | null
  readonly url?: string
  /** Where the output is on this machine. */
  readonly output?: JobOutput
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

export interface WaitOptions extends CallOptions {
  /** How long to wait at most, ms. The job goes on when it is over. */
  readonly timeoutMs: number
  /** What becomes of the job when `signal` fires. Default `cancel`. */
  readonly onAbort?: 'cancel' | 'leave'
  /** Told at first and at every change. */
  readonly onStatus?: (state: JobState & { readonly url?: string }) => void
}

export interface RunnerCapabilities {
  /** A result has the exit code. */
  readonly exitCodes: boolean
  /** A result says where the output is. */
  readonly output: boolean
  /** `@env:` secrets reach the job; where false, only `@kv:` ones do, as references. */
  readonly secretsFromEnvironment: boolean
}

/** Every error is a `JobRunnerError`. */
export interface JobRunner {
  readonly kind: string
  readonly capabilities: RunnerCapabilities
  /**
   * Starts the job, or finds it where it has been started before: a second call, by whomever, never starts a second
   * job. A failed job stays failed: run it again under another name.
   * @throws `bad-spec`, `no-secret`, `job-conflict` (another job has this name), `quota`, `unauthorized`,
   *   `forbidden`, `not-found`, `rate-limited`, `unavailable`, `aborted`
   */
  submit(spec: JobSpec, options?: CallOptions): Promise<JobHandle>
  /**
   * Until the job has ended, however that is; a lost connection does not end it.
   * @throws `wait-timeout`, `aborted`, `job-not-found`, `unauthorized`, `forbidden`
   */
  wait(job: Pick<JobHandle, 'name'>, options: WaitOptions): Promise<JobResult>
  /** Asks the job to end; nothing happens where it has. Resolves once that is accepted: `wait` tells the end. */
  cancel(job: Pick<JobHandle, 'name'>, options?: CallOptions): Promise<void>
  /**
   * Finds a job again.
   * @throws `job-not-found`
   */
  attach(name: string, options?: CallOptions): Promise<JobHandle>
}
