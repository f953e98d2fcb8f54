import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { jitteredBackoff, parseHttpDate, parseRetryAfter, pauseBeforeRetry } from '../src/retry-timing.ts'

const NOW = Date.UTC(1994, 10, 6, 8, 49, 0)
const policy = { attempts: 3, baseMs: 500, capMs: 30_000, maxRetryAfterMs: 60_000, methods: ['GET'] } as const

describe('Retry-After', () => {
  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 37_000],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 37_000],
    ['Sun Nov  6 08:49:37 1994', 37_000],
    ['Sun, 06 Nov 1994 08:00:00 GMT', 0],
  ])('%j asks for %d ms', (header, ms) => {
    expect(parseRetryAfter(header, NOW)).toBe(ms)
  })

  it.each(['-5', 'abc', '1e9', '1000000000', '1.5', '', '2026-01-01', 'Sun, 99 Nov 1994 08:49:37 GMT'])(
    '%j is not understood',
    (header) => {
      expect(parseRetryAfter(header, NOW)).toBeUndefined()
    },
  )

  it('is undefined or a wait of at most 31 days, whatever the header says', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.integer().map(String), fc.date().map(String)), (header) => {
        const wait = parseRetryAfter(header, NOW) ?? 0
        expect(wait >= 0 && wait <= 31 * 86_400_000).toBe(true)
      }),
    )
  })

  it('understands every date as JavaScript writes HTTP dates', () => {
    const seconds = fc.integer({ min: 0, max: 4_000_000_000 })
    fc.assert(
      fc.property(seconds, (s) => {
        expect(parseHttpDate(new Date(s * 1000).toUTCString())).toBe(s * 1000)
      }),
    )
  })
})

describe('back-off', () => {
  it('doubles its ceiling up to the cap', () => {
    expect([1, 2, 3, 7, 2000].map((n) => jitteredBackoff(n, policy, 0.5))).toEqual([
      250, 500, 1000, 15_000, 15_000,
    ])
  })

  it('gives up after the last try, beyond the deadline, and where the server asks for too much', () => {
    const failure = { failures: 1, attempts: 3, retryAfterMs: undefined, remainingMs: 1000 }
    const pause = (changed: object): number | undefined =>
      pauseBeforeRetry({ ...failure, ...changed }, policy, () => 0.5)
    expect(pause({})).toBe(250)
    expect(pause({ failures: 3 })).toBeUndefined()
    expect(pause({ remainingMs: 250 })).toBeUndefined()
    expect(pause({ retryAfterMs: 900 })).toBe(900)
    expect(pause({ retryAfterMs: 60_001, remainingMs: 1e9 })).toBeUndefined()
  })
})
