import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  addDays,
  AqiError,
  dayFromNumber,
  dayNumber,
  isLocalDay,
  localDay,
  type LocalDay,
} from '../src/index.ts'

const numbers = fc.integer({ min: -719_162, max: 2_932_896 }) // 0001-01-01 to 9999-12-31

describe('localDay', () => {
  test.each(['2024-02-29', '2000-02-29', '1970-01-01', '0001-01-01', '9999-12-31'])('takes %s', (text) => {
    expect(localDay(text)).toBe(text)
    expect(isLocalDay(text)).toBe(true)
  })

  test.each([
    '2023-02-29',
    '1900-02-29',
    '2024-13-01',
    '2024-00-10',
    '2024-4-1',
    '2024/04/01',
    '2024-04-01Z',
    '',
  ])('refuses %j', (text) => {
    expect(isLocalDay(text)).toBe(false)
    expect(() => localDay(text)).toThrow(expect.objectContaining({ code: 'bad-day', fault: 'input' }))
  })

  test('is a type of its own', () => {
    expectTypeOf(localDay('2024-01-01')).toEqualTypeOf<LocalDay>()
    expectTypeOf<string>().not.toExtend<LocalDay>()
    expectTypeOf<LocalDay>().toExtend<string>()
  })
})

describe('day numbers', () => {
  test('count from 1970-01-01', () => {
    expect(dayNumber(localDay('1970-01-01'))).toBe(0)
    expect(dayNumber(localDay('1969-12-31'))).toBe(-1)
    expect(dayNumber(localDay('2026-01-05'))).toBe(20_458)
  })

  test('agree with Date for every day, both ways', () => {
    fc.assert(
      fc.property(numbers, (n) => {
        const day = dayFromNumber(n)
        expect(day).toBe(new Date(n * 86_400_000).toISOString().slice(0, 10))
        expect(dayNumber(day)).toBe(n)
      }),
    )
  })

  test('addDays adds them, and days sort as text', () => {
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 5000 }), (n, step) => {
        fc.pre(n + step <= 2_932_896)
        const later = addDays(dayFromNumber(n), step)
        expect(dayNumber(later)).toBe(n + step)
        expect(later > dayFromNumber(n)).toBe(true)
        expect(addDays(later, -step)).toBe(dayFromNumber(n))
      }),
    )
  })

  test.each([2_932_897, -719_163, 1.5, Number.NaN, Infinity])('%d is no day', (n) => {
    expect(() => dayFromNumber(n)).toThrow(AqiError)
  })
})
