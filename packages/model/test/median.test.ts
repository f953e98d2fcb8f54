import fc from 'fast-check'
import { expect, test } from 'vitest'
import { medianInPlace } from '../src/boosting/median.ts'

test('is the middle of the sorted values, or halfway between the two', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 60 }),
      (values) => {
        const sorted = values.toSorted((a, b) => a - b)
        const middle = sorted.length >> 1
        const expected =
          sorted.length % 2 === 1 ? sorted[middle] : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
        expect(medianInPlace(Float64Array.from(values))).toBeCloseTo(expected ?? Number.NaN, 6)
      },
    ),
  )
})

test('equal values and one value', () => {
  expect(medianInPlace(Float64Array.of(2, 2, 2, 2))).toBe(2)
  expect(medianInPlace(Float64Array.of(7))).toBe(7)
  expect(medianInPlace(new Float64Array(0))).toBe(0)
})
