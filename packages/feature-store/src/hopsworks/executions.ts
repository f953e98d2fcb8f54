import { groupLabel } from '../definition.ts'
import { FeatureStoreError } from '../errors.ts'
import type { AnyFeatureGroup } from '../types.ts'
import type { Api } from './api.ts'
import type { Connection } from './connect.ts'
import { isRetryable, pause, retrying } from './retrying.ts'
import type { Settings } from './settings.ts'
import { executionSchema, executionsSchema, logSchema, type ExecutionDto } from './wire.ts'

const SUCCESS = ['FINISHED', 'SUCCEEDED']
const FAILURE = ['FAILED', 'KILLED', 'FRAMEWORK_FAILURE', 'APP_MASTER_START_FAILED', 'INITIALIZATION_FAILED']
const LOG_LINES = 20
const LOG_LOOKS = 4
const EXECUTIONS_LIMIT = 130040
const NO_SUCH_JOB = 130009

/** A job of this group, and what is needed to ask for it. */
export interface JobContext {
  readonly api: Api
  readonly settings: Settings
  readonly connection: Connection
  readonly group: AnyFeatureGroup
  readonly signal: AbortSignal | undefined
}

export type Ending = 'succeeded' | 'failed' | 'running'

/** Spark jobs end with their final status; one that could not even begin has none, but a state that is final. */
export function endingOf({ state, finalStatus }: ExecutionDto): Ending {
  const status = finalStatus ?? 'UNDEFINED'
  if (SUCCESS.includes(status)) return 'succeeded'
  return FAILURE.includes(status) || FAILURE.includes(state) ? 'failed' : 'running'
}

/** The last begun; undefined: none was; or there is no such job. */
export async function lookForExecution(
  context: JobContext,
  job: string,
): Promise<ExecutionDto | undefined | 'no-job'> {
  const { api, signal } = context
  const found = await api.json(
    {
      what: `Looking for executions of job ${job}`,
      scope: 'JOB',
      path: pathOf(context, job),
      query: { sort_by: 'submissiontime:desc', offset: 0, limit: 1 },
      tolerate: [NO_SUCH_JOB],
      signal,
    },
    executionsSchema,
  )
  return typeof found === 'number' ? 'no-job' : found.items?.[0]
}

export async function newestExecution(context: JobContext, job: string): Promise<ExecutionDto | undefined> {
  const found = await lookForExecution(context, job)
  return found === 'no-job' ? undefined : found
}

/** Starts the job once. While the project runs as many jobs as it may, it waits for its turn. */
export async function startJob(context: JobContext, job: string): Promise<ExecutionDto> {
  const { api, settings, signal, group } = context
  const { clock, pollIntervalMs, jobTimeoutMs, progress } = settings
  const began = clock.now()
  const request = {
    what: `Starting job ${job}`,
    scope: 'JOB',
    method: 'POST',
    path: pathOf(context, job),
    // An empty text: the server takes the job's own arguments. Without text/plain newer servers answer 415.
    body: '',
    contentType: 'text/plain',
    signal,
  } as const
  for (;;) {
    const started = await retrying<ExecutionDto | number>(clock, signal, {
      attempt: () => api.json({ ...request, tolerate: [EXECUTIONS_LIMIT] }, executionSchema),
      look: () => newestExecution(context, job),
    })
    if (typeof started !== 'number') return started
    const elapsedMs = clock.now() - began
    if (elapsedMs + pollIntervalMs > jobTimeoutMs) return api.get(request, executionSchema)
    progress({
      step: 'job',
      group: groupLabel(group),
      message: 'waiting: the project runs as many jobs as it may',
      elapsedMs,
    })
    await pause(clock, signal, pollIntervalMs)
  }
}

