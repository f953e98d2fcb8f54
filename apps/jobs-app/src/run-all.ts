import type { RunContext, Stage, StageOptions } from '@airq/pipeline'
import { lastRunKey, sha256Of } from '@airq/pipeline/jobs'
import { checkJobs } from './check-jobs.ts'
import { PIPELINES, type PipelineId } from './pipelines.ts'
import { planJob, type ShownJob, shownJob, type SubmitOptions } from './plan-job.ts'
import { readRecords } from './records.ts'
import { type JobReport, runJobs } from './run-job.ts'
import { line, tellDegraded, throwIfFailed } from './run-pipeline.ts'

type RunAllOptions = SubmitOptions & Pick<StageOptions, 'train' | 'check' | 'dryRun'>

const DAY_MS = 86_400_000

/** The day's cycle: pull, train where it is due, forecast. */
export const runAll: Stage<RunAllOptions> = async (context, options) => {
  const { config, logger } = context
  const facts = { runner: config.jobs.kind, config: sha256Of(context.configText) }
  const steps: readonly PipelineId[] = ['feature', 'training', 'inference']
  if (options.check) {
    return checkJobs(
      steps.map((id) => PIPELINES[id]),
      context,
      options,
    )
  }
  const jobs: JobReport[] = []
  const shown: ShownJob[] = []
  for (const id of steps) {
    if (id === 'training' && !(await isTrainingDue(options, context))) {
      logger.info('training is not due')
      continue
    }
    const planned = await planJob(PIPELINES[id], context, optionsFor(id, options))
    if (options.dryRun) {
      shown.push(shownJob(planned, undefined))
      continue
    }
    jobs.push(...(await runJobs(planned, undefined, context)))
    throwIfFailed(jobs)
  }
  if (options.dryRun) {
    return { summary: { ...facts, jobs, dryRun: { jobs: shown } }, text: JSON.stringify(shown, null, 2) }
  }
  return {
    summary: { ...facts, jobs },
    degraded: tellDegraded(jobs, context),
    text: jobs.map(line).join('\n'),
  }
}

/** One name for the cycle, one of its own for each job. */
function optionsFor(id: PipelineId, options: RunAllOptions): SubmitOptions {
  const { jobName } = options
  return { ...options, jobName: jobName === undefined ? undefined : `${jobName}-${id}` }
}

/** By when a job has last trained all stations well; where nothing tells, it is due. */
async function isTrainingDue({ train }: RunAllOptions, context: RunContext): Promise<boolean> {
  if (train !== 'due') return train === 'always'
  const key = lastRunKey('training')
  const last = (await readRecords(context, [key])).get(key)
  const { everyDays } = context.config.training
  // The same hour of the day it is due counts, though the last one began some minutes later.
  const age = context.systemClock.now() - (last?.startedAt ?? Number.NEGATIVE_INFINITY)
  return age >= everyDays * DAY_MS - DAY_MS / 4
}
