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

  test('63 what is held grows with the days, not with the file', async () => {
    const quarter = (year: number, month: number, value: number) =>
      Array.from(
        { length: 70 },
        (_, i) =>
          `${String(year)}/${String(month + Math.floor(i / 28))}/${String((i % 28) + 1)}, ${String(value)}`,
      )
    const history = (value: number) =>
      [2023, 2022, 2021].flatMap((year) => [7, 4].flatMap((month) => quarter(year, month, value))).join('\n')
    function* copies(count: number) {
      yield 'date, pm25\n'
      for (let copy = 0; copy < count; copy++) yield `${history(copy)}\n2023/2/30, x\n`
    }
    const heldAfter = async (count: number) => {
      const { rows, marks, warnings } = await readHistoricalCsv(Readable.from(copies(count)))
      return {
        days: rows.length,
        blocks: marks.starts.length,
        places: warnings.map(({ message }) => message.split(', ').length),
      }
    }
    expect(await heldAfter(400)).toEqual(await heldAfter(20))
    expect((await heldAfter(20)).days).toBe(420)
  })

  test('lines end with LF, CRLF or CR, in one file too, wherever it is cut', async () => {
    const pieces = fc.array(fc.constantFrom('\n', '\r\n', '\r', '2024/1/5, 9', '2024/1/6, 8', ' '), {
      maxLength: 30,
    })
    await fc.assert(
      fc.asyncProperty(
        pieces,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        async (parts, cuts) => {
          const text = `date, pm25\n${parts.join('')}`
          const bytes = new TextEncoder().encode(text)
          const lines = text.split(/\r\n?|\n/).filter((line) => line.trim() !== '')
          const parsed = await readHistoricalCsv(Readable.from(chunksOf(bytes, cuts)))
          expect(parsed.rowsRead).toBe(lines.length - 1)
          expect(parsed).toEqual(parseHistoricalCsv(text))
        },
      ),
    )
  })

  test('an error while reading reaches the caller', async () => {
    await expect(readHistoricalCsv(Readable.from(['<ht', 'ml>']))).rejects.toThrow(
      expect.objectContaining({ name: 'AqiError', code: 'not-csv' }),
    )
  })
})

describe('a plain row', () => {
  const cell = fc.oneof(
    fc.constantFrom('', ' ', '-', '9', '007', '501', '9999', '10000', '12.5', '-3', 'x', ' 8 ', '1e2'),
    fc.integer({ min: 0, max: 12_000 }).map(String),
  )
  const date = fc.constantFrom(
    '2024/2/29',
    '2023/2/29',
    '2024-02-28',
    '2024/1-5',
    '1969/12/31',
    '2024/13/1',
    '2024/4/31',
    ' 2024/1/5',
  )

  test('says the same as when it is read with patience', () => {
    const rows = fc.array(fc.tuple(date, fc.array(cell, { minLength: 1, maxLength: 4 })), { maxLength: 12 })
    fc.assert(
      fc.property(rows, fc.constantFrom(',', ';', '\t'), (drawn, separator) => {
        const text = (quote: string) =>
          [
            ['date', 'pm25', 'pm10', 'aqi'],
            ...drawn.map(([day, cells]) => [`${quote}${day}${quote}`, ...cells]),
          ]
            .map((cells) => cells.join(separator))
            .join('\n')
        expect(parseHistoricalCsv(text(''))).toEqual(parseHistoricalCsv(text('"')))
      }),
      { numRuns: 500 },
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
