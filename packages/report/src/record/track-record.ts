import { classBounds, type LocalDay, type Scale } from '@airq/aqi-client'
import { type DecisionRule, hourOf } from '@airq/feature-groups'
import { dieboldMariano, score } from '@airq/model'
import { group, mean } from 'd3-array'
import type { IssuedSeries } from '../ledger/issued.ts'
import { countedPairs, type Pair } from './pairs.ts'

/** How the forecasts of a span of days did. Index points; shares from 0 to 1. */
export interface SpanRecord {
  readonly n: number
  readonly firstDay: LocalDay
  readonly lastDay: LocalDay
  readonly mae: number
  readonly persistenceMae: number
  /** 1 − MAE / persistence's. */
  readonly skill: number
  /** Share of days within the interval. */
  readonly coverage: number
  /** Share of days whose class was forecast. */
  readonly classHits: number
}

export interface MonthRecord extends SpanRecord {
  /** `YYYY-MM`. */
  readonly month: string
}

/** Of days with such a forecast probability of an AQI above 100: how many came. */
export interface ReliabilityBin {
  readonly from: number
  readonly to: number
  readonly n: number
  /** Mean of what was said. */
  readonly forecast: number
  /** Share that came. */
  readonly observed: number
}

/** Days that were off by `from` points or more, and less than `to` (`null`: without end). */
interface ErrorBand {
  readonly from: number
  readonly to: number | null
  readonly days: number
}

export interface TrackRecord {
  readonly decision: DecisionRule['decision']
  /** Local hour of the decision, 24: the end of the day. */
  readonly hour: number
  /** `null` where nothing can be told yet. */
  readonly total: SpanRecord | null
  /** What the intervals aimed at, on average. */
  readonly wantedCoverage: number | null
  /** Probability of so large a lead over persistence between equals; `null` with fewer than 10 days. */
  readonly pModelBetter: number | null
  readonly months: readonly MonthRecord[]
  readonly reliability: readonly ReliabilityBin[]
  readonly errors: readonly ErrorBand[]
  /** The days that were off most; empty where observations are private. */
  readonly worst: readonly Pair[]
  readonly fallbackDays: number
  readonly lateDays: number
  readonly simulated: boolean
}

export interface RecordOptions {
  readonly scale: Scale
  readonly outcomes: ReadonlyMap<string, number>
  readonly publishObservations: boolean
  /** Local day of the report. */
  readonly today: LocalDay
}

/** Fewer days of a month than this would tell of single days. */
const LEAST_DAYS = 10
const WORST = 5
const BINS = [0, 0.2, 0.4, 0.6, 0.8, 1] as const
const ERROR_STEPS = [0, 10, 25, 50, 100] as const
/** Index of the first class above 100. */
const ABOVE_100 = 2

/**
 * How the forecasts of a series did as they were issued. Where observations are private, whole months that are over
 * count and no others: from figures that moved daily, each day's outcome could be computed.
 */
export function trackRecord({ rule, rows }: IssuedSeries, options: RecordOptions): TrackRecord {
  const { outcomes, publishObservations, scale } = options
  const { pairs: all, fallbackDays, lateDays } = countedPairs(rows, outcomes)
  const byMonth = [...group(all, ({ day }) => day.slice(0, 7))].filter(
    ([month, ofMonth]) =>
      publishObservations || (month < options.today.slice(0, 7) && ofMonth.length >= LEAST_DAYS),
  )
  const pairs = byMonth.flatMap(([, ofMonth]) => ofMonth)
  return {
    decision: rule.decision,
    hour: hourOf(rule),
    total: spanRecord(pairs, scale),
    wantedCoverage: mean(pairs, ({ row }) => row.coverage) ?? null,
    pModelBetter: pairs.length < LEAST_DAYS ? null : leadOf(pairs),
    months: byMonth.flatMap(([month, ofMonth]) => {
      const record = spanRecord(ofMonth, scale)
      return record === null ? [] : [{ month, ...record }]
    }),
    reliability: reliability(pairs, scale).filter(({ n }) => publishObservations || n >= LEAST_DAYS),
    errors: errorBands(pairs),
    worst: publishObservations ? pairs.toSorted((a, b) => errorOf(b) - errorOf(a)).slice(0, WORST) : [],
    fallbackDays,
    lateDays,
    simulated: rows.some(({ simulated }) => simulated),
  }
}

export function errorOf({ row, actual }: Pair): number {
  return Math.abs(row.aqi - actual)
}

function spanRecord(pairs: readonly Pair[], scale: Scale): SpanRecord | null {
  const [first, last] = [pairs[0], pairs.at(-1)]
  if (first === undefined || last === undefined) return null
  const [actual, persistence] = [pairs.map((one) => one.actual), pairs.map((one) => one.persistence)]
  const said = pairs.map(({ row }) => row.aqi)
  const scores = score(actual, said, persistence, classBounds(scale))
  const within = pairs.filter(({ row, actual: came }) => row.lower <= came && came <= row.upper)
  return {
    n: pairs.length,
    firstDay: first.day,
    lastDay: last.day,
    mae: scores.mae,
    persistenceMae: score(actual, persistence, persistence, classBounds(scale)).mae,
    skill: scores.skill,
    coverage: within.length / pairs.length,
    classHits: scores.categoryAccuracy,
  }
}

function leadOf(pairs: readonly Pair[]): number {
  const { pFirstBetter } = dieboldMariano(
    pairs.map(({ actual }) => actual),
    pairs.map(({ row }) => row.aqi),
    pairs.map(({ persistence }) => persistence),
  )
  return pFirstBetter
}

/** Probability of an AQI above 100, as the ledger holds it. */
export function chanceAbove100(row: Pair['row']): number {
  return Math.min(1, row.p_unhealthy_sensitive + row.p_unhealthy + row.p_very_unhealthy + row.p_hazardous)
}

function reliability(pairs: readonly Pair[], scale: Scale): ReliabilityBin[] {
  const bound = classBounds(scale)[ABOVE_100 - 1] ?? Number.NaN
  return BINS.slice(0, -1).flatMap((from, i) => {
    const to = BINS[i + 1] ?? 1
    const inside = pairs.filter(({ row }) => {
      const chance = chanceAbove100(row)
      return chance >= from && (chance < to || to === 1)
    })
    const forecast = mean(inside, ({ row }) => chanceAbove100(row))
    const observed = mean(inside, ({ actual }) => (actual >= bound ? 1 : 0))
    return forecast === undefined || observed === undefined
      ? []
      : [{ from, to, n: inside.length, forecast, observed }]
  })
}

function errorBands(pairs: readonly Pair[]): ErrorBand[] {
  return ERROR_STEPS.map((from, i) => {
    const to = ERROR_STEPS[i + 1] ?? null
    const days = pairs.filter((pair) => errorOf(pair) >= from && (to === null || errorOf(pair) < to)).length
    return { from, to, days }
  })
}
