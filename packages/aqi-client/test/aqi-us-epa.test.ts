import { describe, expect, test } from 'vitest'
import { toSubIndex, type Concentration, type Measure, type Scale } from '../src/index.ts'

type Band = readonly [low: number, high: number, indexLow: number, indexHigh: number]
interface Printed {
  readonly measure: Measure
  readonly step: number
  readonly bands: readonly Band[]
}

// Written out from table 6 of EPA-454/B-24-002, and from its edition of 2018 for the bands before May 2024.
const PM25: Measure = { pollutant: 'pm25', averaging: '24h', unit: 'ugm3' }
const PM10: Measure = { pollutant: 'pm10', averaging: '24h', unit: 'ugm3' }
const O3_8H: Measure = { pollutant: 'o3', averaging: '8h', unit: 'ppm' }
const O3_1H: Measure = { pollutant: 'o3', averaging: '1h', unit: 'ppm' }
const CO: Measure = { pollutant: 'co', averaging: '8h', unit: 'ppm' }
const SO2_1H: Measure = { pollutant: 'so2', averaging: '1h', unit: 'ppb' }
const SO2_24H: Measure = { pollutant: 'so2', averaging: '24h', unit: 'ppb' }
const NO2: Measure = { pollutant: 'no2', averaging: '1h', unit: 'ppb' }

const O3_8H_BANDS: Band[] = [
  [0, 0.054, 0, 50],
  [0.055, 0.07, 51, 100],
  [0.071, 0.085, 101, 150],
  [0.086, 0.105, 151, 200],
  [0.106, 0.2, 201, 300],
]
const SO2_1H_BANDS: Band[] = [
  [0, 35, 0, 50],
  [36, 75, 51, 100],
  [76, 185, 101, 150],
  [186, 304, 151, 200],
]
const O3_1H_TO_300: Band[] = [
  [0.125, 0.164, 101, 150],
  [0.165, 0.204, 151, 200],
  [0.205, 0.404, 201, 300],
]
const PM10_TO_300: Band[] = [
  [0, 54, 0, 50],
  [55, 154, 51, 100],
  [155, 254, 101, 150],
  [255, 354, 151, 200],
  [355, 424, 201, 300],
]
const CO_TO_300: Band[] = [
  [0, 4.4, 0, 50],
  [4.5, 9.4, 51, 100],
  [9.5, 12.4, 101, 150],
  [12.5, 15.4, 151, 200],
  [15.5, 30.4, 201, 300],
]
const NO2_TO_300: Band[] = [
  [0, 53, 0, 50],
  [54, 100, 51, 100],
  [101, 360, 101, 150],
  [361, 649, 151, 200],
  [650, 1249, 201, 300],
]

const PRINTED: Record<'us-epa-2015' | 'us-epa-2024', Printed[]> = {
  'us-epa-2015': [
    {
      measure: PM25,
      step: 0.1,
      bands: [
        [0, 12, 0, 50],
        [12.1, 35.4, 51, 100],
        [35.5, 55.4, 101, 150],
        [55.5, 150.4, 151, 200],
        [150.5, 250.4, 201, 300],
        [250.5, 350.4, 301, 400],
        [350.5, 500.4, 401, 500],
      ],
    },
    { measure: PM10, step: 1, bands: [...PM10_TO_300, [425, 504, 301, 400], [505, 604, 401, 500]] },
    { measure: O3_8H, step: 0.001, bands: O3_8H_BANDS },
    {
      measure: O3_1H,
      step: 0.001,
      bands: [...O3_1H_TO_300, [0.405, 0.504, 301, 400], [0.505, 0.604, 401, 500]],
    },
    { measure: CO, step: 0.1, bands: [...CO_TO_300, [30.5, 40.4, 301, 400], [40.5, 50.4, 401, 500]] },
    { measure: SO2_1H, step: 1, bands: SO2_1H_BANDS },
    {
      measure: SO2_24H,
      step: 1,
      bands: [
        [305, 604, 201, 300],
        [605, 804, 301, 400],
        [805, 1004, 401, 500],
      ],
    },
    { measure: NO2, step: 1, bands: [...NO2_TO_300, [1250, 1649, 301, 400], [1650, 2049, 401, 500]] },
  ],
  'us-epa-2024': [
    {
      measure: PM25,
      step: 0.1,
      bands: [
        [0, 9, 0, 50],
        [9.1, 35.4, 51, 100],
        [35.5, 55.4, 101, 150],
        [55.5, 125.4, 151, 200],
        [125.5, 225.4, 201, 300],
        [225.5, 325.4, 301, 500],
      ],
    },
    { measure: PM10, step: 1, bands: [...PM10_TO_300, [425, 604, 301, 500]] },
    { measure: O3_8H, step: 0.001, bands: O3_8H_BANDS },
    { measure: O3_1H, step: 0.001, bands: [...O3_1H_TO_300, [0.405, 0.604, 301, 500]] },
    { measure: CO, step: 0.1, bands: [...CO_TO_300, [30.5, 50.4, 301, 500]] },
    { measure: SO2_1H, step: 1, bands: SO2_1H_BANDS },
    {
      measure: SO2_24H,
      step: 1,
      bands: [
        [305, 604, 201, 300],
        [605, 1004, 301, 500],
      ],
    },
    { measure: NO2, step: 1, bands: [...NO2_TO_300, [1250, 2049, 301, 500]] },
  ],
}

