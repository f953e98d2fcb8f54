import { createHttpClient, type Clock } from '@airq/http'

import { openMlflowRegistry, type MlflowRegistryOptions } from '../../src/mlflow/index.ts'
import { startFakeMlflow, type FakeMlflow, type FakeMlflowOptions } from '../../src/testing/mlflow/index.ts'
import type { ModelRegistry } from '../../src/types.ts'

/** A clock that does not wait: sleeping moves it on. It is the fake's clock too. */
interface LeapingClock extends Clock {
  /** Every pause asked for, ms. */
  readonly pauses: number[]
}

function leapingClock(start = Date.UTC(2026, 0, 2)): LeapingClock {
  let now = start
  const pauses: number[] = []
  return {
    pauses,
    // Clocks count parts of a millisecond; MLflow takes whole ones.
    now: () => now + 0.25,
    async sleep(ms, signal) {
      await new Promise((resolve) => setImmediate(resolve))
      signal.throwIfAborted()
      pauses.push(ms)
      now += ms
    },
  }
}

export interface Opened extends AsyncDisposable {
  readonly fake: FakeMlflow
  readonly clock: LeapingClock
  open(options?: Partial<MlflowRegistryOptions>): Promise<ModelRegistry>
}

/** A fake, and registries over it. */
export async function startMlflow(options: FakeMlflowOptions = {}): Promise<Opened> {
  const clock = leapingClock()
  const fake = await startFakeMlflow({ clock, ...options })
  return {
    fake,
    clock,
    open: (more = {}) =>
      openMlflowRegistry({
        baseUrl: fake.baseUrl,
        clock,
        http: createHttpClient({ clock, random: () => 0.5, maxBodyBytes: 32 * 1024 * 1024 }),
        ...more,
      }),
    [Symbol.asyncDispose]: () => fake.close(),
  }
}

/** Requests as `POST runs/create`; ids of runs left out. */
export function asked(fake: FakeMlflow): string[] {
  return fake.requests.map(({ method, path }) =>
    `${method} ${path.replace(/^\/api\/2\.0\/(?:mlflow\/|mlflow-)?/, '')}`.replaceAll(/[0-9a-f]{32}/g, 'RUN'),
  )
}
