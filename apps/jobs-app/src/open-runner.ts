import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { dockerRunner, type JobRunner, type JobSpec, processRunner } from '@airq/job-runner'
import type { AzureMlRunner } from '@airq/job-runner/azure-ml'
import { type Config, type RunContext, UserError } from '@airq/pipeline'
import { forApp } from '@airq/pipeline/jobs'
import { commandFolder } from './command-folder.ts'
import { CONTAINER_STATE } from './job-command.ts'
import { type JobFile, mountArguments } from './job-files.ts'
import { type PipelineJob, usesRegistry } from './pipelines.ts'

export interface OpenRunner {
  readonly runner: JobRunner
  /** Where jobs run on Azure. */
  readonly azure?: AzureMlRunner
  /** What the job's specification has by the kind of runner. */
  readonly placement: Pick<JobSpec, 'image' | 'identity'>
}

export interface RunnerSettings {
  /** Secrets that jobs started here are given. */
  readonly values: Readonly<Record<string, string>>
  readonly allowInsecureArgv: boolean
  /** Files of this machine that the job reads. */
  readonly files?: readonly JobFile[]
}

/** What a job that runs here needs of its submitter's environment: where remotes are, which commit this is. */
const PASSED_ON = [
  'WAQI_BASE_URL',
  'OPEN_METEO_BASE_URL',
  'HOPSWORKS_BASE_URL',
  'HOPSWORKS_HOST',
  'COMET_URL_OVERRIDE',
  'MLFLOW_TRACKING_URI',
  'AIRQ_GIT_COMMIT',
  'GITHUB_SHA',
]

type Azure = Extract<Config['jobs'], { kind: 'azure-ml' }>

/**
 * The runner of the configuration, for the jobs of one app.
 * @throws UserError `store-out-of-reach`; JobRunnerError `bad-settings`, `untrusted-host`
 */
export async function openRunner(
  { app }: Pick<PipelineJob, 'app'>,
  context: RunContext,
  { values, allowInsecureArgv, files = [] }: RunnerSettings,
): Promise<OpenRunner> {
  const { config, stateDir } = context
  const { jobs } = config
  if (jobs.kind === 'azure-ml') return azureRunner(app, context, jobs, allowInsecureArgv)
  const folder = join(stateDir, 'jobs')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const env = { ...context.env, ...values }
  const common = { stateDirectory: folder, inherit: PASSED_ON }
  if (jobs.kind === 'process') {
    const path = `${await commandFolder(folder)}:${env['PATH'] ?? ''}`
    return { runner: processRunner({ ...common, env: { ...env, PATH: path } }), placement: {} }
  }
  const user = jobs.user ?? ownUser()
  const runArguments = [
    ...['--volume', `${stateDir}:${CONTAINER_STATE}`],
    ...files.flatMap(mountArguments),
    ...(user === undefined ? [] : ['--user', user]),
  ]
  return {
    runner: dockerRunner({ ...common, env, runArguments }),
    placement: { image: forApp(jobs.image, app) },
  }
}

/** So that what a container writes is the submitter's. */
function ownUser(): string | undefined {
  const [user, group] = [process.getuid?.(), process.getgid?.()]
  return user === undefined || group === undefined ? undefined : `${String(user)}:${String(group)}`
}

async function azureRunner(
  app: string,
  context: RunContext,
  jobs: Azure,
  allowInsecureArgv: boolean,
): Promise<OpenRunner> {
  const { env, config, warn } = context
  const { resourceGroup, workspace, compute, instanceType, identity, pollIntervalMs } = jobs
  const { azureMlRunner, resolveAzureContext } = await import('@airq/job-runner/azure-ml')
  const endpoint = context.baseUrl('AZURE_RESOURCE_MANAGER_URL', jobs.endpoint)
  if (endpoint !== undefined) {
    context.logger.info('asking Azure elsewhere', { host: new URL(endpoint).host })
  }
  const vault = env['AZURE_KEY_VAULT_URL'] ?? ''
  const azure = azureMlRunner({
    context: resolveAzureContext(env, { resourceGroup, workspace }),
    ...{ env, allowInsecureArgv, compute, instanceType },
    environment: forApp(jobs.environment, app),
    trustedHosts: config.trustedHosts,
    keyVaultUrl: vault === '' ? jobs.keyVaultUrl : vault,
    poll: { firstMs: pollIntervalMs, lastMs: pollIntervalMs * 6 },
    ...(endpoint === undefined ? {} : { endpoint }),
    onWarning: (message) => {
      warn('azure', message)
    },
  })
  const placement =
    identity === undefined ? {} : { identity: { kind: 'managed', clientId: identity } as const }
  return { runner: azure, azure, placement }
}

/**
 * A job on Azure has no disk in common with the next one.
 * @throws UserError `store-out-of-reach`
 */
export function checkReach({ id }: Pick<PipelineJob, 'id'>, { config }: RunContext): void {
  const { jobs, featureStore, modelRegistry } = config
  if (jobs.kind !== 'azure-ml') return
  const near = [
    ...(featureStore.kind === 'sqlite' ? ['featureStore.kind is sqlite'] : []),
    ...(usesRegistry(id) && modelRegistry.kind === 'local' ? ['modelRegistry.kind is local'] : []),
  ]
  if (near.length === 0) return
  throw new UserError(
    'store-out-of-reach',
    `${near.join(' and ')}: what a job on Azure writes there is lost with it`,
    {
      hint: 'Use hopsworks for features and comet or mlflow for models; or jobs: { kind: process }.',
    },
  )
}
