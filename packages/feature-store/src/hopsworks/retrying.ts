import type { Clock } from '@airq/http'

import { FeatureStoreError } from '../errors.ts'

const ATTEMPTS = 4
const FIRST_PAUSE_MS = 1500
const LONGEST_RETRY_AFTER_MS = 60_000

export interface Retried<T> {
  /** Sends a request that changes something. */
  readonly attempt: () => Promise<T>
  /** What the server shows of it after an answer was lost, or undefined: it shows nothing of it. */
  readonly look: () => Promise<T | undefined>
}

/**
 * A request whose answer was lost, or that was refused for now, may have taken effect: so before it is sent again
 * the server is looked at. The pause before is longer than a second: job names tell seconds apart, no less.
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
      const told = toldPause(error)
      if (!isRetryable(error) || failures >= ATTEMPTS || told > LONGEST_RETRY_AFTER_MS) throw error
      await pause(clock, signal, Math.max(told, FIRST_PAUSE_MS * 2 ** (failures - 1)))
      const shown = await look()
      if (shown !== undefined) return shown
    }
  }
}

export function isRetryable(error: unknown): boolean {
  return FeatureStoreError.isInstance(error) && error.code === 'unavailable'
}

/** Rejects with `aborted` at once when the signal fires. */
export async function pause(clock: Clock, signal: AbortSignal | undefined, ms: number): Promise<void> {
  try {
    await clock.sleep(ms, signal ?? new AbortController().signal)
  } catch (error) {
    throw new FeatureStoreError('aborted', 'The call was aborted.', { retryable: true, cause: error })
  }
}

/** What the server asked for, ms. */
function toldPause(error: unknown): number {
  const told: unknown = error instanceof Error ? Reflect.get(error, 'retryAfterMs') : undefined
  return typeof told === 'number' ? told : 0
}
