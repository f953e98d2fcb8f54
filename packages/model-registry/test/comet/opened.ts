import type { Clock } from '@airq/http'

import { openCometRegistry, type CometProgress, type CometRegistryOptions } from '../../src/comet/index.ts'
import type { ModelRegistry } from '../../src/index.ts'
import { startFakeComet, type FakeComet, type FakeCometOptions } from '../../src/testing/index.ts'

/** A clock that does not wait: sleeping moves it on. It is the fake's clock too. */
function leapingClock(start = Date.UTC(2026, 0, 2)): Clock & { leap(ms: number): void } {
  let now = start
  return {
    now: () => now,
    leap(ms) {
      now += ms
    },
    async sleep(ms, signal) {
      await new Promise((resolve) => setImmediate(resolve))
      signal.throwIfAborted()
      now += ms
    },
  }
}

export interface Opened extends AsyncDisposable {
  readonly fake: FakeComet
  readonly clock: ReturnType<typeof leapingClock>
  readonly events: CometProgress[]
  open(options?: Partial<CometRegistryOptions>): Promise<ModelRegistry>
}

/** A fake, and registries over it. */
export async function startComet(options: FakeCometOptions = {}): Promise<Opened> {
  const clock = leapingClock()
  const fake = await startFakeComet({ clock, ...options })
  const events: CometProgress[] = []
  return {
    fake,
    clock,
    events,
    open: (more = {}) =>
      openCometRegistry({
        baseUrl: fake.baseUrl,
        workspace: fake.workspace,
        project: 'aqi',
        apiKey: fake.apiKey,
        clock,
        onProgress: (event) => events.push(event),
        ...more,
      }),
    [Symbol.asyncDispose]: () => fake.close(),
  }
}
