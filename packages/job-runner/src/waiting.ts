import type { Clock } from '@airq/http'

import { JobRunnerError } from './errors.ts'
import type { JobOutcome, JobState, JobStatus, WaitOptions } from './types.ts'

export interface Watch<State extends JobState> {
  readonly name: string
  readonly clock: Clock
  /** How the job stands; its errors end the wait. */
  read(signal: AbortSignal): Promise<State>
  /** Ms until the next look. @param looks so far, from 1 */
  pause(looks: number): number
  cancel(): Promise<void>
}

type Ended<State extends JobState> = State & { readonly status: JobOutcome }

export function hasEnded(status: JobStatus): status is JobOutcome {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled'
}

/**
 * Looks at a job until it has ended.
 * @throws JobRunnerError `wait-timeout`, `aborted`; what `read` throws
 */
export async function waitForEnd<State extends JobState>(
  watch: Watch<State>,
  { timeoutMs, signal = new AbortController().signal, onAbort = 'cancel', onStatus }: WaitOptions,
): Promise<Ended<State>> {
  const { name, clock } = watch
  const deadline = clock.now() + timeoutMs
  let told = ''
  const fired = () => signal.aborted
  for (let looks = 1; ; looks += 1) {
    if (fired()) return abandon(watch, onAbort)
    try {
      const state = await watch.read(signal)
      const news = `${state.status} ${state.detail}`
      if (news !== told) onStatus?.(state)
      told = news
      if (isEnded(state)) return state
      const left = deadline - clock.now()
      if (left <= 0) throw outOfTime(name, timeoutMs, state)
      await clock.sleep(Math.min(watch.pause(looks), left), signal)
    } catch (error) {
      if (fired()) return abandon(watch, onAbort)
      throw error
    }
  }
}

function isEnded<State extends JobState>(state: State): state is Ended<State> {
  return hasEnded(state.status)
}

function outOfTime(name: string, timeoutMs: number, { detail }: JobState): JobRunnerError {
  const message = `Job ${name} has not ended within ${String(Math.ceil(timeoutMs / 1000))} s (${detail}).`
  return new JobRunnerError('wait-timeout', message, {
    retryable: true,
    where: name,
    hint: 'It goes on: wait for it again by its name, or cancel it.',
  })
}

/** The wait was interrupted: the job is cancelled or left, and the error says which. */
async function abandon(
  { name, cancel }: Pick<Watch<JobState>, 'name' | 'cancel'>,
  onAbort: 'cancel' | 'leave',
): Promise<never> {
  const aborted = (message: string, hint: string) =>
    new JobRunnerError('aborted', message, { retryable: true, where: name, hint })
  if (onAbort === 'leave') {
    throw aborted(`The wait for job ${name} was interrupted.`, 'The job goes on: wait for it by its name.')
  }
  try {
    await cancel()
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown'
    throw aborted(
      `The wait for job ${name} was interrupted, and it could not be cancelled: ${why}`,
      'It may still be running: cancel it by its name.',
    )
  }
  throw aborted(`The wait for job ${name} was interrupted.`, 'The job was cancelled.')
}
