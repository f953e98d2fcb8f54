const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export interface CallLimits {
  readonly minutely: number
  readonly hourly: number
  readonly daily: number
  /** Requests at once. */
  readonly concurrent: number
}

export const PUBLIC_LIMITS: CallLimits = { minutely: 600, hourly: 5_000, daily: 10_000, concurrent: 5 }

export type Limit = keyof CallLimits

/** As the public server words them. */
export const LIMIT_REASONS: Readonly<Record<Limit, string>> = {
  minutely: 'Minutely API request limit exceeded. Please try again in one minute.',
  hourly: 'Hourly API request limit exceeded. Please try again in the next hour.',
  daily: 'Daily API request limit exceeded. Please try again tomorrow.',
  concurrent: 'Too many concurrent requests',
}

export interface CallCounter {
  /** The limit that is reached at `now` (epoch ms). */
  exceeded(now: number): Exclude<Limit, 'concurrent'> | null
  count(now: number, weight: number): void
}

/** Counters emptied at the full minute, the full hour and 00:00 UTC. A limit may be overrun by one request. */
export function createCallCounter(limits: CallLimits): CallCounter {
  const counters = [
    { limit: 'minutely', period: MINUTE, since: -1, used: 0 },
    { limit: 'hourly', period: HOUR, since: -1, used: 0 },
    { limit: 'daily', period: DAY, since: -1, used: 0 },
  ] satisfies { limit: Exclude<Limit, 'concurrent'>; period: number; since: number; used: number }[]

  const turnTo = (now: number) => {
    for (const counter of counters) {
      const since = Math.floor(now / counter.period)
      if (since === counter.since) continue
      counter.since = since
      counter.used = 0
    }
  }
  return {
    exceeded(now) {
      turnTo(now)
      return counters.find(({ limit, used }) => used >= limits[limit])?.limit ?? null
    },
    count(now, weight) {
      turnTo(now)
      for (const counter of counters) counter.used += weight
    },
  }
}
