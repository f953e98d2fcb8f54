import {
  mark,
  PipelineError,
  type RunContext,
  type Stage,
  type StageOptions,
  type StageResult,
  UserError,
} from '@airq/pipeline'
import { sha256Of } from '@airq/pipeline/jobs'
import { checkJobs } from './check-jobs.ts'
import { PIPELINES, type PipelineId } from './pipelines.ts'
import { planJob, type ShownJob, shownJob, type SubmitOptions } from './plan-job.ts'
import { type JobReport, runJobs, submitJob } from './run-job.ts'

export type RunOptions = SubmitOptions &
  Pick<StageOptions, 'wait' | 'check' | 'dryRun'> &
  Partial<Pick<StageOptions, 'shards'>>

/** Submits one pipeline, waits for it, and tells how it went. */
export function runPipeline(id: PipelineId): Stage<RunOptions> {
  const pipeline = PIPELINES[id]
  return async (context, options) => {
    if (!options.wait && options.shards !== undefined) {
      throw new UserError('bad-arguments', '--no-wait and --shards exclude each other', {
        hint: 'What failed of the shards is known only to who waits for them.',
      })
    }
    if (options.check) return checkJobs([pipeline], context, options)
    const planned = await planJob(pipeline, context, options)
    const facts = { runner: planned.runner.kind, config: sha256Of(context.configText) }
    if (options.dryRun) return shown(shownJob(planned, options.shards), facts)
    const jobs = options.wait
      ? await runJobs(planned, options.shards, context)
      : [await submitJob(planned, context)]
    throwIfFailed(jobs)
    return {
      summary: { ...facts, jobs },
      degraded: tellDegraded(jobs, context),
      text: jobs.flatMap((job) => [line(job), ...heldBack(job)]).join('\n'),
    }
  }
}

function shown(job: ShownJob, facts: object): StageResult {
  const { runner: _, ...rest } = job
  const text =
    'method' in rest
      ? `${rest.method} ${rest.path}\n${JSON.stringify(rest.body, null, 2)}`
      : JSON.stringify(rest.job, null, 2)
  return { summary: { ...facts, jobs: [], dryRun: rest }, text }
}

/** @throws PipelineError `job-failed` */
export function throwIfFailed(jobs: readonly JobReport[]): void {
  const failed = jobs.filter(({ outcome }) => outcome !== 'succeeded' && outcome !== 'submitted')
  const [first] = failed
  if (first === undefined) return
  const why = failed.map(({ job, outcome, message = '' }) => `job ${job} ${outcome}: ${message}`)
  throw new PipelineError('job-failed', why.join('\n'), {
    where: first.url ?? first.job,
    hint: 'Once the cause is gone, submit it again; what is done is not done twice under the same --job-name.',
    details: { jobs: jobs.map(({ summary: _, ...rest }) => rest) },
  })
}

/** Whether a job was degraded; its own warnings say why. */
export function tellDegraded(jobs: readonly JobReport[], { warn }: RunContext): boolean {
  for (const { job, degraded, summary } of jobs) {
    if (!degraded) continue
    for (const { code, message } of warningsOf(summary)) warn(code, `${job}: ${message}`)
  }
  return jobs.some(({ degraded }) => degraded)
}

function warningsOf(
  summary: JobReport['summary'],
): readonly { readonly code: string; readonly message: string }[] {
  const warnings = summary?.['warnings']
  return Array.isArray(warnings) ? (warnings as { code: string; message: string }[]) : []
}

/** The readings that `--quarantine` tells of. */
function heldBack({ summary }: JobReport): string[] {
  const rows = summary?.['quarantine']
  if (!Array.isArray(rows)) return []
  return (rows as Readonly<Record<'station' | 'hour' | 'reason' | 'detail', string>>[]).map(
    ({ station, hour, reason, detail }) => `  ${station} ${hour} ${reason}: ${detail}`,
  )
}

export function line({ job, outcome, degraded, reused, url }: JobReport): string {
  const notes = [
    ...(degraded ? ['degraded'] : []),
    ...(reused ? ['found'] : []),
    ...(url === undefined ? [] : [url]),
  ]
  return mark(`job ${job} ${outcome}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`, false)
}
