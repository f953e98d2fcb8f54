import { describe, expect, test } from 'vitest'
import { CATEGORIES, CATEGORY_KEYS, categoryOf, classBounds } from '../src/index.ts'

describe.each(['us-epa-2015', 'us-epa-2024', 'cn-hj633-2012', 'cn-hj633-2026'] as const)(
  'classes of %s',
  (scale) => {
    test('have the six keys, the same upper bounds and a sentence of advice each', () => {
      expect(CATEGORIES[scale].map(({ key }) => key)).toEqual([...CATEGORY_KEYS])
      expect(CATEGORIES[scale].slice(1).map(({ lower }) => lower)).toEqual([51, 101, 151, 201, 301])
      expect(classBounds(scale)).toEqual([50.5, 100.5, 150.5, 200.5, 300.5])
      for (const { advice } of CATEGORIES[scale]) expect(advice).toMatch(/^[A-Z].{20,110}\.$/)
    })

    test.each([
      [0, 'good'],
      [50, 'good'],
      [51, 'moderate'],
      [101, 'unhealthy-sensitive'],
      [151, 'unhealthy'],
      [201, 'very-unhealthy'],
      [301, 'hazardous'],
      [500, 'hazardous'],
    ])('%d is %s', (aqi, key) => {
      expect(categoryOf(aqi, scale).key).toBe(key)
    })

    test.each([-1, Number.NaN, Infinity])('%d is refused', (aqi) => {
      expect(() => categoryOf(aqi, scale)).toThrow(expect.objectContaining({ code: 'bad-value' }))
    })
  },
)

test('the Chinese standard names and colours its own, and begins at 1 since 2026', () => {
  expect(CATEGORIES['cn-hj633-2026'].map(({ labelZh, colour }) => [labelZh, colour])).toEqual([
    ['优', '#00E400'],
    ['良', '#FFFF00'],
    ['轻度污染', '#FF7E00'],
    ['中度污染', '#FF0000'],
    ['重度污染', '#99004C'],
    ['严重污染', '#7E0023'],
  ])
  expect(CATEGORIES['cn-hj633-2012'][0]?.lower).toBe(0)
  expect(CATEGORIES['cn-hj633-2026'][0]?.lower).toBe(1)
  expect(CATEGORIES['us-epa-2024'][0]?.labelZh).toBeUndefined()
})
