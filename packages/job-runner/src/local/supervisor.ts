import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'

import type { Clock } from '@airq/http'

import { JobRunnerError } from '../errors.ts'
import { startTicks, type StateFolder, type Supervisor } from './state-folder.ts'

/**
 * Runs a job and writes down how it ended, whatever becomes of the submitter. The link makes it the only one: however
 * many are started for a folder, one runs. Both shells outlive the signals meant for the job. At the end everything of
 * the job's group goes, as with a container.
 */
const SUPERVISOR = `
dir=$1 command=$2 seconds=$3 grace=$4 stop=$5
umask 077
{ echo $$ && { cat /proc/$$/stat 2>/dev/null || :; }; } >"$dir/pid.$$" || exit 1
ln "$dir/pid.$$" "$dir/pid" 2>/dev/null
claimed=$?
rm -f "$dir/pid.$$"
[ "$claimed" -eq 0 ] || exit 0
trap : HUP INT TERM
(
  trap '' HUP INT TERM
  sleep "$seconds"
  : >"$dir/timed-out"
  if [ -n "$stop" ]; then /bin/sh -c "$stop"; fi
  kill -s TERM 0
  sleep "$grace"
  kill -s KILL 0
) </dev/null >/dev/null 2>&1 &
/bin/sh -c "trap : HUP INT TERM
$command" </dev/null >"$dir/stdout" 2>"$dir/stderr"
echo $? >"$dir/exit.new" && mv "$dir/exit.new" "$dir/exit"
kill -s KILL 0
`

export interface Launch {
  /** For `/bin/sh -c`. */
  readonly command: string
  readonly env: Readonly<Record<string, string>>
  /** Ends the job from outside, for `/bin/sh -c`. Default: SIGTERM. */
  readonly stop?: string
}

export interface LaunchSettings {
  readonly clock: Clock
  /** Where the job runs. */
  readonly directory: string | undefined
  readonly timeoutMs: number
  readonly graceMs: number
}

/**
 * Starts the job of a folder, unless it has been started.
 * @returns whether this call started it
 * @throws JobRunnerError `cannot-start`
 */
export async function launch(
  folder: StateFolder,
  { command, env, stop = '' }: Launch,
  { clock, directory, timeoutMs, graceMs }: LaunchSettings,
): Promise<boolean> {
  const seconds = (ms: number) => String(Math.ceil(ms / 1000))
  const argv = [
    '-c',
    SUPERVISOR,
    'airq-job',
    folder.path,
    command,
    seconds(timeoutMs),
    seconds(graceMs),
    stop,
  ]
  const child = spawn('/bin/sh', argv, { cwd: directory, env, detached: true, stdio: 'ignore' })
  const exit = once(child, 'exit').catch((error: unknown) => {
    throw cannotStart(folder.path, error)
  })
  exit.catch(() => undefined)
  for (;;) {
    const hadEnded = child.exitCode !== null || child.signalCode !== null
    const supervisor = await folder.supervisor()
    if (supervisor !== undefined) {
      child.unref()
      return supervisor.pid === child.pid
    }
    if (hadEnded) throw cannotStart(folder.path, 'it ended at once')
    await Promise.race([exit, clock.sleep(10, new AbortController().signal)])
  }
}

function cannotStart(where: string, error: unknown): JobRunnerError {
  const why = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  return new JobRunnerError('cannot-start', `The job can't be started (${why}).`, {
    where,
    hint: 'It needs /bin/sh, its working directory and a writable state folder.',
  })
}

/** Whether it still runs; a later process of the same number does not count, where the system tells. */
export async function isAlive({ pid, startedAt }: Supervisor): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false
  }
  const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => undefined)
  if (stat === undefined) return startedAt === undefined
  const isZombie = /\) Z /.test(stat)
  return !isZombie && (startedAt === undefined || startTicks(stat) === startedAt)
}

/** To all of the job at once; nothing where it has ended. */
export async function signalGroup(supervisor: Supervisor, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (!(await isAlive(supervisor))) return
  try {
    process.kill(-supervisor.pid, signal)
  } catch {
    // It has ended in between.
  }
}
