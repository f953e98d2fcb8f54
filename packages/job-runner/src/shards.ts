import { JobRunnerError } from './errors.ts'
import type { JobHandle, JobResult, JobRunner, JobSpec, JobState, WaitOptions } from './types.ts'

export interface ShardOptions extends Pick<WaitOptions, 'timeoutMs' | 'signal' | 'onAbort'> {
  /** Jobs under way at the same time. Default: all. */
  readonly atOnce?: number
  /** Told of every change; `shard` is `2/3`. */
  readonly onStatus?: (shard: string, job: JobState & Pick<JobHandle, 'name' | 'url'>) => void
}

export interface ShardResult {
  /** `2/3` */
  readonly shard: string
  readonly name: string
  /** Undefined where the job could not be started or waited for. */
  readonly result?: JobResult
  readonly error?: JobRunnerError
  /** True where an earlier run had done it already. */
  readonly reused: boolean
}

export interface ShardsResult {
  /** In order. */
  readonly shards: readonly ShardResult[]
  readonly ok: boolean
}

/** Beyond it, something else than one more try is needed. */
const MOST_ATTEMPTS = 100

/**
 * Runs a job as `n` jobs, each given `--shard i/n` after its own arguments, under names made of the spec's: `NAME-2of3-1`,
 * the last number being the attempt. Called again with the same spec, it starts only what failed, waits for what
 * still runs and takes what was done. One shard's failure leaves the others alone.
 * @throws JobRunnerError `aborted`, `bad-spec`
 */
export async function runShards(
  runner: JobRunner,
  spec: JobSpec,
  n: number,
  options: ShardOptions,
): Promise<ShardsResult> {
  const { atOnce = n, signal } = options
  if (!Number.isInteger(n) || n < 1 || n > 1_000 || !Number.isInteger(atOnce) || atOnce < 1) {
    throw new JobRunnerError('bad-spec', 'The number of shards, and of jobs at once, is from 1 to 1,000.', {
      fault: 'input',
      where: spec.name,
      hint: 'Give --shards a number from 1 to 1000.',
    })
  }
  const shards: ShardResult[] = []
  let next = 1
  const work = async (): Promise<void> => {
    for (let i = next++; i <= n && signal?.aborted !== true; i = next++) {
      shards[i - 1] = await runShard(runner, spec, i, n, options)
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, n) }, work))
  if (signal?.aborted === true) throw interrupted(spec.name, shards)
  const ok = shards.every(({ result }) => result?.outcome === 'succeeded')
  return { shards, ok }
}

async function runShard(
  runner: JobRunner,
  spec: JobSpec,
  i: number,
  n: number,
  { onStatus, timeoutMs, signal, onAbort = 'cancel' }: ShardOptions,
): Promise<ShardResult> {
  const shard = `${String(i)}/${String(n)}`
  const stem = `${spec.name}-${String(i)}of${String(n)}`
  let name = stem
  try {
    const job = await startedJob(runner, spec, stem, shard, signal)
    name = job.name
    const waiting: WaitOptions = {
      ...{ timeoutMs, signal, onAbort },
      onStatus: (state) => onStatus?.(shard, { ...state, name }),
    }
    const result = await runner.wait(job, waiting)
    return { shard, name, result, reused: job.status === 'succeeded' && !job.created }
  } catch (error) {
    if (!JobRunnerError.isInstance(error)) throw error
    return { shard, name, error, reused: false }
  }
}

/** The first attempt that has not failed; where there is none, a new one. */
async function startedJob(
  runner: JobRunner,
  spec: JobSpec,
  stem: string,
  shard: string,
  signal: AbortSignal | undefined,
): Promise<JobHandle> {
  const command = [...spec.command, '--shard', shard]
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    // Submitting finds what is there, and refuses another job of this name.
    const job = await runner.submit({ ...spec, command, name: `${stem}-${String(attempt)}` }, { signal })
    if (job.created || (job.status !== 'failed' && job.status !== 'cancelled')) return job
  }
  throw new JobRunnerError('job-conflict', `Shard ${shard} has failed ${String(MOST_ATTEMPTS)} times.`, {
    where: stem,
    hint: 'Look at its output, and submit under another name.',
  })
}

function interrupted(name: string, shards: readonly ShardResult[]): JobRunnerError {
  const done = shards.filter((shard) => shard.result?.outcome === 'succeeded').length
  const hints = shards.flatMap(({ error }) => (error?.code === 'aborted' ? [error.message] : []))
  return new JobRunnerError(
    'aborted',
    [`${name} was interrupted; ${String(done)} shards are done.`, ...hints].join(' '),
    {
      retryable: true,
      where: name,
      hint: 'Run it again: only what is not done is started.',
    },
  )
}
