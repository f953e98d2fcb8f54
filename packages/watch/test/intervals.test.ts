import { describe, expect, test } from 'vitest'
import { type ErrorPair, shareInterval, skillInterval } from '../src/intervals.ts'

/** Uniform numbers, the same every time (mulberry32). */
function uniform(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Days whose errors hang together, with a skill that is known. */
function days(n: number, skill: number, next: () => number): ErrorPair[] {
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  let [ours, theirs] = [0, 0]
  return Array.from({ length: n }, () => {
    const common = normal()
    ours = 0.3 * ours + 0.7 * common + 0.7 * normal()
    theirs = 0.3 * theirs + 0.7 * common + 0.7 * normal()
    return { actual: 100, aqi: 100 + 30 * (1 - skill) * ours, persistence: 100 + 30 * theirs }
  })
}

describe('skill', () => {
  test.each([30, 90])(
    'of %i days: the true one lies above the upper bound in less than 3 %% of all cases',
    (n) => {
      const next = uniform(n)
      const bounds = Array.from({ length: 1000 }, () => skillInterval(days(n, 0.15, next), 0.95))
      const above = bounds.filter((one) => one !== null && one.upper < 0.15).length
      const outside = bounds.filter((one) => one === null || one.upper < 0.15 || one.lower > 0.15).length
      expect(above / 1000).toBeLessThan(0.03)
      expect(outside / 1000).toBeLessThan(0.09)
      expect(outside / 1000).toBeGreaterThan(0.02)
    },
  )

  test('is 1 less the ratio of the mean errors; surer with more days, and at less confidence', () => {
    const all = days(120, 0.2, uniform(5))
    const mae = (of: (pair: ErrorPair) => number) =>
      all.reduce((sum, pair) => sum + Math.abs(of(pair) - pair.actual), 0) / all.length
    const [wide, narrow, short] = [
      skillInterval(all, 0.95),
      skillInterval(all, 0.5),
      skillInterval(all.slice(0, 30), 0.95),
    ]
    expect(wide?.value).toBeCloseTo(1 - mae(({ aqi }) => aqi) / mae(({ persistence }) => persistence), 10)
    const width = (one: typeof wide) => (one === null ? Number.NaN : one.upper - one.lower)
    expect(width(narrow)).toBeLessThan(width(wide))
    expect(width(short)).toBeGreaterThan(width(wide))
  })

  test('is not told of too few days, nor against a persistence that never errs', () => {
    expect(skillInterval(days(9, 0, uniform(1)), 0.95)).toBeNull()
    const perfect = days(40, 0, uniform(1)).map((pair) => ({ ...pair, persistence: pair.actual }))
    expect(skillInterval(perfect, 0.95)).toBeNull()
  })
})

test('a share has Wilson’s bounds', () => {
  const bounds = shareInterval(81, 90, 0.95)
  expect(bounds?.value).toBeCloseTo(0.9, 10)
  expect(bounds?.lower).toBeCloseTo(0.8208, 3)
  expect(bounds?.upper).toBeCloseTo(0.9466, 3)
  expect(shareInterval(0, 20, 0.95)).toMatchObject({ value: 0, lower: 0 })
  expect(shareInterval(20, 20, 0.95)).toMatchObject({ value: 1, upper: 1 })
  expect(shareInterval(0, 0, 0.95)).toBeNull()
})
