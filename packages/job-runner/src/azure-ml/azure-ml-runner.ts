import { randomInt } from 'node:crypto'

import { type Clock, systemClock } from '@airq/http'
import type { TokenCredential } from '@azure/identity'

import { JobRunnerError } from '../errors.ts'
import { checkJobSpec } from '../job-spec.ts'
import type { Environment } from '../local/local-runner.ts'
import type { CallOptions, JobResult, JobRunner, JobSpec, JobState } from '../types.ts'
import { waitForEnd } from '../waiting.ts'
import { connect } from './connection.ts'
import type { AzureContext } from './context.ts'
import { credentialFor } from './credential.ts'
import { type DryRun, dryRunOf } from './dry-run.ts'
import { endpointOf } from './endpoint.ts'
import {
  ensureEnvironmentVersion,
  environmentId,
  environmentReference,
  environmentVersionOf,
  type EnsuredEnvironment,
  type EnvironmentOptions,
  resolveEnvironment,
} from './environments.ts'
import { commandJob, type PlacementSettings } from './job-body.ts'
import { cancelJob, findJob, handleOf, putJob } from './jobs.ts'
import { checkRights } from './rights.ts'

export interface AzureMlRunnerOptions extends PlacementSettings {
  /** See `resolveAzureContext`. */
  readonly context: AzureContext
  /** Of the submitter: decides who submits; see `credentialFor`. */
  readonly env: Environment
  /** `NAME:VERSION`, `NAME@latest` or an ARM id. Default: the job's image, registered under the name of its app. */
  readonly environment?: string
  /** Default: the public cloud. Plain http for loopback only. */
  readonly endpoint?: string
  /** Hosts beside Microsoft's that tokens may be sent to. */
  readonly trustedHosts?: readonly string[]
  /** PEM of a certificate authority beside the system's. */
  readonly ca?: string
  readonly credential?: TokenCredential
  readonly allowInsecureArgv?: boolean
  /** Between two looks at a job, ms; grows from the first to the last. Default 5,000 and 30,000. */
  readonly poll?: { readonly firstMs: number; readonly lastMs: number }
  /** Before the first retry, ms. Default 1,000. */
  readonly retryDelayMs?: number
  readonly clock?: Clock
  /** 0 ≤ x < 1, for jitter. */
  readonly random?: () => number
  /** Told what is done all the same, e.g. that secrets will be readable. */
  readonly onWarning?: (message: string) => void
}

export interface AzureMlRunner extends JobRunner {
  /** Registers an image as a version of an environment, once. @param image with its digest */
  ensureEnvironmentVersion(
    name: string,
    image: string,
    options?: EnvironmentOptions,
  ): Promise<EnsuredEnvironment>
  /**
   * Whether the submitter may do all of this in the workspace; nothing is written.
   * @param actions by Azure's names: `Microsoft.MachineLearningServices/workspaces/jobs/write`
   * @throws JobRunnerError `forbidden`, naming all that is missing
   */
  checkRights(actions: readonly string[], options?: CallOptions): Promise<void>
  /** The id of the environment that jobs run in. @throws JobRunnerError `bad-settings`, `not-found` */
  findEnvironment(options?: CallOptions): Promise<string>
  /** What `submit` would send. Nothing is sent, and no one signs in. */
  dryRun(spec: JobSpec): DryRun
}

