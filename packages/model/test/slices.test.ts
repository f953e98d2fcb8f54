import { expect, test } from 'vitest'
import { sliceScores } from '../src/index.ts'

const day = (text: string) => Date.parse(`${text}T00:00:00Z`) / 86_400_000
const issued = (point: number) => ({ point, lower: point - 10, upper: point + 10 })

test('slices by season, level and threshold', () => {
  const slices = sliceScores(
    {
      actual: [50, 80, 150, 60, 90, 200],
      issued: [45, 75, 120, 65, 95, 195].map(issued),
      persistence: [60, 70, 140, 50, 80, 210],
      targetDays: ['2025-12-01', '2026-02-28', '2026-03-01', '2026-06-30', '2026-08-31', '2026-11-30'].map(
        day,
      ),
    },
    100.5,
  )
  expect(Object.keys(slices)).toEqual(['DJF', 'MAM', 'JJA', 'SON', 'low', 'middle', 'high', 'above'])
  expect(slices['DJF']).toEqual({ n: 2, mae: 5, relMae: 0.5, coverage90: 1 })
  expect(slices['MAM']).toEqual({ n: 1, mae: 30, relMae: 3, coverage90: 0 })
  expect(slices['low']?.n).toBe(2)
  expect(slices['above']).toEqual({ n: 2, mae: 17.5, relMae: 1.75, coverage90: 0.5 })
})

test('a slice without days is left out, and persistence without errors gives no ratio', () => {
  const slices = sliceScores(
    { actual: [50], issued: [issued(40)], persistence: [50], targetDays: [day('2026-07-01')] },
    100.5,
  )
  expect(Object.keys(slices)).toEqual(['JJA', 'middle'])
  expect(slices['JJA']?.relMae).toBeNull()
})

test('unequal lengths are refused', () => {
  expect(() => sliceScores({ actual: [1], issued: [], persistence: [1], targetDays: [1] }, 1)).toThrow(
    /equally many/,
  )
})
