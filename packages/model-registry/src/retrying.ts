import type { Clock } from '@airq/http'

import { ModelRegistryError } from './errors.ts'

const attempts = 3
const firstPauseMs = 500
const longestRetryAfterMs = 60_000

export interface Retried<T> {
  /** Sends a request that would have a second effect if it were sent twice. */
  readonly attempt: () => Promise<T>
  /** What the server shows of it after an answer was lost, or `null`: it shows nothing of it. May throw instead. */
  readonly look: (error: ModelRegistryError) => Promise<T | null>
}

/**
 * A request whose answer was lost, or that was refused for now, may have taken effect: so before it is sent again
 * the server is looked at.
 */
export async function retrying<T>(
  clock: Clock,
  signal: AbortSignal | undefined,
  { attempt, look }: Retried<T>,
): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (!mayPass(error) || failures >= attempts) throw error
      await pause(clock, signal, pauseAfter(error, failures))
      const shown = await look(error)
      if (shown !== null) return shown
    }
  }
}

/** @throws ModelRegistryError `aborted`, at once when the signal fires */
export async function pause(clock: Clock, signal: AbortSignal | undefined, ms: number): Promise<void> {
  try {
    await clock.sleep(ms, signal ?? new AbortController().signal)
  } catch (cause) {
    throw new ModelRegistryError('aborted', 'The call was aborted.', { retryable: true, cause })
  }
}

function mayPass(error: unknown): error is ModelRegistryError {
  return ModelRegistryError.isInstance(error) && ['registry-unavailable', 'rate-limited'].includes(error.code)
}

function pauseAfter(error: ModelRegistryError, failures: number): number {
  const asked: unknown = Reflect.get(error, 'retryAfterMs')
  const told = typeof asked === 'number' ? Math.min(asked, longestRetryAfterMs) : 0
  return Math.max(told, firstPauseMs * 2 ** (failures - 1))
}
