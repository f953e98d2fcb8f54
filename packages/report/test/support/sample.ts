import {
  addDays,
  categoryOf,
  type DailyReading,
  endOfDay,
  type LocalDay,
  localDay,
  startOfDay,
} from '@airq/aqi-client'
import type { AqiForecastRow, AqiImportRow } from '@airq/feature-groups'
import type { ReportQuestion, ServingModel, StationFacts } from '../../src/index.ts'

export const ZONE = 'Asia/Shanghai'
export const TODAY = localDay('2026-01-08')
/** Ten minutes past the end of the day before. */
export const NOW = startOfDay(TODAY, ZONE) + 600_000
const HOUR = 3_600_000

/** A number from 0 to 1 that looks like chance and is the same every time. */
function chance(i: number): number {
  const x = Math.sin(i * 12.9898) * 43758.5453
  return x - Math.floor(x)
}

/** Winters worse than summers, spells of a few days. */
export function aqiOn(i: number): number {
  const season = 95 + 45 * Math.cos(((i % 365) / 365) * 2 * Math.PI)
  const spell = 45 * Math.sin(i / 2.7) + 25 * Math.sin(i / 1.3)
  return Math.max(12, Math.round(season + spell + 30 * (chance(i) - 0.5)))
}

/** `count` days up to the day before the report; every 97th is missing, every 61st partial. */
export function days(count: number, change: Partial<DailyReading> = {}): DailyReading[] {
  return Array.from({ length: count }, (_, i) => {
    const day = addDays(TODAY, i - count)
    const status = i % 97 === 96 ? 'missing' : i % 61 === 60 ? 'partial' : 'final'
    const aqi = status === 'missing' ? null : aqiOn(i - count)
    return {
      day,
      timeZone: ZONE,
      sub: aqi === null ? {} : { pm25: aqi },
      aqi,
      hours: null,
      status,
      origin: 'csv',
      unit: 'sub-index',
      scale: 'us-epa-2015',
      knownAt: endOfDay(day, ZONE),
      ...change,
    } as const
  })
}

/** An end-of-day forecast of the day `i` days from the report's, issued ten minutes into it. */
export function forecast(i: number, change: Partial<AqiForecastRow> = {}): AqiForecastRow {
  const day = addDays(TODAY, i)
  const before = addDays(day, -1)
  const aqi = change.aqi ?? Math.max(15, Math.round(aqiOn(i) * 0.7 + 30 + 30 * (chance(i + 7) - 0.5)))
  const shares = sharesFor(aqi)
  return {
    station: 'beijing',
    day,
    issue_slot: `${before}T24`,
    revision: 0,
    day_start: startOfDay(day, ZONE),
    time_zone: ZONE,
    issued_at: startOfDay(day, ZONE) + 600_000,
    decision: 'end-of-day',
    horizon: 1,
    lead: 1,
    aqi,
    lower: Math.floor(aqi * 0.55),
    upper: Math.ceil(aqi * 1.75),
    coverage: 0.9,
    interval_method: 'conformal residuals since 2025-01-02, adapted',
    category: categoryOf(aqi, 'us-epa-2015').key,
    p_good: shares[0] ?? 0,
    p_moderate: shares[1] ?? 0,
    p_unhealthy_sensitive: shares[2] ?? 0,
    p_unhealthy: shares[3] ?? 0,
    p_very_unhealthy: shares[4] ?? 0,
    p_hazardous: shares[5] ?? 0,
    scale: 'us-epa-2015',
    model_name: 'beijing-end-of-day',
    model_version: '1.2.0',
    information_set: 'daily',
    information_hash: 'a'.repeat(64),
    last_final_day: lastFinal(i - 1),
    hours_today: null,
    fallback: false,
    simulated: false,
    known_at: startOfDay(day, ZONE) + 600_000,
    ...change,
  }
}

/** As in `days`: a missing or partial day is carried over. */
function lastFinal(i: number): LocalDay {
  return addDays(TODAY, i)
}

/** An evening forecast of the day `i` days from the report's, issued at 20:05 of the day before. */
export function evening(i: number, change: Partial<AqiForecastRow> = {}): AqiForecastRow {
  const before = addDays(TODAY, i - 1)
  const issued = startOfDay(before, ZONE) + 20 * HOUR + 300_000
  return forecast(i, {
    decision: 'evening',
    issue_slot: `${before}T20`,
    lead: 2,
    issued_at: issued,
    known_at: issued,
    last_final_day: lastFinal(i - 2),
    ...change,
  })
}

