import { defineGroup } from '../../src/index.ts'
import type { RowOf } from '../../src/index.ts'

const station = { type: 'string', description: 'Station.' } as const
const day = { type: 'string', description: 'Local day, YYYY-MM-DD.' } as const
const dayStart = { type: 'bigint', description: 'Local midnight, epoch ms.' } as const
const knownAt = { type: 'bigint', description: 'Known from, epoch ms.' } as const

/** A row a station and day, as pipelines write them. */
export const daily = defineGroup({
  name: 'city_daily',
  version: 1,
  description: 'One AQI a station and day.',
  primaryKey: ['station', 'day'],
  eventTime: 'day_start',
  columns: {
    station,
    day,
    day_start: dayStart,
    known_at: knownAt,
    aqi: { type: 'int', nullable: true, description: 'Daily AQI.' },
    pm25: { type: 'double', nullable: true, description: 'Sub-index of PM2.5.' },
  },
})

/** Forecasts, written back: several revisions a day. */
export const forecasts = defineGroup({
  name: 'city_forecasts',
  version: 1,
  description: 'Every forecast issued.',
  primaryKey: ['station', 'day', 'revision'],
  eventTime: 'day_start',
  columns: {
    station,
    day,
    revision: { type: 'int', description: 'From 0.' },
    day_start: dayStart,
    known_at: knownAt,
    aqi: { type: 'double', description: 'Forecast.' },
    note: { type: 'string', nullable: true, description: 'Words.' },
  },
})

export type Daily = RowOf<(typeof daily)['columns']>
export type ForecastRow = RowOf<(typeof forecasts)['columns']>

const DAY_MS = 86_400_000
/** Midnight in Beijing. */
const FIRST_DAY_START = Date.parse('2026-01-01T00:00:00+08:00')

export function dailyRow(index: number, changes: Partial<Daily> = {}): Daily {
  const start = FIRST_DAY_START + index * DAY_MS
  return {
    station: 'beijing',
    day: labelOf(index),
    day_start: start,
    known_at: start + DAY_MS,
    aqi: 50 + index,
    pm25: index / 3,
    ...changes,
  }
}

export function dailyRows(count: number): Daily[] {
  return Array.from({ length: count }, (_, index) => dailyRow(index))
}

export function forecastRow(index: number, changes: Partial<ForecastRow> = {}): ForecastRow {
  const start = FIRST_DAY_START + index * DAY_MS
  return {
    station: 'beijing',
    day: labelOf(index),
    revision: 0,
    day_start: start,
    known_at: start - DAY_MS,
    aqi: 60.5,
    note: null,
    ...changes,
  }
}

function labelOf(index: number): string {
  return new Date(Date.UTC(2026, 0, 1) + index * DAY_MS).toISOString().slice(0, 10)
}
