import { describe, expect, test } from 'vitest'
import { alertRule, f1Of, scoreAlerts } from '../src/index.ts'
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

  test('too few bad days teach nothing', () => {
    expect(alertRule(100.5, [50, 150], [{ sample: [50] }, { sample: [150] }]).fromProbability).toBe(0.5)
  })

  test('F1 counts hits, misses and false alarms', () => {
    expect(f1Of([true, true, false, false], [true, false, true, false])).toBe(0.5)
    expect(f1Of([false], [false])).toBeNull()
    expect(f1Of([false], [true])).toBe(0)
  })
})
