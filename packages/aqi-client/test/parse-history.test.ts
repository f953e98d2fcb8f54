import { describe, expect, test } from 'vitest'
import { parseHistoricalCsv, type ParsedHistory, type ParseOptions } from '../src/index.ts'

const HEADER = 'date, pm25, pm10, o3, no2, so2, co'
const parse = (lines: readonly string[], options?: ParseOptions) =>
  parseHistoricalCsv(lines.join('\n'), options)
const codes = (parsed: ParsedHistory) => parsed.warnings.map(({ code }) => code)
const message = (parsed: ParsedHistory, code: string) =>
  parsed.warnings.find((warning) => warning.code === code)?.message
const refused = (code: string): unknown => expect.objectContaining({ name: 'AqiError', code, fault: 'input' })

describe('dialects', () => {
  const plain = parse([HEADER, '2024/1/5, 9, 8, 7, 6, 5, 4', '2024/1/6, , 18, , , , '])

  test('48 header with leading blanks, upper case, CRLF, CR, BOM, quotes, ; or TAB', () => {
    const rows = ['2024/1/5, 9, 8, 7, 6, 5, 4', '2024/1/6, , 18, , , , ']
    const variants = [
      [HEADER, ...rows].join('\r\n'),
      [HEADER, ...rows].join('\r'),
      [HEADER.toUpperCase(), ...rows].join('\n'),
      `\uFEFF${[HEADER, ...rows].join('\n')}\n`,
      [HEADER, ...rows].join('\n').replaceAll(/[^,\n]+/g, '"$&"'),
      [HEADER, ...rows].map((line) => `"${line}"`).join('\n'),
      [HEADER, ...rows].join('\n').replaceAll(',', ';'),
      [HEADER, ...rows].join('\n').replaceAll(', ', '\t'),
      [HEADER.replace('pm25', 'PM2.5'), ...rows].join('\n\n'),
    ]
    for (const variant of variants) expect(parseHistoricalCsv(variant)).toEqual(plain)
  })

  test('49 a title line before the header is skipped', () => {
    const parsed = parse(['beijing-air-quality', '', HEADER, '2024/1/5, 9, 8, 7, 6, 5, 4'])
    expect(parsed.title).toBe('beijing-air-quality')
    expect(parsed.rows).toEqual(plain.rows.slice(0, 1))
    expect(message(parsed, 'title-line')).toContain('line 1')
  })

  test('columns in any order, found by name; unknown ones are named', () => {
    const parsed = parse(['co,station,date,aqi,co', '4,x,2024/1/5,77,5'])
    expect(parsed.columns).toEqual(['co', 'aqi'])
    expect(parsed.rows).toEqual([{ label: '2024-01-05', values: { co: 4, aqi: 77 } }])
    expect(message(parsed, 'unknown-column')).toContain('station, co')
  })

  test('a second header, from files appended to one another, is read anew', () => {
    const parsed = parse(['date, pm25, pm10', '2024/1/5, 9, 8', 'date, pm10, pm25', '2024/1/6, 18, 19'])
    expect(parsed.rows.map(({ values }) => values)).toEqual([
      { pm25: 9, pm10: 8 },
      { pm25: 19, pm10: 18 },
    ])
    expect(parsed.rowsRead).toBe(2)
  })

  test('a stray quote harms its own row at most', () => {
    const parsed = parse([HEADER, '2024/1/5, "9, 8, 7, 6, 5, 4', '2024/1/6, 19, 18, 17, 16, 15, 14'])
    expect(parsed.rows).toHaveLength(2)
    expect(parsed.rows[1]?.values.pm25).toBe(19)
  })
})