/** An import of the day before the report's, of a download made west of UTC. */
export function imported(change: Partial<AqiImportRow> = {}): AqiImportRow {
  const shifts = { shift_pm10: 0, shift_o3: 0, shift_no2: 0, shift_so2: 0, shift_co: null }
  return {
    station: 'beijing',
    number: 0,
    source_kind: 'aqicn-csv',
    first_day: '2014-01-01',
    last_day: '2026-01-06',
    final_days: 4300,
    partial_days: 0,
    missing_days: 90,
    shift_pm25: -1,
    ...shifts,
    stretches: 1,
    method: 'block-marks',
    confidence: 'high',
    download_zone: 'auto',
    days_sha256: 'a'.repeat(64),
    known_at: NOW - 14 * HOUR,
    ...change,
  }
}

/** Shares of the six classes by the distance of a class from a forecast. */
function sharesFor(aqi: number): number[] {
  const middles = [25, 75, 125, 175, 250, 380]
  const weights = middles.map((middle) => Math.exp(-((Math.log(middle / (aqi + 1)) / 0.38) ** 2) / 2))
  const sum = weights.reduce((a, b) => a + b, 0)
  return weights.map((weight) => weight / sum)
}

/** Forecasts of the `count` days before the report's, of that day and of the next. */
export function ledger(count: number): AqiForecastRow[] {
  return Array.from({ length: count + 2 }, (_, i) => evening(i - count))
}

export const MODEL: ServingModel = {
  decision: 'evening',
  name: 'beijing-evening',
  version: '1.2.0',
  contentSha256: '5f'.repeat(32),
  createdAt: '2025-12-01T03:00:00.000Z',
  metrics: {
    airq_mae: 27.4,
    airq_skill: 0.143,
    airq_categoryAccuracy: 0.48,
    airq_coverage90: 0.902,
    airq_width90: 118,
    persistence_mae: 31.99,
    persistence_skill: 0,
    persistence_categoryAccuracy: 0.41,
    persistence_coverage90: 0.9,
    persistence_width90: 151,
    climatology_mae: 36.1,
    climatology_skill: -0.128,
  },
  params: { recipe: 'blend', hyperparameters: {} },
  lineage: {
    gitCommit: 'b176d3d',
    trainingRows: 4210,
    firstDay: '2014-01-01',
    lastDay: '2025-11-30',
    testDays: { n: 365, firstDay: '2024-11-28', lastDay: '2025-11-30' },
    simulated: false,
  },
  promotion: {
    at: '2025-12-01T03:00:05.000Z',
    reason: 'blend: better than the serving recipe on the same days (relMae lower by 2.1 %, p 0.031)',
    from: '1.1.0',
    kind: 'promotion',
  },
}

export function station(change: Partial<StationFacts> = {}): StationFacts {
  const rows = change.ledger ?? ledger(200)
  const newest = rows.at(-1)
  return {
    id: 'beijing',
    name: 'Beijing',
    timeZone: ZONE,
    scale: 'us-epa-2015',
    rules: [{ decision: 'evening' }],
    days: days(400),
    ledger: rows,
    quarantine: [
      { reason: 'stuck', released: false },
      { reason: 'stuck', released: true },
      { reason: 'sentinel', released: false },
    ],
    attributions: JSON.stringify([
      {
        name: 'Beijing Environmental Protection Monitoring Center',
        url: 'http://www.bjmemc.com.cn/',
        logo: null,
      },
      { name: 'World Air Quality Index Project', url: 'https://waqi.info/', logo: null },
    ]),
    models: [MODEL],
    reasons:
      newest === undefined
        ? []
        : [
            {
              day: newest.day,
              issue_slot: newest.issue_slot,
              revision: newest.revision,
              contributions: [
                { feature: 'log_aqi_lag_0', log: 0.31 },
                { feature: 'log_aqi_mean_7', log: -0.12 },
                { feature: 'log_aqi_lag_2', log: 0.05 },
                { feature: 'year_cos_1', log: 0.09 },
                { feature: 'wind_speed_target', log: -0.2 },
                { feature: 'log_pm25_lag_0', log: 0.04 },
                { feature: 'temperature_change', log: 0.02 },
              ],
            },
          ],
    ...change,
  }
}

export function question(change: Partial<ReportQuestion> = {}): ReportQuestion {
  return {
    now: NOW + 20.2 * HOUR,
    stations: [station()],
    publishObservations: false,
    airqVersion: '0.0.0',
    ...change,
  }
}
