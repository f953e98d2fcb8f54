import { describe, expect, test } from 'vitest'
import { toSubIndex, type Measure, type Pollutant, type Averaging, type Scale } from '../src/index.ts'

// Table 1 of HJ 633-2012, written out row by row: IAQI, then µg/m³ (CO mg/m³); null where the standard has a dash.
const HEAD = 'so2 24h|so2 1h|no2 24h|no2 1h|pm10 24h|co 24h|co 1h|o3 1h|o3 8h|pm25 24h'.split('|')
type Row = [iaqi: number, ...concentrations: (number | null)[]]
const ROWS_2012: Row[] = [
  [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  [50, 50, 150, 40, 100, 50, 2, 5, 160, 100, 35],
  [100, 150, 500, 80, 200, 150, 4, 10, 200, 160, 75],
  [150, 475, 650, 180, 700, 250, 14, 35, 300, 215, 115],
  [200, 800, 800, 280, 1200, 350, 24, 60, 400, 265, 150],
  [300, 1600, null, 565, 2340, 420, 36, 90, 800, 800, 250],
  [400, 2100, null, 750, 3090, 500, 48, 120, 1000, null, 350],
  [500, 2620, null, 940, 3840, 600, 60, 150, 1200, null, 500],
]
/** 2026 moved two anchors of the row of IAQI 100: PM10 to 120 and PM2.5 to 60. */
const ROWS_2026 = ROWS_2012.map((row): Row =>
  row[0] === 100 ? [100, 150, 500, 80, 200, 120, 4, 10, 200, 160, 60] : row,
)

function at(name: string, value: number, scale: Scale): number | null {
  const [pollutant = '', averaging = ''] = name.split(' ')
  return toSubIndex(measured(pollutant, averaging, value), scale)?.value ?? null
}
function measured(pollutant: string, averaging: string, value: number) {
  const measure = {
    pollutant: pollutant as Pollutant,
    averaging: averaging as Averaging,
    unit: pollutant === 'co' ? 'mgm3' : 'ugm3',
  } as Measure
  return { ...measure, value }
}

interface Step {
  readonly name: string
  readonly scale: Scale
  readonly anchor: number
  readonly iaqi: number
  readonly next: { readonly anchor: number; readonly iaqi: number } | null
}
function stepsOf(scale: Scale, rows: Row[]): Step[] {
  return HEAD.flatMap((name, column) => {
    const points = rows.flatMap(([iaqi, ...cells]) => {
      const anchor = cells[column]
      return anchor === null || anchor === undefined ? [] : [{ anchor, iaqi }]
    })
    return points.map((point, i) => ({ name, scale, ...point, next: points[i + 1] ?? null }))
  })
}

describe('each anchor and one step above it', () => {
  const steps = [...stepsOf('cn-hj633-2012', ROWS_2012), ...stepsOf('cn-hj633-2026', ROWS_2026)]
  test.each(steps)('$scale $name $anchor is $iaqi', ({ name, scale, anchor, iaqi, next }) => {
    expect(at(name, anchor, scale)).toBe(scale === 'cn-hj633-2026' && iaqi === 0 ? 1 : iaqi)
    if (next === null) return
    // In tenths for CO, so that the division is one of whole numbers; any remainder rounds up.
    const perUnit = name.startsWith('co') ? 10 : 1
    const rise = (next.iaqi - iaqi) / ((next.anchor - anchor) * perUnit)
    expect(at(name, anchor + 1 / perUnit, scale)).toBe(iaqi + Math.ceil(rise - 1e-12))
    expect(at(name, next.anchor - 1 / perUnit, scale)).toBe(next.iaqi - Math.floor(rise + 1e-12))
  })
})

test.each([
  ['cn-hj633-2026', 'pm25 24h', 60, 100],
  ['cn-hj633-2026', 'pm25 24h', 75, 114],
  ['cn-hj633-2026', 'pm25 24h', 115, 150],
  ['cn-hj633-2026', 'pm10 24h', 120, 100],
  ['cn-hj633-2026', 'pm10 24h', 150, 112],
  ['cn-hj633-2012', 'pm25 24h', 60, 82],
  ['cn-hj633-2012', 'pm25 24h', 75, 100],
  ['cn-hj633-2012', 'pm10 24h', 120, 85],
] as const)('%s %s: %d is %d', (scale, name, value, expected) => {
  expect(at(name, value, scale)).toBe(expected)
})

describe('rounding', () => {
  test.each([
    [60.5, 100],
    [60.51, 101],
    [59.5, 100],
    [61.5, 102],
    [34.5, 49],
    [0.5, 1],
  ])('2026 rounds PM2.5 %d half to even, then the index up: %d', (value, expected) => {
    expect(at('pm25 24h', value, 'cn-hj633-2026')).toBe(expected)
  })

  test.each([
    [4.05, 100],
    [4.06, 101],
    [4.15, 101],
  ])('2026 rounds CO %d to a tenth, half to even: %d', (value, expected) => {
    expect(at('co 24h', value, 'cn-hj633-2026')).toBe(expected)
  })

  test('2012 rounds the index only', () => {
    expect(at('pm25 24h', 75.01, 'cn-hj633-2012')).toBe(101)
    expect(at('pm25 24h', 0.01, 'cn-hj633-2012')).toBe(1)
    expect(at('pm25 24h', 0, 'cn-hj633-2012')).toBe(0)
  })
})

describe('past the table', () => {
  test.each([
    ['cn-hj633-2012', 'so2 1h', 801, null],
    ['cn-hj633-2026', 'so2 1h', 801, 200],
    ['cn-hj633-2012', 'o3 8h', 801, null],
    ['cn-hj633-2026', 'o3 8h', 801, 300],
    ['cn-hj633-2012', 'pm25 24h', 501, 500],
    ['cn-hj633-2026', 'pm25 24h', 2000, 500],
    ['cn-hj633-2026', 'o3 1h', 1201, 500],
  ] as const)('%s %s: %d is %s', (scale, name, value, expected) => {
    expect(at(name, value, scale)).toBe(expected)
  })

  test('an hour of particles has an index since 2026', () => {
    expect(at('pm25 1h', 75, 'cn-hj633-2026')).toBe(114)
    expect(at('pm10 1h', 150, 'cn-hj633-2026')).toBe(112)
    expect(() => at('pm25 1h', 75, 'cn-hj633-2012')).toThrow(
      expect.objectContaining({ code: 'not-in-table', hint: 'Give the mean over 24h.' }),
    )
  })
})