const indexOf = (concentration: Concentration, scale: Scale) =>
  toSubIndex(concentration, scale)?.value ?? null
/** By the document's own formula; 1e-9 because its ties (125.5) are not exact in decimals. */
const byFormula = (value: number, [low, high, indexLow, indexHigh]: Band) =>
  Math.floor(((indexHigh - indexLow) / (high - low)) * (value - low) + indexLow + 0.5 + 1e-9)

const columns = Object.entries(PRINTED).flatMap(([scale, printed]) =>
  printed.map((column) => ({
    ...column,
    scale: scale === 'us-epa-2015' ? ('us-epa-2015' as const) : ('us-epa-2024' as const),
    name: `${scale} ${column.measure.pollutant} ${column.measure.averaging}`,
  })),
)

describe.each(columns)('$name', ({ scale, measure, step, bands }) => {
  const at = (value: number) => indexOf({ ...measure, value: Number(value.toFixed(6)) }, scale)

  test.each(bands)('band %d to %d is %d to %d', (low, high, indexLow, indexHigh) => {
    const band: Band = [low, high, indexLow, indexHigh]
    expect(at(low)).toBe(indexLow)
    expect(at(low + step)).toBe(byFormula(low + step, band))
    expect(at(high - step)).toBe(byFormula(high - step, band))
    expect(at(high)).toBe(indexHigh)
    expect(at(high + 0.99 * step), 'truncated, not rounded').toBe(indexHigh)
  })

  test('each band begins one step above the one before', () => {
    for (const [i, [low]] of bands.entries()) {
      if (i > 0) expect(at(low - step)).toBe(bands[i - 1]?.[3])
    }
  })
})

describe('past the table', () => {
  test.each([
    // The last line goes on: 401 + 99 × (600 − 350.5) / 149.9 and 301 + 199 × (600 − 225.5) / 99.9.
    ['us-epa-2015', { ...PM25, value: 600 }, 566],
    ['us-epa-2024', { ...PM25, value: 600 }, 1047],
    ['us-epa-2024', { ...PM25, value: 325.5 }, 500],
    ['us-epa-2024', { ...PM25, value: 325.9 }, 501],
    ['us-epa-2015', { ...PM10, value: 605 }, 501],
    ['us-epa-2024', { ...SO2_24H, value: 1010 }, 503],
    // Ozone: 8 h ends at 300, 1 h begins at 101.
    ['us-epa-2015', { ...O3_8H, value: 0.201 }, null],
    ['us-epa-2024', { ...O3_8H, value: 0.201 }, null],
    ['us-epa-2024', { ...O3_1H, value: 0.124 }, null],
    ['us-epa-2024', { ...O3_1H, value: 0 }, null],
    // SO2: 1 h stays at 200, 24 h begins at 201.
    ['us-epa-2024', { ...SO2_1H, value: 305 }, 200],
    ['us-epa-2015', { ...SO2_1H, value: 5000 }, 200],
    ['us-epa-2024', { ...SO2_24H, value: 304 }, null],
  ] as const)('%s %o is %s', (scale, concentration, expected) => {
    expect(indexOf(concentration, scale)).toBe(expected)
  })
})

describe('examples of the document', () => {
  test.each([
    [{ ...O3_8H, value: 0.07853333 }, 126],
    [{ ...PM25, value: 35.9 }, 102],
    [{ ...CO, value: 8.4 }, 90],
    // The document prints 148, but its formula gives 147.487 and its rule is the nearest whole number.
    [{ ...O3_1H, value: 0.162 }, 147],
  ] as const)('%o is %d', (concentration, expected) => {
    expect(indexOf(concentration, 'us-epa-2024')).toBe(expected)
    expect(indexOf(concentration, 'us-epa-2015')).toBe(expected)
  })

  test('the scales part in PM2.5: 9.0 µg/m³ ends Good in 2024 only', () => {
    expect(indexOf({ ...PM25, value: 9 }, 'us-epa-2015')).toBe(38)
    expect(indexOf({ ...PM25, value: 9 }, 'us-epa-2024')).toBe(50)
  })
})
