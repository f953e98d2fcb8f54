import { type Clock, systemClock } from '@airq/http'
import type { RunContext } from '@airq/pipeline'

/** The run's instant, and where it is fixed by --now, going on from there at the pace of real time: waits must end. */
export function sourceClock(context: RunContext): Clock {
  const started = context.systemClock.now()
  const asked = context.clock.now()
  return {
    now: () => asked + Math.max(0, context.systemClock.now() - started),
    sleep: (ms, signal) => systemClock.sleep(ms, signal),
  }
}
