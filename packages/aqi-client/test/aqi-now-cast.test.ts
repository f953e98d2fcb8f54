import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nowCastPm, toSubIndex } from '../src/index.ts'

const pm25 = (...hours: (number | null)[]) => nowCastPm(hours, 'pm25')?.value ?? null

describe('nowCastPm', () => {
  test('steady air is itself', () => {
    expect(nowCastPm(new Array<number>(12).fill(35.9), 'pm25')).toEqual({
      pollutant: 'pm25',
      averaging: '24h',
      unit: 'ugm3',
      value: 35.9,
    })
    expect(pm25(...new Array<number>(12).fill(0))).toBe(0)
  })

  test.each([
    // w = 1 − (20 − 10) / 20 = 0.5: (20 + 0.5 × 10) / 1.5 = 16.67, truncated.
    [[20, 10], 16.6],
    // w* = 0.1, so 0.5: (10 + 0.5 × 100) / 1.5 = 40.
    [[10, 100], 40],
    // w = 0.8: (40 + 0.8 × 50 + 0.64 × 45) / 2.44 = 44.59.
    [[40, 50, 45], 44.5],
    // A missing hour keeps its place: w = 0.75, (40 + 0.5625 × 30) / 1.5625 = 36.4.
    [[40, null, 30], 36.4],
    [[null, 40, 30], 35.7],
    // w* = 0 where an hour is 0: (8 + 0.25 × 0) / (1 + 0.5 + 0.25), the middle hour 0 as well.
    [[8, 0, 0], 4.5],
  ])('%o is %d', (hours, expected) => {
    expect(pm25(...hours)).toBe(expected)
  })

  test('needs two of the newest three hours', () => {
    expect(pm25(10, null, null, 10, 10, 10)).toBeNull()
    expect(pm25(null, null, null)).toBeNull()
    expect(pm25(10)).toBeNull()
    expect(pm25()).toBeNull()
    expect(pm25(10, null, 10)).toBe(10)
  })

  test('looks at 12 hours', () => {
    const steady = new Array<number>(12).fill(10)
    expect(pm25(...steady, 500)).toBe(10)
    expect(pm25(...steady.slice(1), 500)).toBe(10.1)
  })

  test('truncates PM10 to whole micrograms', () => {
    expect(nowCastPm([20, 10], 'pm10')?.value).toBe(16)
  })

  test('stands in for the 24 h mean', () => {
    const nowCast = nowCastPm([40, 50, 45], 'pm25')
    expect(nowCast && toSubIndex(nowCast, 'us-epa-2024')?.value).toBe(123)
  })

  test.each([Number.NaN, -1, Infinity])('refuses %d', (value) => {
    expect(() => pm25(10, 10, value)).toThrow(expect.objectContaining({ code: 'bad-value' }))
  })

  test('lies between the lowest and the highest hour', () => {
    const hour = fc.option(fc.integer({ min: 0, max: 9999 }).map((tenths) => tenths / 10))
    fc.assert(
      fc.property(fc.array(hour, { maxLength: 15 }), (hours) => {
        const value = pm25(...hours)
        const present = hours.slice(0, 12).filter((each) => each !== null)
        if (value === null) return
        expect(value).toBeGreaterThanOrEqual(Math.min(...present))
        expect(value).toBeLessThanOrEqual(Math.max(...present))
      }),
    )
  })
})
