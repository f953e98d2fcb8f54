import { describe, expect, test } from 'vitest'
import { alertInterval, alertRule, f1Of, scoreAlerts } from '../src/index.ts'
import { seeded } from './support/series.ts'

/** Bad days come with the probability that the sample says. */
function days(count: number, seed: number) {
  const random = seeded(seed)
  const distributions = Array.from({ length: count }, () => {
    const bad = Math.floor(random() * 10)
    return { sample: Array.from({ length: 10 }, (_, i) => (i < 10 - bad ? 50 : 150)) }
  })
  const actual = distributions.map(({ sample }) => sample[Math.floor(random() * 10)] ?? 50)
  return { distributions, actual }
}

describe('alerts', () => {
  const earlier = days(400, 1)
  const rule = alertRule(100.5, earlier.actual, earlier.distributions)

  test('a rule learnt on earlier days beats an even chance on later ones', () => {
    const later = days(400, 2)
    const learnt = scoreAlerts(rule, later.actual, later.distributions)
    const even = scoreAlerts({ threshold: 100.5, fromProbability: 0.95 }, later.actual, later.distributions)
    expect(learnt.f1).toBeGreaterThan(even.f1 ?? 1)
    expect(learnt.brier).toBeLessThan(0.25)
    expect(learnt.days).toBe(later.actual.filter((value) => value > 100).length)
  })

  test('half of a good F1 is a surer choice than the probability that was best in one year', () => {
    const later = days(4000, 3)
    const f1From = (fromProbability: number) =>
      scoreAlerts({ threshold: 100.5, fromProbability }, later.actual, later.distributions).f1 ?? 0
    let [half, best] = [0, 0]
    for (let seed = 10; seed < 60; seed++) {
      const { actual, distributions } = days(60, seed)
      half += f1From(alertRule(100.5, actual, distributions).fromProbability)
      const ofYear = Array.from({ length: 19 }, (_, i) => (i + 1) / 20).map((fromProbability) => ({
        fromProbability,
        f1: scoreAlerts({ threshold: 100.5, fromProbability }, actual, distributions).f1 ?? 0,
      }))
      best += f1From(ofYear.toSorted((a, b) => b.f1 - a.f1)[0]?.fromProbability ?? 0.5)
    }
    expect(half).toBeGreaterThan(best)
  })

  test('too few bad days teach nothing', () => {
    expect(alertRule(100.5, [50, 150], [{ sample: [50] }, { sample: [150] }]).fromProbability).toBe(0.5)
  })

  test('F1 counts hits, misses and false alarms', () => {
    expect(f1Of([true, true, false, false], [true, false, true, false])).toBe(0.5)
    expect(f1Of([false], [false])).toBeNull()
    expect(f1Of([false], [true])).toBe(0)
  })
})

describe('the interval of an F1', () => {
  const rule = { threshold: 100.5, fromProbability: 0.5 }
  const intervalOf = (count: number, seed = 7) => {
    const { actual, distributions } = days(count, 3)
    return alertInterval(rule, actual, distributions, { seed }) ?? ([Number.NaN, Number.NaN] as const)
  }

  test('holds the F1 of new days about as often as it says', () => {
    const truth = days(20_000, 99)
    const { f1 } = scoreAlerts(rule, truth.actual, truth.distributions)
    let held = 0
    for (let seed = 100; seed < 300; seed++) {
      const { actual, distributions } = days(365, seed)
      const [lower, upper] = alertInterval(rule, actual, distributions, { seed: 1, draws: 200 }) ?? [1, 0]
      if (lower <= (f1 ?? -1) && (f1 ?? -1) <= upper) held++
    }
    expect(held / 200).toBeGreaterThan(0.82)
    expect(held / 200).toBeLessThan(0.96)
  })

  test('is the same for the same seed, and narrower with more days', () => {
    expect(intervalOf(365)).toEqual(intervalOf(365))
    expect(intervalOf(365)).not.toEqual(intervalOf(365, 8))
    const width = ([lower, upper]: readonly [number, number]) => upper - lower
    expect(width(intervalOf(2000))).toBeLessThan(width(intervalOf(100)) / 2)
  })

  test('bad days that come in spells make it wider than the same days on their own', () => {
    const { actual, distributions } = days(365, 3)
    const inSpells = actual.map((_, i) => i).toSorted((a, b) => (actual[a] ?? 0) - (actual[b] ?? 0))
    const sorted = alertInterval(
      rule,
      inSpells.map((i) => actual[i] ?? 0),
      inSpells.map((i) => distributions[i] ?? { sample: [] }),
      { seed: 7 },
    )
    const [lower, upper] = intervalOf(365)
    expect((sorted?.[1] ?? 0) - (sorted?.[0] ?? 0)).toBeGreaterThan(upper - lower)
  })

  test('there is none where no such day came and none was called, and lengths must agree', () => {
    const calm = { sample: [50, 60] }
    expect(alertInterval(rule, [50, 60], [calm, calm], { seed: 1 })).toBeNull()
    expect(() => alertInterval(rule, [50], [calm, calm], { seed: 1 })).toThrow(/equally many/)
  })
})