/** Waits for what is under way. A server that is away for a while is waited for too. */
export async function waitForExecution(
  context: JobContext,
  job: string,
  execution: ExecutionDto,
): Promise<'succeeded' | 'failed'> {
  const { api, settings, signal, group } = context
  const { clock, pollIntervalMs, jobTimeoutMs, progress } = settings
  const began = clock.now()
  let current = execution
  for (;;) {
    const ending = endingOf(current)
    if (ending !== 'running') return ending
    const elapsedMs = clock.now() - began
    if (elapsedMs >= jobTimeoutMs) throw stillRunning(context, job, current.state)
    progress({
      step: 'job',
      group: groupLabel(group),
      message: `job ${job}: ${current.state.toLowerCase()}`,
      state: current.state,
      elapsedMs,
    })
    await pause(clock, signal, Math.min(pollIntervalMs, jobTimeoutMs - elapsedMs))
    try {
      const what = `Looking at job ${job}`
      const path = `${pathOf(context, job)}/${String(execution.id)}`
      current = await api.get({ what, scope: 'JOB', path, signal }, executionSchema)
    } catch (error) {
      if (!isRetryable(error)) throw error
      const message = `no answer about job ${job}, still trying`
      progress({ step: 'job', group: groupLabel(group), message, elapsedMs })
    }
  }
}

/** Of a job the server has begun by itself. @throws FeatureStoreError `job-failed`, `job-timeout` */
export async function waitForNewestExecution(context: JobContext, job: string): Promise<void> {
  const { clock, pollIntervalMs, jobTimeoutMs } = context.settings
  const began = clock.now()
  let execution = await newestExecution(context, job)
  while (execution === undefined) {
    if (clock.now() - began >= jobTimeoutMs) throw stillRunning(context, job, 'not begun')
    await pause(clock, context.signal, pollIntervalMs)
    execution = await newestExecution(context, job)
  }
  const ending = await waitForExecution(context, job, execution)
  if (ending === 'failed') throw await jobFailed(context, job, execution)
}

/** With the end of the job's log, which may come later than its end. */
export async function jobFailed(
  context: JobContext,
  job: string,
  { id }: ExecutionDto,
): Promise<FeatureStoreError> {
  const { clock, pollIntervalMs } = context.settings
  let log = ''
  for (let look = 1; log === '' && look <= LOG_LOOKS; look += 1) {
    if (look > 1) await pause(clock, context.signal, pollIntervalMs)
    log = (await readLog(context, job, id, 'err')) || (await readLog(context, job, id, 'out'))
  }
  const tail = log.trimEnd().split('\n').slice(-LOG_LINES).join('\n')
  return new FeatureStoreError(
    'job-failed',
    `Job ${job} of group ${groupLabel(context.group)} failed${tail === '' ? '; it left no log' : `:\n${tail}`}`,
    {
      where: `job ${job}, execution ${String(id)}`,
      hint: 'Read the log, whole in the web interface under Jobs. Writing the same rows again is safe.',
    },
  )
}

async function readLog(context: JobContext, job: string, id: number, type: 'out' | 'err'): Promise<string> {
  try {
    const { log } = await context.api.get(
      {
        what: `Reading the log of job ${job}`,
        scope: 'JOB',
        path: `${pathOf(context, job)}/${String(id)}/log/${type}`,
        signal: context.signal,
      },
      logSchema,
    )
    return log === null || log === undefined || /^No log available/i.test(log) ? '' : log
  } catch (error) {
    // The job's failure is what is to be told; its log is a help.
    if (FeatureStoreError.isInstance(error) && error.code === 'aborted') throw error
    return ''
  }
}

function stillRunning({ settings, group }: JobContext, job: string, state: string): FeatureStoreError {
  const minutes = Math.round(settings.jobTimeoutMs / 60_000)
  return new FeatureStoreError(
    'job-timeout',
    `Job ${job} of group ${groupLabel(group)} is ${state.toLowerCase()} after ${String(minutes)} minutes; it goes on at Hopsworks.`,
    {
      retryable: true,
      where: `job ${job}`,
      hint: 'Write the same rows again later: that waits for this job and begins no other.',
    },
  )
}

function pathOf({ connection }: JobContext, job: string): string {
  return `${connection.projectPath}/jobs/${encodeURIComponent(job)}/executions`
}
