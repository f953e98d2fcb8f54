import { abortable, throwIfFired } from './deadline.ts'
import { fullBucket, giveBack, takeToken, type RateLimit } from './token-bucket.ts'
import type { Clock } from './types.ts'

/** Resolves when it is the caller's turn; rejects with the reason of the signal as soon as that fires. */
export type Limiter = (signal: AbortSignal) => Promise<void>

/** A token bucket with a queue before it: first come, first served. Who leaves the queue leaves no gap. */
export function createLimiter(limit: RateLimit, clock: Clock): Limiter {
  let bucket = fullBucket(limit, clock.now())
  let last: Promise<void> = Promise.resolve()

  async function takeTurn(signal: AbortSignal): Promise<void> {
    throwIfFired(signal)
    const taken = takeToken(bucket, limit, clock.now())
    bucket = taken.bucket
    if (taken.waitMs === 0) return
    try {
      await abortable(clock.sleep(taken.waitMs, signal), signal)
    } catch (error) {
      bucket = giveBack(bucket)
      throw error
    }
  }

  return (signal) => {
    const turn = last.then(() => takeTurn(signal))
    last = turn.catch(() => undefined)
    return abortable(turn, signal)
  }
}
