import type { StationConfig } from './config/schema.ts'
import { describeError } from './describe-error.ts'
import type { RunContext } from './types.ts'

interface StationResults<T> {
  readonly results: readonly T[]
  /** True where a station failed: its warning tells why. */
  readonly degraded: boolean
}

/**
 * Does the same for every station of the configuration, one after the other. One that fails is a warning
 * (`station-failed`) and leaves the others alone; when all fail, the first error is thrown.
 */
export async function eachStation<T>(
  context: RunContext,
  run: (station: StationConfig) => Promise<readonly T[]>,
): Promise<StationResults<T>> {
  const results: T[] = []
  const failures: { readonly id: string; readonly error: unknown }[] = []
  for (const station of context.config.stations) {
    try {
      results.push(...(await run(station)))
    } catch (error) {
      context.signal.throwIfAborted()
      failures.push({ id: station.id, error })
    }
  }
  const [first] = failures
  if (first !== undefined && failures.length === context.config.stations.length) throw first.error
  for (const { id, error } of failures) {
    const { message, hint } = describeError(error).report
    const told = message.startsWith(`${id}:`) ? message : `${id}: ${message}`
    context.warn('station-failed', hint === undefined ? told : `${told}. ${hint}`)
  }
  return { results, degraded: failures.length > 0 }
}
