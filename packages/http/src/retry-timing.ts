import type { RetryPolicy } from './types.ts'

/** Beyond a month a Retry-After is taken for a slip, not for a wish. */
const LONGEST_PLAUSIBLE_MS = 31 * 24 * 3_600_000

const HTTP_DATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT|[a-z]*, \d\d-[A-Z][a-z]{2}-\d\d \d\d:\d\d:\d\d GMT| [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4})$/

/** Epoch ms of an HTTP date in any of its three forms (RFC 9110 §5.6.7), or undefined. */
export function parseHttpDate(text: string): number | undefined {
  if (!HTTP_DATE.test(text)) return undefined
  const instant = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`)
  return Number.isNaN(instant) ? undefined : instant
}

/**
 * The wait a Retry-After header asks for, in ms: whole seconds or an HTTP date (RFC 9110 §10.2.3; a past date is
 * 0). Undefined where it makes no sense: negative, `abc`, `1e9`, longer than 31 days.
 * @param now epoch ms; without it only seconds are understood
 */
export function parseRetryAfter(text: string | undefined, now: number | undefined): number | undefined {
  if (text === undefined) return undefined
  const trimmed = text.trim()
  const wait = /^\d+$/.test(trimmed) ? Number(trimmed) * 1000 : untilDate(trimmed, now)
  return wait !== undefined && wait <= LONGEST_PLAUSIBLE_MS ? wait : undefined
}

function untilDate(text: string, now: number | undefined): number | undefined {
  const instant = now === undefined ? undefined : parseHttpDate(text)
  return instant === undefined || now === undefined ? undefined : Math.max(0, instant - now)
}

/**
 * Full jitter: a random share of min(cap, base · 2^n), in ms.
 * @param failures tries that failed so far, from 1
 * @param random 0 ≤ x < 1
 */
export function jitteredBackoff(
  failures: number,
  policy: Pick<RetryPolicy, 'baseMs' | 'capMs'>,
  random: number,
): number {
  return random * Math.min(policy.capMs, policy.baseMs * 2 ** (failures - 1))
}

export interface Failure {
  /** Tries that failed so far, this one included. */
  readonly failures: number
  /** Tries allowed in all. */
  readonly attempts: number
  /** What the server asked for. */
  readonly retryAfterMs: number | undefined
  /** Left until the deadline. */
  readonly remainingMs: number
}

/** Ms to wait before the next try, or undefined where there is to be none. */
export function pauseBeforeRetry(
  failure: Failure,
  policy: RetryPolicy,
  random: () => number,
): number | undefined {
  if (failure.failures >= failure.attempts) return undefined
  const { retryAfterMs } = failure
  if (retryAfterMs !== undefined && retryAfterMs > policy.maxRetryAfterMs) return undefined
  const pause = retryAfterMs ?? jitteredBackoff(failure.failures, policy, random())
  return pause < failure.remainingMs ? pause : undefined
}
