import { onTestFinished } from 'vitest'

import type { Clock } from '@airq/http'
import { localDay } from '../../src/index.ts'
import {
  createOpenMeteoClient,
  endpointsBehind,
  type Chunk,
  type DayRange,
  type OpenMeteoClient,
  type OpenMeteoOptions,
} from '../../src/sources/open-meteo/index.ts'
import {
  startFakeOpenMeteo,
  type CallLimits,
  type FakeOpenMeteo,
} from '../../src/testing/open-meteo/index.ts'

export const HOUR = 3_600_000
export const DAY = 24 * HOUR
export const BEIJING = { latitude: 39.95, longitude: 116.47 }
export const SHANGHAI_TIME = 'Asia/Shanghai'

export const at = (iso: string) => Date.parse(iso)

/** Time that stands still but for sleeps, which are over at once. */
export interface TestClock extends Clock {
  readonly slept: readonly number[]
  set(now: number): void
}

export function testClock(start: string): TestClock {
  let now = at(start)
  const slept: number[] = []
  return {
    slept,
    now: () => now,
    set(instant) {
      now = instant
    },
    sleep(ms, signal) {
      if (signal.aborted) return Promise.reject(signal.reason as Error)
      slept.push(ms)
      now += ms
      return Promise.resolve()
    },
  }
}

export interface Stage {
  readonly fake: FakeOpenMeteo
  readonly clock: TestClock
  readonly client: OpenMeteoClient
}

/** A fake server and a client on the same clock; closed when the test is over. */
export async function openStage(
  start: string,
  { limits = {}, ...options }: Partial<OpenMeteoOptions> & { limits?: Partial<CallLimits> } = {},
): Promise<Stage> {
  const clock = testClock(start)
  const fake = await startFakeOpenMeteo({ seed: 7, clock, limits })
  onTestFinished(() => fake.close())
  return {
    fake,
    clock,
    client: createOpenMeteoClient({ ...endpointsBehind(fake.baseUrl), clock, ...options }),
  }
}

export function days(firstDay: string, lastDay: string, timeZone = SHANGHAI_TIME): DayRange {
  return { firstDay: localDay(firstDay), lastDay: localDay(lastDay), timeZone }
}

export async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const value of values) all.push(value)
  return all
}

export async function failure(work: Promise<unknown>): Promise<unknown> {
  try {
    await work
  } catch (error) {
    return error
  }
  throw new Error('did not fail')
}

export const hoursOf = <T>(chunks: readonly Chunk<T>[]): T[] => chunks.flatMap(({ hours }) => [...hours])
