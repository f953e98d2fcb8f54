import { axiosTransport } from './axios-transport.ts'
import { badRequest } from './errors.ts'
import { createLimiter, type Limiter } from './limiter.ts'
import { systemClock, systemRandom } from './system-clock.ts'
import type { CallOptions, Clock, HttpClientOptions, RetryPolicy, Transport } from './types.ts'

export interface ClientSettings {
  readonly transport: Transport
  readonly clock: Clock
  readonly random: () => number
  readonly limiter: Limiter | undefined
  readonly trustedHosts: readonly string[]
  readonly maxBodyBytes: number
  readonly userAgent: string
}

export interface CallSettings {
  readonly timeoutMs: number
  readonly deadlineMs: number
  readonly retry: RetryPolicy
}

const RETRY: RetryPolicy = {
  attempts: 3,
  baseMs: 500,
  capMs: 30_000,
  maxRetryAfterMs: 60_000,
  methods: ['GET'],
}

/** @throws HttpError `bad-request` */
export function clientSettings(options: HttpClientOptions): ClientSettings {
  const { limit, clock = systemClock, maxBodyBytes = 5 * 1024 * 1024 } = options
  if (limit !== undefined) {
    assertRange('limit.perSecond', limit.perSecond, Number.MIN_VALUE)
    assertRange('limit.burst', limit.burst, 1)
  }
  assertRange('maxBodyBytes', maxBodyBytes, 1)
  return {
    transport: options.transport ?? axiosTransport(),
    clock,
    random: options.random ?? systemRandom,
    limiter: limit === undefined ? undefined : createLimiter(limit, clock),
    trustedHosts: options.trustedHosts ?? [],
    maxBodyBytes,
    userAgent: options.userAgent ?? 'airq',
  }
}

/** What is said for the call goes before what is said for the client. @throws HttpError `bad-request` */
export function callSettings(client: CallOptions, call: CallOptions): CallSettings {
  const settings: CallSettings = {
    timeoutMs: call.timeoutMs ?? client.timeoutMs ?? 30_000,
    deadlineMs: call.deadlineMs ?? client.deadlineMs ?? 120_000,
    retry: { ...RETRY, ...client.retry, ...call.retry },
  }
  const { attempts, baseMs, capMs, maxRetryAfterMs } = settings.retry
  assertRange('timeoutMs', settings.timeoutMs, 1)
  assertRange('deadlineMs', settings.deadlineMs, 1)
  assertRange('retry.attempts', attempts, 1)
  assertRange('retry.baseMs', baseMs, 0)
  assertRange('retry.capMs', capMs, 0)
  assertRange('retry.maxRetryAfterMs', maxRetryAfterMs, 0)
  return settings
}

function assertRange(name: string, value: number, least: number): void {
  if (value >= least) return
  const bound = least === Number.MIN_VALUE ? 'greater than 0' : `at least ${String(least)}`
  throw badRequest(`${name} must be ${bound}, not ${String(value)}.`)
}
