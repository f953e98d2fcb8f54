import type { Measure } from './concentration.ts'
import type { Column, Segment, Table } from './table.ts'

/**
 * A column as the document prints it: the highest concentration of each band. A band starts one step above the
 * one before, and so does its index. `start`: where the first band begins, concentration and index.
 */
interface Bands {
  readonly decimals: number
  readonly tops: readonly number[]
  readonly indices: readonly number[]
  readonly start?: readonly [concentration: number, index: number]
  readonly above?: Column['above']
}

const INDICES_2015 = [50, 100, 150, 200, 300, 400, 500]
const INDICES_2024 = [50, 100, 150, 200, 300, 500]

function column(
  measure: Measure,
  { decimals, tops, indices, start = [0, 0], above = 'line' }: Bands,
): Column {
  const stepsPerUnit = 10 ** decimals
  const steps = (concentration: number) => Math.round(concentration * stepsPerUnit)
  const segment = (top: number, indexTo: number, from: number, indexFrom: number): Segment => ({
    from,
    to: steps(top),
    indexFrom,
    indexTo,
  })
  const [firstTop = 0, ...otherTops] = tops
  const [firstIndex = 0, ...otherIndices] = indices
  const first = segment(firstTop, firstIndex, steps(start[0]), start[1])
  const others = otherTops.map((top, i) =>
    segment(top, otherIndices[i] ?? 0, steps(tops[i] ?? 0) + 1, (indices[i] ?? 0) + 1),
  )
  return { measure, stepsPerUnit, segments: [first, ...others], above, daily: true }
}

const table = (columns: readonly Column[]): Table => ({
  before: 'truncate',
  after: 'nearest',
  least: 0,
  dominantFrom: 0,
  columns,
})

const PM25: Measure = { pollutant: 'pm25', averaging: '24h', unit: 'ugm3' }
const PM10: Measure = { pollutant: 'pm10', averaging: '24h', unit: 'ugm3' }
const CO: Measure = { pollutant: 'co', averaging: '8h', unit: 'ppm' }
const NO2: Measure = { pollutant: 'no2', averaging: '1h', unit: 'ppb' }
const SO2_24H: Measure = { pollutant: 'so2', averaging: '24h', unit: 'ppb' }
const O3_1H: Measure = { pollutant: 'o3', averaging: '1h', unit: 'ppm' }

/** Indices above 300 need the 1 h mean: the 8 h column ends there. */
const O3_8H = column(
  { pollutant: 'o3', averaging: '8h', unit: 'ppm' },
  { decimals: 3, tops: [0.054, 0.07, 0.085, 0.105, 0.2], indices: [50, 100, 150, 200, 300], above: 'none' },
)

/** From 305 ppb the 24 h mean decides. As long as that is below 305 the index is 200, the top of this column. */
const SO2_1H = column(
  { pollutant: 'so2', averaging: '1h', unit: 'ppb' },
  { decimals: 0, tops: [35, 75, 185, 304], indices: [50, 100, 150, 200], above: 'top' },
)

/**
 * In force until May 2024: PM2.5 bands of 2012, ozone bands of 2015, two hazardous segments. Above 500 the last
 * line goes on.
 */
export const US_EPA_2015: Table = table([
  column(PM25, { decimals: 1, tops: [12, 35.4, 55.4, 150.4, 250.4, 350.4, 500.4], indices: INDICES_2015 }),
  column(PM10, { decimals: 0, tops: [54, 154, 254, 354, 424, 504, 604], indices: INDICES_2015 }),
  O3_8H,
  column(O3_1H, {
    decimals: 3,
    start: [0.125, 101],
    tops: [0.164, 0.204, 0.404, 0.504, 0.604],
    indices: INDICES_2015.slice(2),
  }),
  column(NO2, { decimals: 0, tops: [53, 100, 360, 649, 1249, 1649, 2049], indices: INDICES_2015 }),
  SO2_1H,
  column(SO2_24H, { decimals: 0, start: [305, 201], tops: [604, 804, 1004], indices: INDICES_2015.slice(4) }),
  column(CO, { decimals: 1, tops: [4.4, 9.4, 12.4, 15.4, 30.4, 40.4, 50.4], indices: INDICES_2015 }),
])

/** EPA-454/B-24-002, table 6. One hazardous segment, 301 to 500, whose line goes on above 500. */
export const US_EPA_2024: Table = table([
  column(PM25, { decimals: 1, tops: [9, 35.4, 55.4, 125.4, 225.4, 325.4], indices: INDICES_2024 }),
  column(PM10, { decimals: 0, tops: [54, 154, 254, 354, 424, 604], indices: INDICES_2024 }),
  O3_8H,
  column(O3_1H, {
    decimals: 3,
    start: [0.125, 101],
    tops: [0.164, 0.204, 0.404, 0.604],
    indices: INDICES_2024.slice(2),
  }),
  column(NO2, { decimals: 0, tops: [53, 100, 360, 649, 1249, 2049], indices: INDICES_2024 }),
  SO2_1H,
  column(SO2_24H, { decimals: 0, start: [305, 201], tops: [604, 1004], indices: INDICES_2024.slice(4) }),
  column(CO, { decimals: 1, tops: [4.4, 9.4, 12.4, 15.4, 30.4, 50.4], indices: INDICES_2024 }),
])
