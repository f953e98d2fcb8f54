import { defineGroup, type RowOf } from '@airq/feature-store'

// Rows as the pipelines keep them: one a station and day, with the columns of `aqi_daily`.

const DAY = 86_400_000
/** 1 January 2016. */
const FIRST_DAY = 16_801
export const TEN_YEARS = 3653

const subIndex = (pollutant: string) =>
  ({ type: 'int', nullable: true, description: `Daily sub-index of ${pollutant}.` }) as const
const text = (description: string) => ({ type: 'string', description }) as const

export const daily = defineGroup({
  name: 'bench_daily',
  version: 1,
  description: 'Made-up days.',
  primaryKey: ['station', 'day'],
  eventTime: 'day_start',
  columns: {
    station: text('Station.'),
    day: text('Local day.'),
    day_start: { type: 'bigint', description: 'Local midnight, epoch ms.' },
    time_zone: text('Zone.'),
    pm25: subIndex('PM2.5'),
    pm10: subIndex('PM10'),
    o3: subIndex('ozone'),
    no2: subIndex('NO2'),
    so2: subIndex('SO2'),
    co: subIndex('CO'),
    aqi: subIndex('all'),
    hours: { type: 'int', nullable: true, description: 'Hours with a value.' },
    status: text('Status.'),
    origin: text('Origin.'),
    unit: text('Unit.'),
    scale: text('Scale.'),
    known_at: { type: 'bigint', description: 'Known from, epoch ms.' },
  },
})

/** As little as a forecast needs. */
export const narrow = defineGroup({
  name: 'bench_narrow',
  version: 1,
  description: 'Made-up days with one value.',
  primaryKey: ['station', 'day'],
  eventTime: 'day_start',
  columns: {
    station: daily.columns.station,
    day: daily.columns.day,
    day_start: daily.columns.day_start,
    known_at: daily.columns.known_at,
    aqi: daily.columns.aqi,
  },
})

export type DailyRow = RowOf<(typeof daily)['columns']>
export type NarrowRow = RowOf<(typeof narrow)['columns']>

const days = new Map<number, string>()

function dayText(day: number): string {
  const known = days.get(day)
  if (known !== undefined) return known
  const made = new Date((FIRST_DAY + day) * DAY).toISOString().slice(0, 10)
  days.set(day, made)
  return made
}

export function stationName(station: number): string {
  return `station-${String(station).padStart(5, '0')}`
}

export function dailyRow(station: number, day: number): DailyRow {
  const level = 20 + ((station * 7 + day * 13) % 180)
  const start = (FIRST_DAY + day) * DAY - 28_800_000
  return {
    station: stationName(station),
    day: dayText(day),
    day_start: start,
    time_zone: 'Asia/Shanghai',
    pm25: level,
    pm10: level - 5,
    o3: day % 7 === 0 ? null : level >> 1,
    no2: level >> 2,
    so2: level >> 4,
    co: level >> 3,
    aqi: level,
    hours: 24,
    status: 'final',
    origin: 'csv',
    unit: 'sub-index',
    scale: 'us-epa-2015',
    known_at: start + DAY,
  }
}

export function narrowRow(station: number, day: number): NarrowRow {
  const { station: name, day: text, day_start, known_at, aqi } = dailyRow(station, day)
  return { station: name, day: text, day_start, known_at, aqi }
}
