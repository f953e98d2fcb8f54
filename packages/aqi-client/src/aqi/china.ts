import type { Measure } from './concentration.ts'
import type { Column, Segment, Table } from './table.ts'

const INDICES = [50, 100, 150, 200, 300, 400, 500]

/**
 * A column as the standard prints it: the concentrations at IAQI 50, 100, 150 … 500, from 0 at IAQI 0. Segments
 * share their ends. CO is counted in tenths of a mg/m³, all else in µg/m³.
 */
function column(measure: Measure, anchors: readonly number[], options: Partial<Column> = {}): Column {
  const stepsPerUnit = measure.unit === 'mgm3' ? 10 : 1
  const segment = (i: number): Segment => ({
    from: (anchors[i - 1] ?? 0) * stepsPerUnit,
    to: (anchors[i] ?? 0) * stepsPerUnit,
    indexFrom: INDICES[i - 1] ?? 0,
    indexTo: INDICES[i] ?? 0,
  })
  const others = anchors.slice(1).map((_, i) => segment(i + 1))
  return { measure, stepsPerUnit, segments: [segment(0), ...others], above: 'top', daily: true, ...options }
}

const HOURLY = { daily: false }

const SO2_1H: Measure = { pollutant: 'so2', averaging: '1h', unit: 'ugm3' }
const SO2_1H_ANCHORS = [150, 500, 650, 800]
const O3_1H: Measure = { pollutant: 'o3', averaging: '1h', unit: 'ugm3' }
const O3_1H_ANCHORS = [160, 200, 300, 400, 800, 1000, 1200]
const O3_8H: Measure = { pollutant: 'o3', averaging: '8h', unit: 'ugm3' }
const O3_8H_ANCHORS = [100, 160, 215, 265, 800]
const PM25: Measure = { pollutant: 'pm25', averaging: '24h', unit: 'ugm3' }
const PM25_ANCHORS_2026 = [35, 60, 115, 150, 250, 350, 500]
const PM10: Measure = { pollutant: 'pm10', averaging: '24h', unit: 'ugm3' }
const PM10_ANCHORS_2026 = [50, 120, 250, 350, 420, 500, 600]

/** The columns 2026 left as they were. */
const UNCHANGED: readonly Column[] = [
  column({ pollutant: 'so2', averaging: '24h', unit: 'ugm3' }, [50, 150, 475, 800, 1600, 2100, 2620]),
  column({ pollutant: 'no2', averaging: '24h', unit: 'ugm3' }, [40, 80, 180, 280, 565, 750, 940]),
  column(
    { pollutant: 'no2', averaging: '1h', unit: 'ugm3' },
    [100, 200, 700, 1200, 2340, 3090, 3840],
    HOURLY,
  ),
  column({ pollutant: 'co', averaging: '24h', unit: 'mgm3' }, [2, 4, 14, 24, 36, 48, 60]),
  column({ pollutant: 'co', averaging: '1h', unit: 'mgm3' }, [5, 10, 35, 60, 90, 120, 150], HOURLY),
]

/**
 * HJ 633-2012, to February 2026. Above 800 µg/m³ neither SO2 1 h nor O3 8 h has an index: SO2 24 h and O3 1 h
 * stand in. Nothing is above 500.
 */
export const CN_HJ633_2012: Table = {
  before: 'nothing',
  after: 'up',
  least: 0,
  dominantFrom: 51,
  columns: [
    ...UNCHANGED,
    column(SO2_1H, SO2_1H_ANCHORS, { ...HOURLY, above: 'none' }),
    column(O3_1H, O3_1H_ANCHORS),
    column(O3_8H, O3_8H_ANCHORS, { above: 'none' }),
    column(PM25, [35, 75, 115, 150, 250, 350, 500]),
    column(PM10, [50, 150, 250, 350, 420, 500, 600]),
  ],
}

/**
 * HJ 633-2026, since March 2026. Above 800 µg/m³ SO2 1 h stays at 200 and O3 8 h at 300. O3 1 h left the daily
 * index; hourly particles have the columns of their daily means.
 */
export const CN_HJ633_2026: Table = {
  before: 'half-even',
  after: 'up',
  least: 1,
  dominantFrom: 51,
  columns: [
    ...UNCHANGED,
    column(SO2_1H, SO2_1H_ANCHORS, HOURLY),
    column(O3_1H, O3_1H_ANCHORS, HOURLY),
    column(O3_8H, O3_8H_ANCHORS),
    column(PM25, PM25_ANCHORS_2026),
    column({ ...PM25, averaging: '1h' }, PM25_ANCHORS_2026, HOURLY),
    column(PM10, PM10_ANCHORS_2026),
    column({ ...PM10, averaging: '1h' }, PM10_ANCHORS_2026, HOURLY),
  ],
}
