import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { parseSparkCsv, toCsv } from '../../src/hopsworks/csv.ts'
import { decodeText, encodeText } from '../../src/hopsworks/text-code.ts'
import { csvOptions, readRows, writeRows } from '../../src/testing/hopsworks/spark-csv.ts'

const texts = fc.string({ unit: 'grapheme', maxLength: 40 })
const feature = {
  description: '',
  primary: false,
  partition: false,
  hudiPrecombineKey: false,
  onlineType: null,
}
const features = [
  { ...feature, name: 'a', type: 'string' },
  { ...feature, name: 'b', type: 'double' },
  { ...feature, name: 'c', type: 'bigint' },
]
const rows = fc.array(
  fc.record({
    a: fc.option(texts),
    b: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
    c: fc.option(fc.maxSafeInteger()),
  }),
  { minLength: 1, maxLength: 20 },
)

describe('texts', () => {
  test('come back from their encoding, which holds nothing that Spark reads otherwise', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const encoded = encodeText(text)
        expect(decodeText(encoded)).toBe(text)
        expect(encoded).not.toBe('')
        expect(encoded).not.toMatch(/["\\\p{Cc}\u2028\u2029]|^\s|\s$/u)
      }),
    )
  })

  test('that need none stand as they are; what another program wrote stays', () => {
    expect(encodeText('北京, PM2.5 of 12 µg/m³')).toBe('北京, PM2.5 of 12 µg/m³')
    expect(decodeText('100 % of it')).toBe('100 % of it')
    expect(decodeText('%FF')).toBe('%FF')
  })
})

test('rows written as CSV, read and written by Spark and read again are the same', () => {
  const options = csvOptions(new Map([['header', 'true']]), 'null')
  fc.assert(
    fc.property(rows, (written) => {
      const sent = new TextDecoder().decode(toCsv(['a', 'b', 'c'], written))
      const exported = writeRows(readRows(sent, features, options), features)
      const [, ...records] = parseSparkCsv(exported)
      const read = records.map(([a = null, b = null, c = null]) => ({
        a: a === null ? null : decodeText(a),
        b: b === null ? null : Number(b),
        c: c === null ? null : Number(c),
      }))
      // Zero has no sign in a row of ours.
      expect(read).toEqual(
        written.map(({ a, b, c }) => ({ a, b: b === null ? null : b + 0, c: c === null ? null : c + 0 })),
      )
    }),
  )
})