/** Submits jobs to Azure ML. The SDK is loaded at the first call. */
export function azureMlRunner(options: AzureMlRunnerOptions): AzureMlRunner {
  const { context, env, clock = systemClock, allowInsecureArgv, trustedHosts = [], ca, onWarning } = options
  const { poll = { firstMs: 5_000, lastMs: 30_000 }, random = () => randomInt(2 ** 32) / 2 ** 32 } = options
  const spelled = options.secretsVia === 'environment'
  const connection = connect({
    ...{ context, clock, random, ca },
    endpoint: endpointOf(options.endpoint, trustedHosts),
    credential: () =>
      options.credential === undefined
        ? credentialFor(env, context, { trustedHosts, ...(ca === undefined ? {} : { ca }) })
        : Promise.resolve(options.credential),
    retryDelayMs: options.retryDelayMs ?? 1_000,
  })
  const jobs = { connection, context, kind: 'azure-ml' }
  const bodyOf = (spec: JobSpec, id: string, secrets: Environment) =>
    commandJob(spec, id, context, options, secrets)

  return {
    kind: jobs.kind,
    capabilities: { exitCodes: false, output: false, secretsFromEnvironment: spelled },

    async submit(spec, call = {}) {
      checkJobSpec(spec, { allowInsecureArgv })
      // All that is wrong with it is told before anything is sent.
      bodyOf(spec, plannedEnvironment(spec, context, options.environment), env)
      const before = await findJob(jobs, spec.name, call)
      if (before !== undefined) return handleOf(jobs, spec, before, false)
      const id =
        options.environment === undefined
          ? (await ensureEnvironmentVersion(connection, context, spec.app, imageOf(spec), call)).id
          : await resolveEnvironment(connection, context, options.environment, call)
      if (spelled && Object.keys(spec.secrets ?? {}).length > 0) {
        onWarning?.(`the secrets of job ${spec.name} can be read by everyone who can read the workspace`)
      }
      return putJob(jobs, spec, bodyOf(spec, id, env), call)
    },

    async wait({ name }, waiting): Promise<JobResult> {
      let last: JobState = { status: 'waiting', detail: 'not seen yet' }
      const read = async (signal: AbortSignal) => {
        try {
          const job = await findJob(jobs, name, { signal }, 'demand')
          last = { status: job.status, detail: job.detail }
          return job
        } catch (error) {
          // The job does not end with the connection to it.
          if (!JobRunnerError.isInstance(error) || !error.retryable) throw error
          return { ...last, detail: `${last.detail}, no answer at present: ${error.code}` }
        }
      }
      const pause = (looks: number) => Math.min(poll.lastMs, poll.firstMs * 1.5 ** (looks - 1))
      const ended = await waitForEnd<JobState & { readonly url?: string }>(
        { name, clock, read, pause, cancel: () => cancelJob(jobs, name) },
        waiting,
      )
      const { status: outcome, detail, url } = ended
      return { name, outcome, detail, exitCode: null, ...(url === undefined ? {} : { url }) }
    },

    cancel: ({ name }, call) => cancelJob(jobs, name, call),

    async attach(name, call = {}) {
      const { status, detail, url } = await findJob(jobs, name, call, 'demand')
      return {
        name,
        runner: jobs.kind,
        created: false,
        status,
        detail,
        ...(url === undefined ? {} : { url }),
      }
    },

    ensureEnvironmentVersion: (name, image, ensure) =>
      ensureEnvironmentVersion(connection, context, name, image, ensure),

    checkRights: (actions, call) => checkRights(connection, context, actions, call),

    async findEnvironment(call = {}) {
      const { environment } = options
      if (environment !== undefined) return resolveEnvironment(connection, context, environment, call)
      throw new JobRunnerError('bad-settings', 'No environment is configured.', {
        fault: 'input',
        where: 'jobs.environment',
        hint: 'Write NAME:VERSION or NAME@latest.',
      })
    },

    dryRun(spec) {
      checkJobSpec(spec, { allowInsecureArgv })
      const job = bodyOf(spec, plannedEnvironment(spec, context, options.environment), env)
      return dryRunOf(spec, context, job, spelled)
    },
  }
}

function plannedEnvironment(spec: JobSpec, context: AzureContext, environment: string | undefined): string {
  if (environment === undefined) return environmentId(context, spec.app, environmentVersionOf(imageOf(spec)))
  const told = environmentReference(context, environment)
  return 'id' in told ? told.id : environmentId(context, told.latestOf, '(latest)')
}

function imageOf({ image }: JobSpec): string {
  if (image !== undefined) return image
  throw new JobRunnerError('bad-spec', 'The job has no image, and no environment is configured.', {
    fault: 'input',
    where: 'image',
    hint: 'Name an image as REGISTRY/APP@sha256:…, or set jobs.environment.',
  })
}