describe('dates', () => {
  test('50 2024/1/5 and 2024-01-05 are read, a midnight behind them is dropped', () => {
    for (const date of ['2024/1/5', '2024-01-05', '2024-01-05T00:00:00.000Z', '2024-01-05 00:00:00+08:00']) {
      expect(parse(['date,pm25', `${date},9`]).rows).toEqual([{ label: '2024-01-05', values: { pm25: 9 } }])
    }
  })

  test('50 1/5/2024 is refused, unless the order is given', () => {
    const lines = ['date,pm25', '1/5/2024,9']
    expect(() => parse(lines, { fileName: 'a.csv' })).toThrow(refused('ambiguous-dates'))
    expect(() => parse(lines, { fileName: 'a.csv' })).toThrow(expect.objectContaining({ where: 'a.csv:2' }))
    expect(parse(lines, { dateOrder: 'mdy' }).rows[0]?.label).toBe('2024-01-05')
    expect(parse(lines, { dateOrder: 'dmy' }).rows[0]?.label).toBe('2024-05-01')
    expect(parse(['date,pm25', '1/5/24,9'], { dateOrder: 'dmy' }).rows[0]?.label).toBe('2024-05-01')
  })

  test('50 an order that a date contradicts is refused', () => {
    expect(() => parse(['date,pm25', '1/5/2024,9', '13/5/2024,9'], { dateOrder: 'mdy' })).toThrow(
      refused('ambiguous-dates'),
    )
  })

  test('51 impossible and empty dates are dropped and counted', () => {
    const dates = [
      '2024/2/30',
      '',
      '2024/13/1',
      '0/0/0',
      'total',
      '2024-01-05 13:00',
      '1899/12/31',
      '9999/1/1',
    ]
    const parsed = parse(['date,pm25', ...dates.map((date) => `${date},9`), '2024/2/29,9'])
    expect(parsed.rows.map(({ label }) => label)).toEqual(['2024-02-29'])
    expect(parsed.rowsRead).toBe(9)
    expect(message(parsed, 'bad-date')).toMatch(/^8 rows .*line 2, line 3, line 4, line 5, line 6, …/)
  })
})

describe('cells', () => {
  const cell = (text: string) => parse(['date,pm25', `2024/1/5,${text}`])

  test.each(['', ' ', '-', 'NaN', 'null', 'NA', 'n/a', 'None'])('52 %j is blank', (text) => {
    expect(cell(text).rows).toEqual([{ label: '2024-01-05', values: {} }])
    expect(codes(cell(text))).toEqual([])
  })

  test.each(['645s', '0x1F', 'Infinity', '1,5e', '12..5', '1 2'])('53 %j is no number', (text) => {
    const parsed = parse(['date;pm25', `2024/1/5;${text}`])
    expect(parsed.rows[0]?.values).toEqual({})
    expect(message(parsed, 'bad-number')).toMatch(/^1 cell .*\(line 2\)$/)
  })

  test('a negative sub-index and one that cannot be an index are left blank', () => {
    for (const text of ['-3', '1e9', '10000']) {
      expect(cell(text).rows[0]?.values).toEqual({})
      expect(codes(cell(text))).toEqual(['out-of-range'])
    }
  })

  test('60 886 and 5101 are kept, as suspicious', () => {
    for (const value of [886, 5101]) {
      expect(cell(String(value)).rows[0]?.values.pm25).toBe(value)
      expect(codes(cell(String(value)))).toEqual(['suspicious'])
    }
    expect(codes(cell('500'))).toEqual([])
    expect(cell('12.5').rows[0]?.values.pm25).toBe(12.5)
  })

  test('56 missing cells are blank, extra ones ignored, both counted', () => {
    const parsed = parse(['date,pm25,pm10', '2024/1/5,9', '2024/1/6,9,8,7', '2024/1/7,9,8,,'])
    expect(parsed.rows.map(({ values }) => values)).toEqual([
      { pm25: 9 },
      { pm25: 9, pm10: 8 },
      { pm25: 9, pm10: 8 },
    ])
    expect(message(parsed, 'cell-count')).toMatch(/^2 rows .*\(line 2, line 3\)$/)
  })
})

