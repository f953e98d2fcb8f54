import {
  addDays,
  type DailyReading,
  endOfDay,
  type HourlyReading,
  localDay,
  localHourAt,
  startOfDay,
} from '@airq/aqi-client'
import type { AqiImportRow, IssuedInterval } from '@airq/feature-groups'
import type { StationFacts, Thresholds } from '../../src/index.ts'

export const ZONE = 'Europe/Vienna'
export const HOUR = 3_600_000
export const TODAY = localDay('2026-03-29')
/** Noon of the day that has 23 hours. */
export const NOW = startOfDay(TODAY, ZONE) + 11 * HOUR

export const THRESHOLDS: Thresholds = {
  staleHours: 12,
  staleDays: 3,
  missedHours: { feature: 7, inference: 30 },
  forecastHours: 6,
  skill: { days: [30, 90], leastDays: 20, alarmBelow: 0 },
  coverage: { days: 90, leastDays: 30 },
  confidence: 0.95,
  stuckHours: 24,
  stuckDays: 6,
  identityDays: 7,
  alignmentDays: 90,
}

export function facts(change: Partial<StationFacts> = {}): StationFacts {
  return {
    id: 'vienna',
    timeZone: ZONE,
    rules: [{ decision: 'end-of-day' }],
    days: [],
    readings: [],
    newestReadingAt:
      change.readings === undefined ? null : Math.max(...change.readings.map(({ observedAt }) => observedAt)),
    heldBack: [],
    issued: [],
    told: null,
    identity: null,
    imports: [],
    ...change,
  }
}
export function day(back: number, pm25: number, change: Partial<DailyReading> = {}): DailyReading {
  const name = addDays(TODAY, -back)
  return {
    day: name,
    timeZone: ZONE,
    sub: { pm25 },
    aqi: pm25,
    hours: 24,
    status: 'final',
    origin: 'pulls',
    unit: 'sub-index',
    scale: 'us-epa-2015',
    knownAt: endOfDay(name, ZONE),
    ...change,
  }
}
export function reading(hoursBack: number, pm25: number, change: Partial<HourlyReading> = {}): HourlyReading {
  const observedAt = NOW - hoursBack * HOUR
  return {
    hour: localHourAt(observedAt, ZONE),
    observedAt,
    sub: { pm25 },
    aqi: pm25,
    dominant: 'pm25',
    unit: 'sub-index',
    scale: 'us-epa-2015',
    evidence: 'station',
    knownAt: observedAt,
    ...change,
  }
}
export const every3h = (count: number, value: (i: number) => number, change: Partial<HourlyReading> = {}) =>
  Array.from({ length: count }, (_, i) => reading(i * 3, value(i), change))

export function issued(back: number, change: Partial<IssuedInterval> = {}): IssuedInterval {
  const name = addDays(TODAY, -back)
  return {
    day: name,
    timeZone: ZONE,
    issueSlot: `${addDays(name, -1)}T24`,
    issuedAt: startOfDay(name, ZONE) + 60_000,
    decision: 'end-of-day',
    aqi: 50,
    lower: 30,
    upper: 70,
    coverage: 0.9,
    model: { name: 'm', version: '1.0.0' },
    lastFinalDay: addDays(name, -1),
    fallback: false,
    ...change,
  }
}

/** An import so many days ago, of a download made west of UTC. */
export function imported(number: number, back: number, change: Partial<AqiImportRow> = {}): AqiImportRow {
  const shifts = { shift_pm10: 0, shift_o3: 0, shift_no2: 0, shift_so2: 0, shift_co: 0 }
  return {
    station: 'vienna',
    number,
    source_kind: 'aqicn-csv',
    first_day: '2020-01-01',
    last_day: addDays(TODAY, -back - 1),
    final_days: 2000,
    partial_days: 0,
    missing_days: 3,
    shift_pm25: -1,
    ...shifts,
    stretches: 1,
    method: 'block-marks',
    confidence: 'high',
    download_zone: 'auto',
    days_sha256: 'a'.repeat(64),
    known_at: NOW - back * 24 * HOUR,
    ...change,
  }
}
