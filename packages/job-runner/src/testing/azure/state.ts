import type { ExecutableJob, FakeAzureSettings } from './types.ts'

export interface JobRecord {
  readonly name: string
  readonly properties: Readonly<Record<string, unknown>>
  readonly createdAt: string
  status: string
  runs: number
  /** Polls until a cancellation is done. */
  cancelPolls: number
  readonly controller: AbortController
}

export interface EnvironmentRecord {
  readonly properties: Readonly<Record<string, unknown>>
}

export interface State {
  readonly now: () => number
  readonly jobs: Map<string, JobRecord>
  /** Versions by name, in the order they were made. */
  readonly environments: Map<string, Map<string, EnvironmentRecord>>
  /** Second and requests in it. */
  window: { second: number; count: number }
}

const PROGRESS = ['NotStarted', 'Starting', 'Preparing', 'Queued', 'Running']
const TERMINAL = ['Completed', 'Failed', 'Canceled']

export function createState(now: () => number): State {
  return { now, jobs: new Map(), environments: new Map(), window: { second: 0, count: 0 } }
}

export function isTerminal({ status }: JobRecord): boolean {
  return TERMINAL.includes(status)
}

/** One step for each look, up to `Running`; then what runs it decides, or the settings. */
export function advance(job: JobRecord, settings: FakeAzureSettings): void {
  if (isTerminal(job) || job.status === 'CancelRequested') return
  if (job.status === 'Finalizing') {
    job.status = 'Completed'
    return
  }
  if (job.status !== 'Running') {
    job.status = PROGRESS[PROGRESS.indexOf(job.status) + 1] ?? 'Running'
    if (job.status === 'Running' && settings.execute !== null) run(job, settings.execute)
    return
  }
  if (settings.execute !== null) return
  const ending = endingOf(job) ?? settings.outcome
  if (ending !== 'Hangs') job.status = ending === 'Failed' ? 'Failed' : 'Finalizing'
}

function run(job: JobRecord, execute: NonNullable<FakeAzureSettings['execute']>): void {
  job.runs += 1
  const { controller } = job
  const limit = setTimeout(() => {
    controller.abort(new Error('out of time'))
  }, timeoutOf(job))
  execute(executable(job), controller.signal)
    .then(
      (code) => {
        if (job.status === 'CancelRequested') job.status = 'Canceled'
        else job.status = code === 0 && !controller.signal.aborted ? 'Finalizing' : 'Failed'
      },
      () => (job.status = 'Failed'),
    )
    .finally(() => {
      clearTimeout(limit)
    })
    .catch(() => undefined)
}

/** From a request to cancel on; where nothing runs, the next polls end it. */
export function requestCancel(job: JobRecord): void {
  const { runs } = job
  job.status = 'CancelRequested'
  job.controller.abort(new Error('cancelled'))
  if (runs === 0) job.cancelPolls = 1
}

function endingOf({ properties }: JobRecord): string | undefined {
  const { tags } = properties as { tags?: Record<string, string> }
  return tags?.['airq-fake-outcome']
}

function executable({ name, properties }: JobRecord): ExecutableJob {
  const { command = '', environmentVariables = {} } = properties as {
    command?: string
    environmentVariables?: Record<string, string>
  }
  return { name, command, environmentVariables }
}

/** Ms of `limits.timeout`, ISO 8601. */
function timeoutOf({ properties }: JobRecord): number {
  const { limits } = properties as { limits?: { timeout?: string } }
  const [, hours = 0, minutes = 0, seconds = 0] =
    /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/.exec(limits?.timeout ?? '') ?? []
  const ms = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000
  return ms === 0 ? 2 ** 31 - 1 : Math.min(ms, 2 ** 31 - 1)
}
