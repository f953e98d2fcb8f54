import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { canonicalJson, parseJson, sha256Hex } from '../src/index.ts'

/** Objects as JSON.parse makes them, with the order of keys turned round throughout. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reversed(item)]),
  )
}

describe('canonicalJson', () => {
  test('the example of RFC 8785 in key order', () => {
    const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 }
    const keys = [...canonicalJson(value).matchAll(/:(\d)/g)].map(([, digit]) => Number(digit))
    expect(keys).toEqual([2, 4, 6, 7, 1, 5, 3])
  })

  test('says the same of a value whatever the order of keys, and JSON.parse gives it back', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const text = canonicalJson(value)
        expect(canonicalJson(reversed(value))).toBe(text)
        expect(canonicalJson(JSON.parse(text))).toBe(text)
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  const wrong: readonly (readonly [string, unknown, string])[] = [
    ['NaN', { a: [1, Number.NaN] }, 'model.a[1] is NaN'],
    ['infinity', [Number.NEGATIVE_INFINITY], 'model[0] is -Infinity'],
    ['undefined', { a: undefined }, 'model.a is undefined'],
    ['a hole', new Array<number>(2), 'model[0] is undefined'],
    ['a function', { a: () => 1 }, 'model.a is function'],
    ['a bigint', 1n, 'model is bigint'],
    ['a date', { at: new Date(0) }, 'model.at is Date'],
    ['a typed array', new Float64Array(2), 'model is Float64Array'],
    ['a map', new Map(), 'model is Map'],
  ]
  test.for(wrong)('refuses %s and says where', ([, value, message]) => {
    expect(() => canonicalJson(value, 'model')).toThrow(message)
    expect(() => canonicalJson(value, 'model')).toThrow(expect.objectContaining({ code: 'bad-package' }))
  })

  test('a circle is too deep, not endless', () => {
    const circle: { self?: unknown } = {}
    circle.self = circle
    expect(() => canonicalJson(circle)).toThrow(expect.objectContaining({ code: 'package-too-large' }))
  })

  test('its digest is the known one', () => {
    expect(sha256Hex(canonicalJson({ b: [1, 'x'], a: null }))).toBe(sha256Hex('{"a":null,"b":[1,"x"]}'))
    expect(sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  })
})

describe('parseJson', () => {
  test('reads what canonicalJson writes, and what JSON.stringify lays out', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const expected: unknown = JSON.parse(JSON.stringify(value))
        expect(parseJson(canonicalJson(value), 'text')).toEqual(expected)
        expect(parseJson(JSON.stringify(value, null, 2), 'text')).toEqual(expected)
      }),
    )
  })

  test('agrees with canonicalJson on the limits', () => {
    const limits = { depth: 3, arrayLength: 3 }
    const refuses = (call: () => unknown): boolean => {
      try {
        call()
        return false
      } catch {
        return true
      }
    }
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value)
        expect(refuses(() => parseJson(text, 'text', { ...limits, arrayLength: 1000 }))).toBe(
          refuses(() => canonicalJson(value, 'value', { ...limits, arrayLength: 1000 })),
        )
      }),
    )
    expect(refuses(() => parseJson('[1,2,3]', 'text', limits))).toBe(false)
    expect(refuses(() => parseJson('[1,2,3,4]', 'text', limits))).toBe(true)
    expect(refuses(() => parseJson('[",[[[[", "\\",[[[["]', 'text', limits))).toBe(false)
  })

  test('refuses what is too deep before it parses, and what is no JSON', () => {
    const deep = '['.repeat(10_000_000)
    expect(() => parseJson(deep, 'text')).toThrow(expect.objectContaining({ code: 'package-too-large' }))
    for (const text of ['', '{', '[1,]', 'NaN', "{'a':1}", '{"a":1}}', ']']) {
      expect(() => parseJson(text, 'text')).toThrow(expect.objectContaining({ code: 'bad-package' }))
    }
  })
})
