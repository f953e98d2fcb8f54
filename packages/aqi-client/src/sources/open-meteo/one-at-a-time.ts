/** Runs `work` after all that was handed in before it. */
export type OneAtATime = <T>(work: () => Promise<T>, signal: AbortSignal | undefined) => Promise<T>

/**
 * A queue of one lane. Who is aborted while waiting is let through at once, so that `work` can refuse by itself;
 * it must not begin anything under an aborted signal.
 */
export function createOneAtATime(): OneAtATime {
  let last: Promise<unknown> = Promise.resolve()
  return <T>(work: () => Promise<T>, signal: AbortSignal | undefined) => {
    const previous = last
    const turn = settledOrAborted(previous, signal).then(work)
    last = Promise.allSettled([previous, turn])
    return turn
  }
}

function settledOrAborted(previous: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      signal?.removeEventListener('abort', go)
      resolve()
    }
    if (signal?.aborted === true) go()
    else signal?.addEventListener('abort', go, { once: true })
    void previous.then(go)
  })
}
