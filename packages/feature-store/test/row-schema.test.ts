import fc from 'fast-check'
import { expect, test } from 'vitest'

import { rowSchema, validateRows } from '../src/row-schema.ts'
import { sampleGroup, sampleRow } from '../src/testing/sample-groups.ts'

test('one schema a definition', () => {
  expect(rowSchema(sampleGroup)).toBe(rowSchema(sampleGroup))
})

const orNull = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value)
const rows = fc.record({
  station: fc.string({ unit: 'binary' }),
  slot: fc.integer(),
  event_ms: fc.maxSafeInteger(),
  known_at: fc.maxSafeInteger(),
  value: orNull(fc.double({ noNaN: true, noDefaultInfinity: true })),
  label: orNull(fc.string({ unit: 'grapheme' })),
  flag: orNull(fc.boolean()),
  small: orNull(fc.integer()),
  large: orNull(fc.maxSafeInteger()),
})

test('every row of the declared types passes unchanged', () => {
  fc.assert(
    fc.property(rows, (row) => {
      expect(validateRows(sampleGroup, [row])).toEqual([row])
    }),
  )
})

test('a row that lacks a column, or holds undefined, is refused', () => {
  fc.assert(
    fc.property(rows, fc.constantFrom(...Object.keys(sampleGroup.columns)), (row, column) => {
      const without = Object.fromEntries(Object.entries(row).filter(([name]) => name !== column))
      expect(() => validateRows(sampleGroup, [without])).toThrow(`column "${column}"`)
      expect(() => validateRows(sampleGroup, [{ ...row, [column]: undefined }])).toThrow(`column "${column}"`)
    }),
  )
})

test('many bad rows are told by their number and the first few', () => {
  const bad = Array.from({ length: 100 }, (_, slot) => ({ ...sampleRow(slot), value: 'high' }))
  expect(() => validateRows(sampleGroup, bad)).toThrow(
    /^100 of 100 rows.*row 4, column "value"((?!row 5).)*$/,
  )
})
