import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { JobRunnerError, type JobRunnerErrorCode } from '../../errors.ts'
import type { JobRunner, JobSpec } from '../../types.ts'
import { hasEnded } from '../../waiting.ts'

export interface OpenedRunner {
  readonly runner: JobRunner
  /** An empty folder that jobs can write to. */
  readonly directory: string
  /** A runner as another process would open it: it knows only what has been kept. */
  readonly reopen: () => JobRunner
  /** All that others could read: what was sent, command lines, what was written. */
  readonly exposed: () => Promise<string>
  /** Ends what `open` started and removes what it made. */
  dispose(): Promise<void>
}

/**
 * Opens a runner with no jobs. `MARKED_SECRET` is to be where it takes secrets from: in the submitter's environment,
 * or in the Key Vault.
 */
export type OpenRunner = () => Promise<OpenedRunner>

export interface ContractCase {
  readonly name: string
  /** Rejects with an AssertionError where the runner breaks the contract. */
  readonly run: () => Promise<void>
  /** Why this case does not apply to the runner. */
  readonly skip?: string
}

export type RunnerTest = (opened: OpenedRunner) => Promise<void>

export const MARKED_SECRET = {
  variable: 'AQI_TOKEN',
  vaultName: 'aqi-token',
  value: 'marked-secret-4711',
} as const

/** Long enough that no case waits for it unless something is wrong, ms. */
export const PATIENCE = { timeoutMs: 25_000 } as const

/** A job that runs a script of the shell; `$1` is the folder it can write to. */
export function scriptJob(
  directory: string,
  name: string,
  script: string,
  more: Partial<JobSpec> = {},
): JobSpec {
  return {
    name,
    app: 'contract-app',
    command: ['sh', '-c', script, 'job', directory],
    image: `registry.example/contract-app@sha256:${'c'.repeat(64)}`,
    limits: { timeoutMs: 60_000 },
    ...more,
  }
}

/** Awaits the runner's own error with this code and gives it back. */
export async function failure(code: JobRunnerErrorCode, call: Promise<unknown>): Promise<JobRunnerError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!JobRunnerError.isInstance(error)) assert.fail(`expected ${code}, got ${String(error)}`)
  assert.equal(error.code, code, error.message)
  return error
}

/** What a job has written, or undefined where it has not. */
export async function written(directory: string, file: string): Promise<string | undefined> {
  return readFile(join(directory, file), 'utf8').catch(() => undefined)
}

/** Until a job has written a file; it is polled through the runner, as some run only when looked at. */
export async function untilWritten(opened: OpenedRunner, name: string, file: string): Promise<string> {
  for (let looks = 0; looks < 1_000; looks += 1) {
    const text = await written(opened.directory, file)
    if (text !== undefined && text !== '') return text
    const { status, detail } = await opened.runner.attach(name)
    if (hasEnded(status)) assert.fail(`job ${name} ended (${detail}) and has not written ${file}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return assert.fail(`job ${name} has not written ${file}`)
}
