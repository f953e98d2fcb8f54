import { open } from 'node:fs/promises'
import {
  type JobHandle,
  type JobOutcome,
  type JobResult,
  JobRunnerError,
  runShards,
  type ShardResult,
} from '@airq/job-runner'
import type { RunContext } from '@airq/pipeline'
import type { RunRecord } from '@airq/pipeline/jobs'
import type { PlannedJob } from './plan-job.ts'
import { readRecords } from './records.ts'

/** How one job went, as it stands in the summary. */
export interface JobReport {
  readonly job: string
  /** `2/3` */
  readonly shard?: string
  readonly outcome: JobOutcome | 'submitted' | 'unknown'
  readonly degraded: boolean
  /** True where an earlier run of the same name had done it already. */
  readonly reused: boolean
  readonly url?: string
  /** Why it failed. */
  readonly message?: string
  /** What the job has told of itself. */
  readonly summary?: Readonly<Record<string, unknown>>
}

/** The job goes on for as long as it may; waiting for a machine comes on top. */
const QUEUE_MS = 6 * 3_600_000
const MOST_ATTEMPTS = 100
const TAIL_BYTES = 2_000
const ENDED: ReadonlySet<JobHandle['status']> = new Set(['succeeded', 'failed', 'cancelled'])

/** Submits, or finds, one job or `shards` of them, and waits. @throws JobRunnerError */
export async function runJobs(
  planned: PlannedJob,
  shards: number | undefined,
  context: RunContext,
): Promise<JobReport[]> {
  try {
    return await followedJobs(planned, shards, context)
  } catch (error) {
    // The interruption is what is reported; what became of the job is said here.
    if (context.signal.aborted && JobRunnerError.isInstance(error)) {
      context.logger.warn(`${error.message} ${error.hint ?? ''}`.trim())
    }
    throw error
  }
}

async function followedJobs(
  planned: PlannedJob,
  shards: number | undefined,
  context: RunContext,
): Promise<JobReport[]> {
  const { runner, spec } = planned
  const timeoutMs = spec.limits.timeoutMs + QUEUE_MS
  using status = statusLog(context, shards ?? 1)
  const { signal } = context
  if (shards === undefined) {
    const job = await startedJob(planned, context)
    status.tell(job.name, job)
    const result = await runner.wait(job, {
      ...{ timeoutMs, signal },
      onStatus: (state) => {
        status.tell(job.name, state)
      },
    })
    const ended = { name: job.name, result, reused: !job.created && job.status === 'succeeded' }
    return await reportsOf([ended], context)
  }
  const all = await runShards(runner, spec, shards, {
    ...{ timeoutMs, signal },
    onStatus: (_shard, job) => {
      status.tell(job.name, job)
    },
  })
  return await reportsOf(all.shards, context)
}

/** Submits, or finds, and leaves. @throws JobRunnerError */
export async function submitJob(planned: PlannedJob, context: RunContext): Promise<JobReport> {
  const { name, url, created } = await startedJob(planned, context)
  return {
    job: name,
    outcome: 'submitted',
    degraded: false,
    reused: !created,
    ...(url === undefined ? {} : { url }),
  }
}

/** The first attempt that has not failed; where there is none, a new one. */
async function startedJob({ runner, spec }: PlannedJob, { signal }: RunContext): Promise<JobHandle> {
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    const job = await runner.submit({ ...spec, name: `${spec.name}-${String(attempt)}` }, { signal })
    if (job.created || (job.status !== 'failed' && job.status !== 'cancelled')) return job
  }
  throw new JobRunnerError('job-conflict', `${spec.name} has failed ${String(MOST_ATTEMPTS)} times.`, {
    where: spec.name,
    hint: 'Look at its output, and submit under another --job-name.',
  })
}

type Ended = Pick<ShardResult, 'name' | 'result' | 'error' | 'reused'> & { readonly shard?: string }

async function reportsOf(ended: readonly Ended[], context: RunContext): Promise<JobReport[]> {
  const records = await readRecords(
    context,
    ended.map(({ name }) => name),
  )
  return Promise.all(ended.map((each) => reportOf(each, records.get(each.name))))
}

async function reportOf(
  { name, shard, result, error, reused }: Ended,
  record?: RunRecord,
): Promise<JobReport> {
  const outcome = result?.outcome ?? 'unknown'
  const message = outcome === 'succeeded' ? undefined : await reasonOf(result, error, record)
  return {
    job: name,
    ...(shard === undefined ? {} : { shard }),
    outcome,
    degraded: outcome === 'succeeded' && record?.degraded === true,
    reused,
    ...(result?.url === undefined ? {} : { url: result.url }),
    ...(message === undefined ? {} : { message }),
    ...(record === undefined ? {} : { summary: record.summary }),
  }
}

/** By its own record, else by what it last wrote where that can be read, else by how it ended. */
async function reasonOf(
  result: JobResult | undefined,
  error: JobRunnerError | undefined,
  record: RunRecord | undefined,
): Promise<string> {
  const told = record?.summary['error']
  if (typeof told === 'object' && told !== null && 'message' in told) return String(told.message)
  if (result === undefined) return error?.message ?? 'it could not be followed'
  const tail = result.output === undefined ? '' : await tailOf(result.output.stderr)
  return tail === '' ? result.detail : `${result.detail}: ${tail}`
}

async function tailOf(path: string): Promise<string> {
  try {
    await using file = await open(path)
    const { size } = await file.stat()
    const from = Math.max(0, size - TAIL_BYTES)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(TAIL_BYTES), 0, TAIL_BYTES, from)
    const lines = buffer.subarray(0, bytesRead).toString().trim().split('\n')
    return lines.slice(-4).join('\n')
  } catch {
    return ''
  }
}

type Told = Pick<JobHandle, 'detail' | 'status'> & { readonly url?: string }

/** One line at each change; for who looks on, how many have ended. */
function statusLog({ logger, progress }: RunContext, jobs: number) {
  const told = new Map<string, string>()
  const ended = new Set<string>()
  const waiting = progress('waiting for jobs', jobs === 1 ? null : jobs)
  return {
    tell: (name: string, { detail, status, url }: Told): void => {
      if (ENDED.has(status)) ended.add(name)
      waiting.at(ended.size, jobs === 1 ? { what: `waiting for job ${name}: ${detail}` } : {})
      if (told.get(name) === detail) return
      logger.info(`job ${name}: ${detail}`, url === undefined || told.has(name) ? {} : { url })
      told.set(name, detail)
    },
    [Symbol.dispose]: () => {
      waiting[Symbol.dispose]()
    },
  }
}
