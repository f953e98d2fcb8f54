import type { Clock } from '@airq/http'
import type { AqiError, Observation } from '../../src/index.ts'
import {
  createWaqiClient,
  safe,
  type LatestOptions,
  type WaqiClient,
  type WaqiOptions,
  type Where,
} from '../../src/sources/waqi/index.ts'
import { createFakeWorld, defaultStations, startFakeWaqi, type FakeWaqi } from '../../src/testing/index.ts'

/** 02:00 in Beijing on 6 January. */
export const NOW = Date.parse('2026-01-05T18:00:00Z')
export const BEIJING = { uid: 1451 }
export const SENSOR = 372382

/** Not a word of any answer, and with all that must be encoded. */
export const TOKEN = 's3cret&token #1'

const world = createFakeWorld(defaultStations())

/** Waits pass at once, and are written down. */
export interface FakeClock extends Clock {
  readonly pauses: number[]
}

export function fakeClock(start = NOW): FakeClock {
  let now = start
  const pauses: number[] = []
  return {
    pauses,
    now: () => now,
    async sleep(ms, signal) {
      signal.throwIfAborted()
      pauses.push(ms)
      now += ms
      await Promise.resolve()
    },
  }
}

export interface Bench extends AsyncDisposable {
  readonly fake: FakeWaqi
  readonly clock: FakeClock
  readonly client: WaqiClient
}

/** A fake WAQI and a client of it, without a limit unless one is given. */
export async function openBench(options: Partial<WaqiOptions> = {}): Promise<Bench> {
  const clock = fakeClock()
  const fake = await startFakeWaqi({ token: TOKEN, world, clock: { now: () => NOW } })
  const client = createWaqiClient({
    token: TOKEN,
    baseUrl: fake.baseUrl,
    clock,
    random: () => 0.5,
    limit: { perSecond: 1000, burst: 1000 },
    ...options,
  })
  return { fake, clock, client, [Symbol.asyncDispose]: () => fake.close() }
}

/** The observation of Beijing under a fault. */
export async function observe(
  fault: string,
  where: Where = BEIJING,
  options: Partial<WaqiOptions> & LatestOptions = {},
): Promise<Observation> {
  const { near, raw, ...client } = options
  await using bench = await openBench(client)
  bench.fake.faults.next(fault)
  return await bench.client.latest(where, {
    ...(near === undefined ? {} : { near }),
    ...(raw === undefined ? {} : { raw }),
  })
}

/** The observation of Beijing as it should be. */
export async function observeWell(): Promise<Observation> {
  await using bench = await openBench()
  return await bench.client.latest(BEIJING)
}

export interface Failure {
  readonly error: AqiError
  readonly requests: number
  readonly pauses: readonly number[]
}

/** How a call fails when every request meets the fault. */
export async function failure(fault: string, options: Partial<WaqiOptions> = {}): Promise<Failure> {
  await using bench = await openBench(options)
  bench.fake.faults.next(fault, 20)
  const outcome = await safe(() => bench.client.latest(BEIJING))
  if (outcome.ok) throw new Error(`${fault} does not fail`)
  return { error: outcome.error, requests: bench.fake.requests.length, pauses: bench.clock.pauses }
}

export function codesOf(observation: Observation): string[] {
  return observation.warnings.map(({ code }) => code)
}
