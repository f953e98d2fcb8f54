import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import {
  callWeight,
  daysPerCall,
  limitReason,
  splitDays,
  waitAfterLimit,
} from '../../src/sources/open-meteo/index.ts'
import { LIMIT_REASONS } from '../../src/testing/open-meteo/index.ts'
import { at, BEIJING, collect, days, failure, openStage } from './support.ts'

describe('weight of a call', () => {
  test.each([
    [6, 1, 1, 1],
    [10, 14, 1, 1],
    [6, 23, 1, 1],
    [10, 28, 1, 2],
    [12, 1, 1, 1.2],
    [20, 28, 1, 4],
    [6, 14, 2, 1.2],
  ])('%i variables, %i days, %i models: %f', (variables, span, models, weight) => {
    expect(callWeight(variables, span, models)).toBeCloseTo(weight, 10)
  })

  test('a request as long as daysPerCall allows counts no more than one day does', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 4 }), (variables, models) => {
        const longest = daysPerCall(variables, models)
        expect(callWeight(variables, longest, models)).toBeCloseTo(callWeight(variables, 1, models), 10)
        expect(callWeight(variables, longest + 1, models)).toBeGreaterThan(callWeight(variables, 1, models))
      }),
    )
  })
})

describe('splitting of ranges', () => {
  const span = fc
    .tuple(fc.integer({ min: -30_000, max: 30_000 }), fc.integer({ min: 0, max: 3_000 }))
    .map(([first, length]) => ({ first, last: first + length }))

  test('spans follow each other without gap or overlap, cover the range and are short enough', () => {
    fc.assert(
      fc.property(span, fc.integer({ min: 1, max: 400 }), (whole, longest) => {
        const parts = splitDays(whole, longest)
        expect(parts[0]?.first).toBe(whole.first)
        expect(parts.at(-1)?.last).toBe(whole.last)
        for (const [index, part] of parts.entries()) {
          expect(part.last).toBeGreaterThanOrEqual(part.first)
          expect(part.last - part.first + 1).toBeLessThanOrEqual(longest)
          if (index > 0) expect(part.first).toBe((parts[index - 1]?.last ?? Number.NaN) + 1)
        }
      }),
    )
  })

  test('a range that ends before it begins is refused', () => {
    expect(() => splitDays({ first: 1, last: 0 }, 14)).toThrow(expect.objectContaining({ code: 'bad-span' }))
    expect(() => splitDays({ first: Number.NaN, last: 0 }, 14)).toThrow()
  })
})

describe('65. the four limits', () => {
  test('are told by their text', () => {
    expect(limitReason(LIMIT_REASONS.minutely)).toBe('minutely')
    expect(limitReason(LIMIT_REASONS.hourly)).toBe('hourly')
    expect(limitReason(LIMIT_REASONS.daily)).toBe('daily')
    expect(limitReason(LIMIT_REASONS.concurrent)).toBe('concurrent')
    expect(limitReason('slow down')).toBeNull()
  })

  test('are lifted on the full minute, the full hour, at 00:00 UTC; concurrency after a moment', () => {
    const now = at('2026-03-04T10:20:30.500Z')
    expect(waitAfterLimit('minutely', now)).toBe(at('2026-03-04T10:21:01Z') - now)
    expect(waitAfterLimit('hourly', now)).toBe(at('2026-03-04T11:00:01Z') - now)
    expect(waitAfterLimit('daily', now)).toBe(at('2026-03-05T00:00:01Z') - now)
    expect(waitAfterLimit('concurrent', now)).toBe(2_000)
    expect(waitAfterLimit(null, now)).toBe(waitAfterLimit('minutely', now))
  })

  test('after the wait the counter is empty, whenever it began', () => {
    const periods = { minutely: 60_000, hourly: 3_600_000, daily: 86_400_000 }
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4_000_000_000_000 }),
        fc.constantFrom('minutely' as const, 'hourly' as const, 'daily' as const),
        (now, reason) => {
          const [wait, period] = [waitAfterLimit(reason, now), periods[reason]]
          expect(Math.floor((now + wait) / period)).toBe(Math.floor(now / period) + 1)
          expect(wait).toBeLessThanOrEqual(period + 1_000)
        },
      ),
    )
  })

  test('the minute is waited for, and the backfill ends whole', async () => {
    const { client, clock, fake } = await openStage('2026-03-04T10:20:30Z', { limits: { minutely: 2 } })
    const range = days('2025-01-01', '2025-03-31')
    const hours = await collect(client.concentrations(BEIJING, range))
    expect(hours).toHaveLength(90 * 24)
    expect(fake.requests.filter(({ status }) => status === 429).length).toBeGreaterThan(0)
    expect(clock.slept).toContain(31_000)
  })

  test('a concurrent limit is over in two seconds', async () => {
    const { client, clock, fake } = await openStage('2026-03-04T10:20:30Z')
    fake.fail('concurrent')
    await collect(client.concentrations(BEIJING, days('2025-01-01', '2025-01-01')))
    expect(clock.slept).toEqual([2_000])
  })

  test.each([
    ['hourly', '2026-03-04T11:00:01Z'],
    ['daily', '2026-03-05T00:00:01Z'],
  ] as const)(
    'the %s limit is not waited for: rate-limit says how long it would take',
    async (limit, until) => {
      const { client, clock, fake } = await openStage('2026-03-04T10:20:30Z')
      fake.fail(limit)
      const error = await failure(collect(client.concentrations(BEIJING, days('2025-01-01', '2025-01-01'))))
      const retryAfterMs = at(until) - clock.now()
      expect(error).toMatchObject({ name: 'AqiError', code: 'rate-limit', retryable: true, retryAfterMs })
      expect(fake.requests).toHaveLength(1)
    },
  )

  test('who allows more patience gets it', async () => {
    const { client, clock, fake } = await openStage('2026-03-04T10:20:30Z', { maxWaitMs: 3_700_000 })
    fake.fail('hourly')
    await collect(client.concentrations(BEIJING, days('2025-01-01', '2025-01-01')))
    expect(clock.now()).toBe(at('2026-03-04T11:00:01Z'))
  })
})
