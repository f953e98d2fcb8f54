import type { RunContext } from '@airq/pipeline'

/** Of a run that only reads the store: others may be at its stations, and no lease outlives it where it is killed. */
export function withoutLeases(context: RunContext): RunContext {
  return { ...context, lease: () => Promise.resolve({ [Symbol.asyncDispose]: () => Promise.resolve() }) }
}
