import type { FeatureStore } from '@airq/feature-store'
import type { StationConfig } from './config/schema.ts'
import { describeError } from './describe-error.ts'
import { placed } from './errors.ts'
import type { RunContext } from './types.ts'

interface StationResults<T> {
  readonly results: readonly T[]
  /** True where a station failed, or was left to another run: a warning tells why. */
  readonly degraded: boolean
}

/**
 * Does the same for every station of the configuration, one after the other, each under its lease. One that fails
 * is a warning (`station-failed`) and leaves the others alone; when none succeeds, the first error is thrown.
 */
export async function eachStation<T>(
  context: RunContext,
  store: FeatureStore,
  run: (station: StationConfig) => Promise<readonly T[]>,
): Promise<StationResults<T>> {
  const results: T[] = []
  const failures: { readonly id: string; readonly error: unknown }[] = []
  let done = 0
  const { stations } = context.config
  using progress = context.progress('stations', stations.length)
  for (const [i, station] of stations.entries()) {
    progress.at(i)
    try {
      await using lease = await context.lease(store, station.id)
      if (lease === null) continue
      results.push(...(await run(station)))
      done += 1
    } catch (error) {
      context.signal.throwIfAborted()
      failures.push({ id: station.id, error })
    }
  }
  const [first] = failures
  if (first !== undefined && done === 0) throw placed(first.error, `station ${first.id}`)
  for (const { id, error } of failures) {
    const { message, hint } = describeError(error).report
    const told = message.startsWith(`${id}:`) ? message : `${id}: ${message}`
    context.warn('station-failed', hint === undefined ? told : `${told}. ${hint}`)
  }
  return { results, degraded: done < context.config.stations.length }
}

/** Of a run that only reads the stations' rows: others may be at them, and no lease outlives it where it is killed. */
export function withoutLeases(context: RunContext): RunContext {
  return { ...context, lease: () => Promise.resolve({ [Symbol.asyncDispose]: () => Promise.resolve() }) }
}
