import { spawn } from 'node:child_process'
import { once } from 'node:events'

import type { Clock } from '@airq/http'

import type { JobState } from '../types.ts'
import { hasEnded } from '../waiting.ts'
import type { StateFolder } from './state-folder.ts'
import { isAlive, type Launch, signalGroup } from './supervisor.ts'

export interface LocalState extends JobState {
  readonly exitCode: number | null
}

/** How the job of a folder stands, from what is written there and from whether its supervisor lives. */
export async function stateOf(folder: StateFolder): Promise<LocalState> {
  const supervisor = await folder.supervisor()
  if (supervisor === undefined) return { status: 'waiting', detail: 'not started', exitCode: null }
  // Looked at in this order: what is alive before may have written its exit code after.
  const alive = await isAlive(supervisor)
  const code = await folder.exitCode()
  if (code === undefined && alive) {
    return (await folder.has('cancelled'))
      ? { status: 'cancelling', detail: 'asked to end', exitCode: null }
      : { status: 'running', detail: `process ${String(supervisor.pid)}`, exitCode: null }
  }
  return endOf(code, await folder.has('cancelled'), await folder.has('timed-out'))
}

function endOf(code: number | undefined, cancelled: boolean, timedOut: boolean): LocalState {
  const exitCode = code ?? null
  if (timedOut) return { status: 'failed', detail: 'took longer than it may and was stopped', exitCode }
  if (code === 0) return { status: 'succeeded', detail: 'exit code 0', exitCode }
  const detail = code === undefined ? 'ended without an exit code' : `exit code ${String(code)}`
  return { status: cancelled ? 'cancelled' : 'failed', detail, exitCode }
}

export interface CancelSettings {
  readonly clock: Clock
  readonly graceMs: number
  readonly pollMs: number
  readonly signal: AbortSignal
  readonly stop: Pick<Launch, 'command' | 'env'> | undefined
}

/** Asks first, and ends it after the grace. Resolves once the job has ended. */
export async function cancelJob(folder: StateFolder, settings: CancelSettings): Promise<void> {
  const supervisor = await folder.supervisor()
  if (supervisor === undefined || hasEnded((await stateOf(folder)).status)) return
  await folder.set('cancelled')
  if (settings.stop === undefined) await signalGroup(supervisor, 'SIGTERM')
  else await stopFromOutside(settings.stop)
  if (await endsWithin(folder, settings)) return
  await signalGroup(supervisor, 'SIGKILL')
  await endsWithin(folder, settings)
}

async function endsWithin(
  folder: StateFolder,
  { clock, graceMs, pollMs, signal }: CancelSettings,
): Promise<boolean> {
  const deadline = clock.now() + graceMs
  for (;;) {
    if (hasEnded((await stateOf(folder)).status)) return true
    if (clock.now() >= deadline || signal.aborted) return false
    await clock.sleep(Math.min(pollMs, 100), signal).catch(() => undefined)
  }
}

async function stopFromOutside({ command, env }: Pick<Launch, 'command' | 'env'>): Promise<void> {
  const child = spawn('/bin/sh', ['-c', command], { env, stdio: 'ignore' })
  // Where it fails, the signals that follow must do.
  await once(child, 'exit').catch(() => undefined)
}
