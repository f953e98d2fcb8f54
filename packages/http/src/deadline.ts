/** The longest that timers of Node take; a longer one would fire at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Why the signal fired, as an error. */
export function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason
  return reason instanceof Error ? reason : new Error('Aborted.')
}

export function throwIfFired(signal: AbortSignal): void {
  if (signal.aborted) throw reasonOf(signal)
}

/** The outcome of `work`, or the reason of the signal as soon as that fires, however slow `work` is to notice. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const stop = (): void => {
      reject(reasonOf(signal))
    }
    const settle = (): void => {
      signal.removeEventListener('abort', stop)
    }
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
    void work.then(resolve, reject).finally(settle)
  })
}

/**
 * Runs `work` under a signal that fires with `parent`, or after `ms` with the error made by `expired`. When it
 * returns, timer and listener are gone. The timer runs on real time, so that a test clock whose sleep returns at
 * once cuts nothing short; it keeps no process alive.
 */
export async function within<T>(
  parent: AbortSignal,
  ms: number,
  expired: () => Error,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  throwIfFired(parent)
  const controller = new AbortController()
  const follow = (): void => {
    controller.abort(parent.reason)
  }
  const expire = (): void => {
    controller.abort(expired())
  }
  parent.addEventListener('abort', follow, { once: true })
  const timer = setTimeout(expire, Math.min(ms, LONGEST_TIMER_MS)).unref()
  try {
    return await abortable(work(controller.signal), controller.signal)
  } finally {
    clearTimeout(timer)
    parent.removeEventListener('abort', follow)
  }
}
