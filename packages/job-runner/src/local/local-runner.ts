import { type Clock, systemClock } from '@airq/http'

import { JobRunnerError, jobConflict, jobNotFound } from '../errors.ts'
import { checkedName } from '../job-name.ts'
import { checkJobSpec, specHash } from '../job-spec.ts'
import type { CallOptions, JobHandle, JobResult, JobRunner, JobSpec, WaitOptions } from '../types.ts'
import { waitForEnd } from '../waiting.ts'
import { cancelJob, stateOf } from './local-job.ts'
import { type StateFolder, stateFolder } from './state-folder.ts'
import { type Launch, launch } from './supervisor.ts'

/** Environment of the submitter, `process.env` as a rule. */
export type Environment = Readonly<Record<string, string | undefined>>

export interface LocalRunnerOptions {
  /** Where the jobs' states are kept, a folder each; made with mode 0700. */
  readonly stateDirectory: string
  /** Of the submitter: secrets come from here, and the few variables every program needs, such as PATH. */
  readonly env: Environment
  /** More variables of `env` that jobs are given. */
  readonly inherit?: readonly string[]
  /** From SIGTERM to SIGKILL, ms. Default 10,000. */
  readonly graceMs?: number
  /** Between two looks at a job, ms. Default 250. */
  readonly pollMs?: number
  readonly allowInsecureArgv?: boolean
  readonly clock?: Clock
}

/** What tells one kind of local runner from another. */
export interface LocalKind {
  readonly kind: string
  /** Working directory of what is started. */
  readonly directory?: string | undefined
  /** @throws JobRunnerError `no-secret`, `cannot-start` */
  plan(spec: JobSpec): Promise<Launch>
  /** How to stop a job from outside, for `/bin/sh -c`. */
  stop?(name: string): Pick<Launch, 'command' | 'env'>
  /** A job that runs although this machine's folder does not know of it. */
  found?(name: string): Promise<{ readonly hash: string; readonly launch: Launch } | undefined>
}

const NEVER = new AbortController().signal
/** What a job is allowed at most is written into its spec; one that was found has had its own since it began. */
const LONGEST_MS = 30 * 24 * 3_600_000

export function localRunner(local: LocalKind, options: LocalRunnerOptions): JobRunner {
  const { clock = systemClock, graceMs = 10_000, pollMs = 250, allowInsecureArgv } = options
  const { kind, directory } = local
  const folderOf = (name: string): StateFolder => stateFolder(options.stateDirectory, checkedName(name))
  const started = (folder: StateFolder, plan: Launch, timeoutMs: number) =>
    launch(folder, plan, { clock, directory, timeoutMs, graceMs })

  async function handle(name: string, folder: StateFolder, created: boolean): Promise<JobHandle> {
    const { status, detail } = await stateOf(folder)
    return { name, runner: kind, created, status, detail }
  }

  async function known(name: string): Promise<StateFolder> {
    const folder = folderOf(name)
    if ((await folder.supervisor()) !== undefined) return folder
    const found = await local.found?.(name)
    if (found === undefined) throw jobNotFound(name, folder.path)
    if ((await folder.claim(found.hash)) !== found.hash) throw jobConflict(name, folder.path)
    await started(folder, found.launch, LONGEST_MS)
    return folder
  }

  async function cancel(name: string, { signal = NEVER }: CallOptions = {}): Promise<void> {
    await cancelJob(await known(name), { clock, graceMs, pollMs, signal, stop: local.stop?.(name) })
  }

  return {
    kind,
    capabilities: { exitCodes: true, output: true, secretsFromEnvironment: true },
    async submit(spec, { signal } = {}) {
      checkJobSpec(spec, { allowInsecureArgv })
      throwIfAborted(spec.name, signal)
      const folder = folderOf(spec.name)
      const hash = specHash(spec)
      const owner = (await folder.hash()) ?? hash
      if (owner !== hash) throw jobConflict(spec.name, folder.path)
      if ((await folder.supervisor()) !== undefined) return handle(spec.name, folder, false)
      const found = await local.found?.(spec.name)
      const plan = found?.launch ?? (await local.plan(spec))
      throwIfAborted(spec.name, signal)
      if ((await folder.claim(found?.hash ?? hash)) !== hash) throw jobConflict(spec.name, folder.path)
      const created = await started(folder, plan, found === undefined ? spec.limits.timeoutMs : LONGEST_MS)
      return handle(spec.name, folder, created && found === undefined)
    },
    async wait({ name }, waiting: WaitOptions): Promise<JobResult> {
      const folder = await known(name)
      const ended = await waitForEnd(
        { name, clock, read: () => stateOf(folder), pause: () => pollMs, cancel: () => cancel(name) },
        waiting,
      )
      const { status: outcome, detail, exitCode } = ended
      const { stdout, stderr } = folder
      return { name, outcome, detail, exitCode, output: { stdout, stderr } }
    },
    cancel: ({ name }, call) => cancel(name, call),
    attach: async (name) => handle(name, await known(name), false),
  }
}

function throwIfAborted(name: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return
  throw new JobRunnerError('aborted', `Job ${name} was not started: the call was aborted.`, {
    retryable: true,
    hint: 'Submit it again.',
    where: name,
  })
}