describe('rows', () => {
  test('54 unsorted blocks and tail rows come out sorted', () => {
    const dates = ['2024/4/2', '2024/4/3', '2024/1/2', '2024/1/3', '2024/1/1', '2023/12/31']
    const labels = parse(['date,pm25', ...dates.map((date) => `${date},9`)]).rows.map(({ label }) => label)
    expect(labels).toEqual(labels.toSorted())
    expect(labels).toHaveLength(6)
  })

  test('55 of duplicate days the last value of each cell is kept, with a warning only where they disagree', () => {
    const agreeing = parse(['date,pm25,pm10', '2024/1/5,9,', '2024/1/5,,8', '2024/1/5,9,8'])
    expect(agreeing.rows).toEqual([{ label: '2024-01-05', values: { pm25: 9, pm10: 8 } }])
    expect(codes(agreeing)).toEqual([])
    const disagreeing = parse(['date,pm25,pm10', '2024/1/5,9,8', '2024-01-05,10,'])
    expect(disagreeing.rows).toEqual([{ label: '2024-01-05', values: { pm25: 10, pm10: 8 } }])
    expect(message(disagreeing, 'duplicate-day')).toMatch(/^1 row .*\(line 3\)$/)
  })

  test('57 a column that is always blank stays a column, and is reported', () => {
    const parsed = parse(['date, pm25, co', '2024/1/5, 9, '])
    expect(parsed.columns).toEqual(['pm25', 'co'])
    expect(parsed.blankColumns).toEqual(['co'])
  })

  test('59 the newest row may hold pm25 alone', () => {
    const parsed = parse([HEADER, '2026/1/6, 89, 42, 17, 22, 2, 7', '2026/1/7, 92, , , , , '])
    expect(parsed.rows[1]).toEqual({ label: '2026-01-07', values: { pm25: 92 } })
    expect(codes(parsed)).toEqual([])
  })

  test.each(['', '\n\n', '\uFEFF', HEADER, `${HEADER}\n`, `${HEADER}\n2024/2/30, 1, 1, 1, 1, 1, 1`])(
    '62 %j holds no rows',
    (text) => {
      const parsed = parseHistoricalCsv(text)
      expect(parsed.rows).toEqual([])
      expect(codes(parsed)).toContain('empty')
    },
  )
})

describe('other files are refused', () => {
  const statistics = 'min,max,median,q1,q3,stdev,count'
  test.each([
    ['not-csv', 'HTML', '<!doctype html>\n<p>date, pm25</p>'],
    ['not-csv', 'UTF-16', Buffer.from(`\uFEFF${HEADER}\n`, 'utf16le').toString('utf8')],
    ['not-csv', 'a NUL byte', `${HEADER}\n2024/1/5, 9\0`],
    ['not-csv', 'a zip file', 'PK\u0003\u0004\u0014, date'],
    ['not-csv', 'one endless line', 'x'.repeat(70_000)],
    ['no-date-column', 'a file without header', '2024/1/5, 9, 8\n2024/1/6, 9, 8'],
    ['no-date-column', 'JSON', '{ "status": "ok" }'],
    ['no-date-column', 'prose', 'hello\n'.repeat(50)],
    ['no-value-column', 'a header without pollutants', 'date, temperature\n2024/1/5, 9'],
    [
      'concentrations',
      '58 format B',
      `# Sensor\n# https://aqicn.org\n# Daily pm25\ndate,${statistics}\n2024-01-05T00:00:00.000Z,1`,
    ],
    [
      'concentrations',
      '58 format B, renamed',
      'date,min,max,pm25,q1,q3,stdev,count\n2024-01-05,1,2,3,4,5,6,7',
    ],
    [
      'unsupported-format',
      'format C',
      'Date,Country,City,Specie,count,min,max,median,variance\n2024-01-05,CN,Beijing,pm25,1,2,3,4,5',
    ],
  ])('%s: %s', (code, _, text) => {
    const attempt = () => parseHistoricalCsv(text, { fileName: 'a.csv' })
    expect(attempt).toThrow(refused(code))
    expect(attempt).toThrow(
      expect.objectContaining({
        hint: expect.stringMatching(/\.$/),
        where: expect.stringContaining('a.csv'),
      }),
    )
  })
})
