import { AqiError } from '../../errors.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A call is counted once up to this many variables and days. */
const VARIABLES_PER_CALL = 10
const DAYS_PER_CALL = 14

// Counters are emptied by a timer on the other side, and clocks differ.
const SLACK = 1_000
const CONCURRENT_WAIT = 2_000

/** Inclusive span of days since 1970-01-01. */
export interface DaySpan {
  readonly first: number
  readonly last: number
}

/**
 * What one request counts against the free limits (600 a minute, 5,000 an hour, 10,000 a day), for one place:
 * max(1, v, t·v) with v = variables · models / 10 and t = days / 14.
 */
export function callWeight(variables: number, days: number, models = 1): number {
  const share = (variables * models) / VARIABLES_PER_CALL
  return Math.max(1, share, (share * days) / DAYS_PER_CALL)
}

/** The most days a request may span without counting more than its variables do: 23 for six variables, else 14. */
export function daysPerCall(variables: number, models = 1): number {
  const share = (variables * models) / VARIABLES_PER_CALL
  return Math.floor(DAYS_PER_CALL / Math.min(1, Math.max(share, 1 / VARIABLES_PER_CALL)))
}

/** Consecutive spans of at most `longest` days that cover `span` exactly. Throws `AqiError` `bad-span`. */
export function splitDays(span: DaySpan, longest: number): DaySpan[] {
  if (!(span.last >= span.first) || !(longest >= 1)) {
    throw new AqiError('bad-span', 'a span of days must not end before it begins', { fault: 'input' })
  }
  const length = Math.floor(longest)
  const count = Math.ceil((span.last - span.first + 1) / length)
  return Array.from({ length: count }, (_, index) => {
    const first = span.first + index * length
    return { first, last: Math.min(first + length - 1, span.last) }
  })
}

export type LimitReason = 'minutely' | 'hourly' | 'daily' | 'concurrent'

/** Which limit a 429 speaks of; `null` for a text that names none. */
export function limitReason(text: string): LimitReason | null {
  const match = /\b(minutely|hourly|daily|concurrent)\b/i.exec(text)
  switch (match?.[1]?.toLowerCase()) {
    case 'minutely':
      return 'minutely'
    case 'hourly':
      return 'hourly'
    case 'daily':
      return 'daily'
    case 'concurrent':
      return 'concurrent'
    default:
      return null
  }
}

/**
 * Milliseconds from `now` (epoch ms) until the limit is lifted. Counters do not slide: they are emptied on the
 * full minute, the full hour and at 00:00 UTC. No `Retry-After` comes with a 429, so the text has to do; without
 * a known reason a minute is assumed.
 */
export function waitAfterLimit(reason: LimitReason | null, now: number): number {
  if (reason === 'concurrent') return CONCURRENT_WAIT
  const period = reason === 'daily' ? DAY : reason === 'hourly' ? HOUR : MINUTE
  return period - (now % period) + SLACK
}
