import { PipelineError } from '../errors.ts'

export interface Supervision {
  readonly signal: AbortSignal
  /** Rejects with an error nobody caught: then the state of the process is unknown. */
  readonly crashed: Promise<never>
  hasCrashed(): boolean
  stop(): void
}

export interface SupervisionEvents {
  readonly onFirstSignal: (name: NodeJS.Signals) => void
  /** The user doesn't want to wait for an orderly end. */
  readonly onSecondSignal: (reason: PipelineError) => void
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** Watches over the process for the time of a run. */
export function supervise({ onFirstSignal, onSecondSignal }: SupervisionEvents): Supervision {
  const controller = new AbortController()
  const { promise: crashed, reject } = Promise.withResolvers<never>()
  crashed.catch(() => undefined)

  const onSignal = (name: NodeJS.Signals): void => {
    const reason = new PipelineError('interrupted', `interrupted by ${name}`)
    if (controller.signal.aborted) {
      onSecondSignal(reason)
      return
    }
    onFirstSignal(name)
    controller.abort(reason)
  }
  let hasCrashed = false
  const onUncaught = (error: unknown): void => {
    hasCrashed = true
    reject(error)
  }
  for (const name of SIGNALS) process.on(name, onSignal)
  process.on('uncaughtException', onUncaught)
  return {
    signal: controller.signal,
    crashed,
    hasCrashed: () => hasCrashed,
    stop: () => {
      for (const name of SIGNALS) process.off(name, onSignal)
      process.off('uncaughtException', onUncaught)
    },
  }
}
