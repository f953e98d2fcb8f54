import { Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  AqiError,
  parseHistoricalCsv,
  readHistoricalCsv,
  type Column,
  type ParsedHistory,
} from '../src/index.ts'

const HEADER = 'date, pm25, pm10, o3, no2, so2, co'

function* chunksOf(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  let at = 0
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1
    yield bytes.subarray(at, at + size)
    at += size
  }
}

describe('streaming', () => {
  const lines = [
    'Größe 北京 🌫',
    HEADER,
    '2024/1/5, 9, 8, 7, 6, 5, 4',
    '2024/1/6, , 18, , , , ',
    '2023/2/1, x, , , , , 5',
  ]

  test('chunks may be cut anywhere, within a letter or a line end too', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.boolean(),
        sizes,
        async (ending, bom, cuts) => {
          const text = (bom ? '\uFEFF' : '') + lines.join(ending)
          const streamed = await readHistoricalCsv(
            Readable.from(chunksOf(new TextEncoder().encode(text), cuts)),
          )
          expect(streamed).toEqual(parseHistoricalCsv(text))
          expect(streamed.title).toBe(lines[0])
        },
      ),
    )
  })

  test('63 a file of any size: only distinct days are held', async () => {
    function* endless() {
      yield `${HEADER}\n`
      for (let chunk = 0; chunk < 100; chunk++) {
        yield '2024/1/5, 9, 8, 7, 6, 5, 4\n2024/1/6, 9, 8, 7, 6, 5, 4\n'.repeat(500)
      }
    }
    const parsed = await readHistoricalCsv(Readable.from(endless()))
    expect(parsed.rowsRead).toBe(100_000)
    expect(parsed.rows).toHaveLength(2)
  })

  test('an error while reading reaches the caller', async () => {
    await expect(readHistoricalCsv(Readable.from(['<ht', 'ml>']))).rejects.toThrow(
      expect.objectContaining({ name: 'AqiError', code: 'not-csv' }),
    )
  })
})

describe('any text', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      HEADER,
      'date',
      '2024/1/5',
      '1/5/2024',
      ', ',
      ';',
      '\t',
      '\n',
      '\r',
      '"',
      ' ',
      '-',
      '9',
      '#',
      '<',
    ),
    fc.string({ unit: 'binary', maxLength: 5 }),
  )
  const texts = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''))

  test('gives sound rows or an AqiError, twice the same', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          texts,
          texts.map((text) => `${HEADER}\n${text}`),
        ),
        (text) => {
          let parsed: ParsedHistory
          try {
            parsed = parseHistoricalCsv(text)
          } catch (error) {
            expect(AqiError.isInstance(error)).toBe(true)
            return
          }
          const labels = parsed.rows.map(({ label }) => label)
          expect(labels).toEqual([...new Set(labels)].toSorted())
          for (const { values } of parsed.rows) {
            for (const value of Object.values(values)) expect(Number.isFinite(value) && value >= 0).toBe(true)
          }
          expect(parseHistoricalCsv(text)).toEqual(parsed)
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('the types say what comes out', () => {
    expectTypeOf<ParsedHistory['rows'][number]['values']>().toEqualTypeOf<
      Readonly<Partial<Record<Column, number>>>
    >()
    expectTypeOf(readHistoricalCsv).returns.resolves.toEqualTypeOf<ParsedHistory>()
  })
})
