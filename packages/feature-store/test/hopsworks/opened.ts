import { setTimeout } from 'node:timers/promises'
import type { Clock } from '@airq/http'

import {
  openHopsworksStore,
  type HopsworksProgress,
  type HopsworksStore,
  type HopsworksStoreOptions,
} from '../../src/hopsworks/index.ts'
import { startFakeHopsworks, type FakeHopsworks, type FakeHopsworksOptions } from '../../src/testing/index.ts'

/** A clock that does not wait: sleeping moves it on. It is the fake's clock too. */
export function leapingClock(start = Date.UTC(2026, 0, 2)): Clock & { leap(ms: number): void } {
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

/** A clock of fifty seconds a second, for what has to happen at the same time. */
export function fastClock(start = Date.UTC(2026, 0, 2)): Clock {
  const began = performance.now()
  return {
    now: () => Math.floor(start + 50 * (performance.now() - began)),
    async sleep(ms, signal) {
      await setTimeout(ms / 50, undefined, { signal })
    },
  }
}

export interface Opened extends AsyncDisposable {
  readonly fake: FakeHopsworks
  readonly clock: ReturnType<typeof leapingClock>
  readonly events: HopsworksProgress[]
  open(options?: Partial<HopsworksStoreOptions>): Promise<HopsworksStore>
}

/** A fake, and stores over it. */
export async function startHopsworks(options: FakeHopsworksOptions = {}): Promise<Opened> {
  const clock = leapingClock()
  const fake = await startFakeHopsworks({ clock, ...options })
  const events: HopsworksProgress[] = []
  return {
    fake,
    clock,
    events,
    open: (more = {}) =>
      openHopsworksStore({
        baseUrl: fake.baseUrl,
        onlinePort: fake.onlinePort,
        project: fake.project,
        apiKey: fake.apiKey,
        clock,
        onProgress: (event) => events.push(event),
        ...more,
      }),
    [Symbol.asyncDispose]: () => fake.close(),
  }
}

/** Requests of the API as `POST /project/…/ingestion`, numbers and names of the moment left out. */
export function asked(fake: FakeHopsworks): string[] {
  return fake.requests.map(
    ({ server, method, path }) =>
      `${server === 'online' ? 'online ' : ''}${method} ${path
        .replaceAll(/\d{13}/g, 'T')
        .replaceAll(/_\d{14}/g, '_T')
        .replaceAll(/airq\.[0-9a-f]{32}/g, 'airq.H')
        .replaceAll(/\/\d{4}\b/g, '/N')}`,
  )
}

/** Files of the project, the logs of jobs left out. */
export function filesOf({ fake }: Opened): string[] {
  return fake.files().filter((path) => !path.startsWith('Logs/'))
}

/** A store that is closed at the end of its test. */
export async function closing<T extends { close(): Promise<void> }>(
  store: Promise<T>,
): Promise<T & AsyncDisposable> {
  const open = await store
  return Object.assign(open, { [Symbol.asyncDispose]: () => open.close() })
}
