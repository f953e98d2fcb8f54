import { type JobRunner, type JobSpec, jobName } from '@airq/job-runner'
import type { DryRun } from '@airq/job-runner/azure-ml'
import { type RunContext, UserError } from '@airq/pipeline'
import { CONFIG_VARIABLE, configVariable, JOB_VARIABLE, type JobOptions, sha256Of } from '@airq/pipeline/jobs'
import { credentialsFor } from './credentials.ts'
import { jobCommand, type PassedOptions } from './job-command.ts'
import { jobFiles } from './job-files.ts'
import { checkReach, type OpenRunner, openRunner } from './open-runner.ts'
import type { PipelineJob } from './pipelines.ts'

/** What a command that submits a pipeline is told. */
export type SubmitOptions = PassedOptions & Pick<JobOptions, 'jobName' | 'timeout' | 'allowInsecureArgv'>

export interface PlannedJob extends OpenRunner {
  /** Its name is without the number of the attempt, and so is no job's yet. */
  readonly spec: JobSpec
}

/**
 * All of a job but its attempt: nothing is sent.
 * @throws UserError `store-out-of-reach`, `bad-arguments`, `config-too-large`, those of `jobFiles` and of `credentialsFor`
 */
export async function planJob(
  pipeline: PipelineJob,
  context: RunContext,
  options: SubmitOptions,
): Promise<PlannedJob> {
  const { config, configText, logger } = context
  const { allowInsecureArgv } = options
  checkReach(pipeline, context)
  const remote = config.jobs.kind === 'azure-ml'
  if (remote && options.resume === true) {
    throw new UserError(
      'bad-arguments',
      '--resume: what a search on Azure had come to is gone with its machine',
      {
        hint: 'Search again without --resume, or run hyperparam-optimization-pipeline from here: it keeps each fit.',
      },
    )
  }
  const files = await jobFiles(context, options)
  const credentials = await credentialsFor(pipeline, context, { remote, allowInsecureArgv })
  const opened = await openRunner(pipeline, context, {
    values: credentials.values,
    allowInsecureArgv,
    files,
  })
  const commit = context.gitCommit()
  logger.info('configuration', { sha256: sha256Of(configText) })
  const spec: JobSpec = {
    name: options.jobName ?? stemOf(pipeline, context, commit),
    app: pipeline.app,
    command: jobCommand(
      pipeline,
      context,
      options,
      credentials,
      files.map(({ inside }) => inside),
    ),
    environment: { ...credentials.variables, [CONFIG_VARIABLE]: configVariable(configText) },
    secrets: credentials.secrets,
    limits: { timeoutMs: options.timeout ?? pipeline.timeoutMs },
    tags: {
      pipeline: pipeline.id,
      config: sha256Of(configText),
      ...(commit === null ? {} : { sha: commit }),
    },
    experiment: pipeline.bin,
    ...opened.placement,
  }
  return { ...opened, runner: namingRunner(opened.runner), spec }
}

/** `feature-pipeline-20261123T2200Z-1a2b3c4` */
function stemOf({ bin }: PipelineJob, { systemClock }: RunContext, commit: string | null): string {
  const at = systemClock.now()
  return jobName({ app: bin, at, commit: commit ?? '0000000', attempt: 1 }).replace(/-1$/, '')
}

/** Tells each job its own name, under which it leaves its record. */
function namingRunner(runner: JobRunner): JobRunner {
  return {
    ...runner,
    submit: (spec, call) => runner.submit(named(spec), call),
  }
}

function named(spec: JobSpec): JobSpec {
  return { ...spec, environment: { ...spec.environment, [JOB_VARIABLE]: spec.name } }
}

/** What would be submitted: a request to Azure, or a command and its variables. Holds no secret. */
export function shownJob({ azure, runner, spec }: PlannedJob, shards: number | undefined): ShownJob {
  const { app, command, environment = {}, secrets = {}, image } = spec
  const shard = shards === undefined ? [] : ['--shard', `1/${String(shards)}`]
  const name = shards === undefined ? `${spec.name}-1` : `${spec.name}-1of${String(shards)}-1`
  const first = named({ ...spec, name, command: [...command, ...shard] })
  if (azure !== undefined) return { runner: runner.kind, ...azure.dryRun(first) }
  const variables = { ...environment, ...first.environment, ...secrets }
  return {
    runner: runner.kind,
    job: { name, app, command: first.command, variables, ...(image === undefined ? {} : { image }) },
  }
}

export type ShownJob = { readonly runner: string } & (
  DryRun | { readonly job: Readonly<Record<string, unknown>> }
)
