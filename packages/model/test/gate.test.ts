import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dieboldMariano, gate } from '../src/index.ts'
import { seeded } from './support/series.ts'

/** Outcomes and a forecast that errs by a random amount of a given size. */
function forecastsOf(size: number, seed: number, n = 365): { actual: number[]; forecasts: number[] } {
  const outcome = seeded(1)
  const error = seeded(seed)
  const actual = Array.from({ length: n }, () => 50 + 100 * outcome())
  return { actual, forecasts: actual.map((value) => value + size * (2 * error() - 1)) }
}

describe('dieboldMariano', () => {
  test('between equals it says one half, between mirrored forecasts it is symmetric', () => {
    const { actual, forecasts } = forecastsOf(30, 2)
    expect(dieboldMariano(actual, forecasts, forecasts)).toMatchObject({ difference: 0, pFirstBetter: 0.5 })
    const other = forecastsOf(33, 3).forecasts
    const there = dieboldMariano(actual, forecasts, other)
    const back = dieboldMariano(actual, other, forecasts)
    expect(there.pFirstBetter + back.pFirstBetter).toBeCloseTo(1, 9)
    expect(there.difference).toBeCloseTo(-back.difference, 9)
  })

  test('a clear lead is clear, and one by luck is not', () => {
    const { actual, forecasts } = forecastsOf(20, 2)
    expect(dieboldMariano(actual, forecasts, forecastsOf(30, 3).forecasts).pFirstBetter).toBeLessThan(0.001)
    expect(dieboldMariano(actual, forecasts, forecastsOf(20, 4).forecasts).pFirstBetter).toBeGreaterThan(0.05)
  })

  test('of equals, one in ten is called better at p < 0.1', () => {
    let called = 0
    for (let seed = 10; seed < 410; seed++) {
      const { actual, forecasts } = forecastsOf(25, seed, 200)
      if (dieboldMariano(actual, forecasts, forecastsOf(25, seed + 1000, 200).forecasts).pFirstBetter < 0.1)
        called++
    }
    expect(called / 400).toBeGreaterThan(0.06)
    expect(called / 400).toBeLessThan(0.15)
  })

  test('differences that hang together make it less sure', () => {
    const { actual } = forecastsOf(0, 2)
    const wave = actual.map((value, i) => value + (Math.floor(i / 40) % 2 === 0 ? 20 : 24))
    const flat = actual.map((value) => value + 22.5)
    const independent = dieboldMariano(actual, wave, flat, 0)
    expect(dieboldMariano(actual, wave, flat).standardError).toBeGreaterThan(independent.standardError * 2)
  })
})

describe('gate', () => {
  const { actual, forecasts } = forecastsOf(25, 2)
  const contender = (relMae: number, own = forecasts) => ({ relMae, forecasts: own })
  const question = { actual, sameRecipe: false, championPublishedRelMae: null }

  test('the first comes through when it is as good as persistence', () => {
    const ask = (relMae: number) => gate({ ...question, challenger: contender(relMae), champion: null })
    expect([ask(0.9).because, ask(1).because, ask(1.001).because]).toEqual([
      'no-champion',
      'no-champion',
      'worse-than-persistence',
    ])
  })

  test('a gain of one per cent promotes, less does not unless the test is sure', () => {
    const ask = (relMae: number, own?: number[]) =>
      gate({ ...question, challenger: contender(relMae, own), champion: contender(0.9) })
    expect(ask(0.89)).toMatchObject({ promote: true, because: 'better' })
    expect(ask(0.895)).toMatchObject({ promote: false, because: 'not-better' })
    // Always a little better: a small gain, but no luck.
    const always = actual.map((value, i) => value + ((forecasts[i] ?? 0) - value) * 0.995)
    expect(ask(0.8955, always)).toMatchObject({ promote: true, because: 'better' })
  })

  test('a refit goes through unless it is more than two per cent worse than it was', () => {
    const ask = (relMae: number, before: number | null) =>
      gate({
        ...question,
        sameRecipe: true,
        challenger: contender(relMae),
        champion: contender(relMae),
        championPublishedRelMae: before,
      })
    expect([ask(0.91, 0.9), ask(0.93, 0.9), ask(0.99, null)].map(({ because }) => because)).toEqual([
      'refit',
      'refit-worse',
      'refit',
    ])
  })

  test('nothing worse than persistence is ever promoted', () => {
    fc.assert(
      fc.property(fc.double({ min: 1.0001, max: 5, noNaN: true }), fc.boolean(), (relMae, sameRecipe) => {
        const verdict = gate({
          ...question,
          sameRecipe,
          challenger: contender(relMae),
          champion: contender(9),
        })
        expect(verdict.promote).toBe(false)
      }),
    )
  })
})
