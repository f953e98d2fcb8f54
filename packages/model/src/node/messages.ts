import { ModelError, type ModelErrorCode } from '../errors.ts'
import type { TrainingMatrix } from '../matrix.ts'
import type { Task, TaskResult } from './tasks.ts'

/** To a worker. A matrix, and a pool of several, is sent once to each and named by its number from then on. */
export type Request =
  | { readonly kind: 'pool'; readonly pool: number; readonly series: readonly TrainingMatrix[] }
  | {
      readonly kind: 'matrix'
      readonly matrix: number
      readonly data: TrainingMatrix
      readonly pool: { readonly key: number; readonly knownAt: number } | null
    }
  | { readonly kind: 'forget'; readonly matrix: number }
  | { readonly kind: 'task'; readonly matrix: number; readonly task: Task }

/** From a worker: one to each task, in order. */
export type Reply =
  { readonly ok: true; readonly result: TaskResult } | { readonly ok: false; readonly error: ErrorFacts }

interface ErrorFacts {
  readonly name: string
  readonly message: string
  readonly stack?: string | undefined
  /** Of a `ModelError` only. */
  readonly model?: {
    readonly code: ModelErrorCode
    readonly fault: 'input' | 'run'
    readonly retryable: boolean
    readonly hint?: string
    readonly where?: string
  }
}

/** What of an error can be sent between threads. */
export function factsOf(error: unknown): ErrorFacts {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) }
  const { name, message, stack } = error
  if (!ModelError.isInstance(error)) return { name, message, stack }
  const { code, fault, retryable, hint, where } = error
  const advice = { ...(hint === undefined ? {} : { hint }), ...(where === undefined ? {} : { where }) }
  return { name, message, stack, model: { code, fault, retryable, ...advice } }
}

/** The same error in this thread, of its class. */
export function errorOf({ name, message, stack, model }: ErrorFacts): Error {
  if (model !== undefined) return withStack(new ModelError(model.code, message, model), stack)
  const error = new Error(message)
  error.name = name
  return withStack(error, stack)
}

/** Where it happened in the other thread says more than where it arrived. */
function withStack(error: Error, stack: string | undefined): Error {
  if (stack !== undefined) error.stack = stack
  return error
}
