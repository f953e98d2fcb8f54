import fc from 'fast-check'
import { expect, test } from 'vitest'

import { compareVersions, isVersion, nextMinor } from '../src/index.ts'

const numbers = fc.tuple(fc.nat(999_999_998), fc.nat(999_999_998), fc.nat(999_999_998))

test('versions compare as their numbers do', () => {
  fc.assert(
    fc.property(numbers, numbers, (a, b) => {
      const at = a.findIndex((number, index) => number !== b[index])
      const expected = at < 0 ? 0 : Math.sign((a[at] ?? 0) - (b[at] ?? 0))
      expect(Math.sign(compareVersions(a.join('.'), b.join('.')))).toBe(expected)
    }),
  )
})

test('the next minor version is a later version', () => {
  fc.assert(
    fc.property(numbers, (parts) => {
      const version = parts.join('.')
      expect(isVersion(nextMinor(version))).toBe(true)
      expect(compareVersions(nextMinor(version), version)).toBeGreaterThan(0)
    }),
  )
})
