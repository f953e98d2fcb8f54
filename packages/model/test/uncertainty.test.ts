import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { distribution, exceedance, quantile, type Residual, RESIDUALS_KEPT } from '../src/index.ts'
import { seeded } from './support/series.ts'

const bounds = [50.5, 100.5, 150.5]
const options = { coverage: 0.9, classBounds: bounds }

/** One decision a day; each outcome is known a day after its decision. */
function daily(logs: readonly number[], scale = 1): Residual[] {
  return logs.map((log, i) => ({ decidedAt: i, knownAt: i + 1, log, scale }))
}

const logs = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 1, maxLength: 450 })
const value = fc.double({ min: 0, max: 900, noNaN: true })
const scale = fc.double({ min: 0.05, max: 3, noNaN: true })

describe('a distribution', () => {
  test('interval, point, probabilities and quantiles agree for any residuals', () => {
    fc.assert(
      fc.property(
        value,
        scale,
        logs,
        fc.double({ min: 0.5, max: 0.99, noNaN: true }),
        (at, s, sample, coverage) => {
          const given = distribution({ value: at, scale: s, decidedAt: 1e6 }, daily(sample), {
            ...options,
            coverage,
          })
          expect(given.lower).toBeGreaterThanOrEqual(0)
          expect(given.lower).toBeLessThanOrEqual(given.point)
          expect(given.upper).toBeGreaterThanOrEqual(given.point)
          expect(given.probabilities).toHaveLength(bounds.length + 1)
          expect(given.probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12)
          bounds.forEach((bound, i) => {
            const above = given.probabilities.slice(i + 1).reduce((sum, p) => sum + p, 0)
            expect(exceedance(given, bound)).toBeCloseTo(above, 12)
          })
          const quantiles = [0, 0.05, 0.3, 0.5, 0.8, 0.95, 1].map((p) => quantile(given, p))
          expect(quantiles).toEqual(quantiles.toSorted((a, b) => a - b))
          const chances = [0, 20, 60, 100, 300, 2000].map((threshold) => exceedance(given, threshold))
          expect(chances).toEqual(chances.toSorted((a, b) => b - a))
        },
      ),
    )
  })

  test('wider coverage gives a wider interval', () => {
    fc.assert(
      fc.property(value, logs, (at, sample) => {
        const of = (coverage: number) =>
          distribution({ value: at, scale: 1, decidedAt: 1e6 }, daily(sample), { ...options, coverage })
        expect(of(0.95).upper).toBeGreaterThanOrEqual(of(0.6).upper)
        expect(of(0.95).lower).toBeLessThanOrEqual(of(0.6).lower)
      }),
    )
  })

  test('a larger spread gives a wider interval', () => {
    const residuals = daily(Array.from({ length: 40 }, (_, i) => (i - 20) / 50))
    const of = (s: number) => distribution({ value: 100, scale: s, decidedAt: 1e6 }, residuals, options)
    expect(of(2).upper).toBeGreaterThan(of(1).upper)
    expect(of(2).lower).toBeLessThan(of(1).lower)
    expect(of(2).point).toBe(of(1).point)
  })

  test('the ends are conformal order statistics while nothing has been judged', () => {
    const sample = Array.from({ length: 59 }, (_, i) => (i - 29) / 100)
    const { lower, upper } = distribution({ value: 100, scale: 1, decidedAt: 1e6 }, daily(sample), options)
    const at = (log: number) => Math.expm1(Math.log1p(100) + log)
    expect(upper).toBeCloseTo(at(0.27), 9) // rank ⌈60 × 0.95⌉ = 57 of 59
    expect(lower).toBeCloseTo(at(-0.27), 9)
  })

  test('outcomes not known at the decision play no part', () => {
    const known = daily([0.1, -0.1, 0.2, -0.2])
    const later: Residual = { decidedAt: 3, knownAt: 50, log: 9, scale: 1 }
    const point = { value: 80, scale: 1, decidedAt: 10 }
    expect(distribution(point, [...known, later], options)).toEqual(distribution(point, known, options))
  })

  test('only the newest residuals count, whatever their order', () => {
    const newest = daily(Array.from({ length: RESIDUALS_KEPT }, (_, i) => ((i * 37) % 100) / 100 - 0.5))
    const older = [-3, 3, -3].map((log, i) => ({ decidedAt: i - 10, knownAt: i - 9, log, scale: 1 }))
    const point = { value: 80, scale: 1, decidedAt: 1e6 }
    expect(distribution(point, [...newest.toReversed(), ...older], options)).toEqual(
      distribution(point, newest, options),
    )
  })

  test('a forecaster that lay too low for months is raised, but a baseline is not', () => {
    const low = daily(Array.from({ length: 100 }, () => 0.4))
    const point = { value: 100, scale: 1, decidedAt: 1e6 }
    expect(distribution(point, low, options).point).toBeCloseTo(Math.expm1(Math.log1p(100) + 0.1), 9)
    expect(distribution(point, low, { ...options, debias: false }).point).toBeCloseTo(100, 9)
  })

  test('no known residual or no number is refused', () => {
    const point = { value: 5, scale: 1, decidedAt: 10 }
    expect(() => distribution(point, [], options)).toThrow(/at least one known residual/)
    expect(() => distribution({ ...point, decidedAt: 0 }, daily([0.1]), options)).toThrow(/known residual/)
    expect(() => distribution({ ...point, value: Number.NaN }, daily([0]), options)).toThrow(/finite point/)
  })
})

describe('the adapted level', () => {
  const noise = (seed: number, n: number, size: number) => {
    const random = seeded(seed)
    return Array.from({ length: n }, () => size * (random() + random() + random() - 1.5))
  }

  /** Share of days whose outcome lay within the interval issued with what was known the evening before. */
  function coverageOf(all: readonly Residual[], from: number): number {
    let held = 0
    for (let day = from; day < all.length; day++) {
      const { lower, upper } = distribution(
        { value: 100, scale: 1, decidedAt: day },
        all.slice(0, day),
        options,
      )
      const outcome = Math.expm1(Math.log1p(100) + (all[day]?.log ?? 0))
      if (outcome >= lower && outcome <= upper) held++
    }
    return held / (all.length - from)
  }

  test('holds nine in ten on steady air', () => {
    expect(coverageOf(daily(noise(3, 800, 0.5)), 400)).toBeCloseTo(0.9, 1)
  })

  test('holds nearly nine in ten also after the air turns twice as restless', () => {
    const all = daily([...noise(4, 400, 0.3), ...noise(5, 300, 0.6)])
    const fixed = 0.9
    expect(coverageOf(all, 430)).toBeGreaterThan(fixed - 0.06)
  })
})
