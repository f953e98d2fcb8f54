import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classIndex, score, scoreDistributions } from '../src/index.ts'

const bounds = [50.5, 100.5, 150.5]

describe('score', () => {
  test('known values', () => {
    const scores = score([10, 100, 60], [20, 100, 40], [40, 100, 60], bounds)
    expect(scores.mae).toBeCloseTo(10)
    expect(scores.rmse).toBeCloseTo(Math.sqrt(500 / 3))
    expect(scores.bias).toBeCloseTo(-10 / 3)
    expect(scores.relMae).toBeCloseTo(1)
    expect(scores.skill).toBeCloseTo(0)
    expect(scores.categoryAccuracy).toBeCloseTo(2 / 3)
  })

  test('persistence scores 1 beside itself, also where it never errs', () => {
    expect(score([5, 9], [4, 9], [4, 9], bounds).relMae).toBe(1)
    expect(score([5, 9], [5, 9], [5, 9], bounds).relMae).toBe(1)
    expect(score([5, 9], [5, 8], [5, 9], bounds).relMae).toBeGreaterThan(1)
  })

  test('unequal lengths are refused', () => {
    expect(() => score([1], [1, 2], [1], bounds)).toThrow(/equally many/)
    expect(() => score([], [], [], bounds)).toThrow(/at least one/)
  })
})

describe('probability scores', () => {
  const even = { lower: 90, upper: 110, sample: [80, 90, 100, 110, 120] }

  test('known values', () => {
    const scores = scoreDistributions([100, 130], [even, even])
    expect(scores.coverage90).toBe(0.5)
    expect(scores.width90).toBe(20)
    expect(scores.winkler90).toBe(20 + (20 * 20) / 2)
    // E|X − y| − ½ E|X − X′|: 12 − 8 for 100, 30 − 8 for 130.
    expect(scores.crps).toBeCloseTo((4 + 22) / 2, 12)
  })

  test('the CRPS of one certain value is its absolute error', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 900, noNaN: true }),
        fc.double({ min: 0, max: 900, noNaN: true }),
        (x, y) => {
          expect(scoreDistributions([y], [{ lower: x, upper: x, sample: [x] }]).crps).toBeCloseTo(
            Math.abs(x - y),
            9,
          )
        },
      ),
    )
  })

  test('unequal lengths are refused', () => {
    expect(() => scoreDistributions([1, 2], [even])).toThrow(/equally many/)
  })
})

test('a class begins at its lower bound', () => {
  expect([0, 50.4, 50.5, 100.5, 400].map((value) => classIndex(value, bounds))).toEqual([0, 0, 1, 2, 3])
})
