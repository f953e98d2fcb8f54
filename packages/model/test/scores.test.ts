import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classIndex, distribution, logResiduals, score } from '../src/index.ts'

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

describe('distribution', () => {
  const residuals = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 1, maxLength: 400 })
  const point = fc.double({ min: 0, max: 900, noNaN: true })

  test('interval, point and probabilities agree for any residuals', () => {
    fc.assert(
      fc.property(
        point,
        residuals,
        fc.double({ min: 0.5, max: 0.99, noNaN: true }),
        (at, sample, coverage) => {
          const { lower, upper, probabilities } = distribution(at, sample, { coverage, classBounds: bounds })
          expect(lower).toBeGreaterThanOrEqual(0)
          expect(lower).toBeLessThanOrEqual(at)
          expect(upper).toBeGreaterThanOrEqual(at)
          expect(probabilities).toHaveLength(bounds.length + 1)
          expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12)
        },
      ),
    )
  })

  test('wider coverage gives a wider interval', () => {
    fc.assert(
      fc.property(point, residuals, (at, sample) => {
        const of = (coverage: number) => distribution(at, sample, { coverage, classBounds: bounds })
        expect(of(0.95).upper).toBeGreaterThanOrEqual(of(0.6).upper)
        expect(of(0.95).lower).toBeLessThanOrEqual(of(0.6).lower)
      }),
    )
  })

  test('the ends are conformal order statistics', () => {
    const sample = Array.from({ length: 99 }, (_, i) => (i - 49) / 100) // −0.49 … 0.49
    const { lower, upper } = distribution(100, sample, { coverage: 0.9, classBounds: bounds })
    const at = (residual: number) => Math.expm1(Math.log1p(100) + residual)
    expect(upper).toBeCloseTo(at(0.45), 9) // rank ⌈100 × 0.95⌉ = 95
    expect(lower).toBeCloseTo(at(-0.45), 9)
  })

  test('the outcome itself comes back from forecast and residual', () => {
    const [residual = Number.NaN] = logResiduals([120], [80])
    expect(Math.expm1(Math.log1p(80) + residual)).toBeCloseTo(120, 9)
  })

  test('no residual or no number is refused', () => {
    expect(() => distribution(5, [], { coverage: 0.9, classBounds: bounds })).toThrow()
    expect(() => distribution(Number.NaN, [0], { coverage: 0.9, classBounds: bounds })).toThrow()
  })
})

test('a class begins at its lower bound', () => {
  expect([0, 50.4, 50.5, 100.5, 400].map((value) => classIndex(value, bounds))).toEqual([0, 0, 1, 2, 3])
})
