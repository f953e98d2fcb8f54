import type { CommandJob, JobBase } from '@azure/arm-machinelearning'

import { JobRunnerError, jobConflict, jobNotFound } from '../errors.ts'
import { checkedName } from '../job-name.ts'
import { specHash } from '../job-spec.ts'
import type { CallOptions, JobHandle, JobSpec, JobState } from '../types.ts'
import { hasEnded } from '../waiting.ts'
import type { Connection } from './connection.ts'
import type { AzureContext } from './context.ts'
import { jobPath } from './dry-run.ts'
import { failureOf, isRestError, isSurroundingMissing } from './failures.ts'
import { SPEC_TAG } from './job-body.ts'
import { stateFrom } from './job-status.ts'

export interface Jobs {
  readonly connection: Connection
  readonly context: AzureContext
  readonly kind: string
}

export interface FoundJob extends JobState {
  /** In Studio. */
  readonly url?: string
  /** Of the spec it was made from; undefined where it is none of ours. */
  readonly hash?: string
}

const CANCEL_TIMEOUT_MS = 300_000

/**
 * @param missing what a job that is not there is: `demand` an error
 * @throws JobRunnerError `job-not-found`, `not-found`
 */
export async function findJob(
  jobs: Jobs,
  name: string,
  call: CallOptions,
  missing: 'demand',
): Promise<FoundJob>
export async function findJob(jobs: Jobs, name: string, call: CallOptions): Promise<FoundJob | undefined>
export async function findJob(
  { connection, context }: Jobs,
  name: string,
  { signal }: CallOptions,
  missing?: 'demand',
): Promise<FoundJob | undefined> {
  checkedName(name)
  const { resourceGroup, workspace } = context
  const asked = `look up job ${name}`
  try {
    const job = await connection.call(
      asked,
      (client, options) => client.jobs.get(resourceGroup, workspace, name, options),
      { signal, expected: [404] },
    )
    return found(job)
  } catch (error) {
    if (!isRestError(error)) throw error
    if (isSurroundingMissing(error)) throw failureOf(error, asked)
    if (missing === 'demand') throw jobNotFound(name, jobPath(context, name))
    return undefined
  }
}

/** Sends a job that was not there a moment ago. Where it is now, what is there decides. */
export async function putJob(
  jobs: Jobs,
  spec: JobSpec,
  properties: CommandJob,
  { signal }: CallOptions,
): Promise<JobHandle> {
  const { connection, context } = jobs
  const asked = `submit job ${spec.name}`
  let status = 0
  const onResponse = (response: { readonly status: number }): void => {
    status = response.status
  }
  try {
    const job = await connection.call(
      asked,
      (client, options) =>
        client.jobs.createOrUpdate(
          context.resourceGroup,
          context.workspace,
          spec.name,
          { properties },
          { ...options, onResponse },
        ),
      { signal, expected: [400, 409] },
    )
    return handleOf(jobs, spec, found(job), status === 201)
  } catch (error) {
    if (!isRestError(error)) throw error
    // A retry may have come after the first try had done it; the name is refused in more than one way.
    const there = await findJob(jobs, spec.name, { signal })
    if (there === undefined) throw failureOf(error, asked)
    return handleOf(jobs, spec, there, false)
  }
}

/** @throws JobRunnerError `job-conflict` where it is another job than the spec's */
export function handleOf({ kind, context }: Jobs, spec: JobSpec, job: FoundJob, created: boolean): JobHandle {
  const { status, detail, url, hash } = job
  if (hash !== specHash(spec)) throw jobConflict(spec.name, jobPath(context, spec.name))
  return { name: spec.name, runner: kind, created, status, detail, ...(url === undefined ? {} : { url }) }
}

/** Nothing where it has ended; resolves once Azure has taken it on. */
export async function cancelJob(jobs: Jobs, name: string, { signal }: CallOptions = {}): Promise<void> {
  const { connection, context } = jobs
  const asked = `cancel job ${name}`
  if (hasEnded((await findJob(jobs, name, { signal }, 'demand')).status)) return
  try {
    await connection.call(
      asked,
      (client, options) =>
        client.jobs.beginCancelAndWait(context.resourceGroup, context.workspace, name, options),
      { signal, expected: [400, 409], timeoutMs: CANCEL_TIMEOUT_MS },
    )
  } catch (error) {
    if (JobRunnerError.isInstance(error) && error.code !== 'refused') throw error
    // It may have ended in the meantime, which is what was wanted.
    if (!hasEnded((await findJob(jobs, name, { signal }, 'demand')).status)) throw failureOf(error, asked)
  }
}

function found({ properties }: JobBase): FoundJob {
  const { status, services, tags } = properties
  const studio = services?.['Studio']?.endpoint
  const hash = tags?.[SPEC_TAG]
  return {
    ...stateFrom(status),
    ...(typeof studio === 'string' && studio.startsWith('https://') ? { url: studio } : {}),
    ...(typeof hash === 'string' ? { hash } : {}),
  }
}
