import { dayFromNumber, type Pollutant } from '@airq/aqi-client'
import { FeatureGroupsError } from '../errors.ts'
import type { FeatureColumn } from './columns.ts'
import type { DecisionPoint } from './decisions.ts'
import { type HourSeries, layOutHours } from './hour-series.ts'
import type { AirOutlook, Beside, Origin, WeatherField, WeatherOutlook } from './information.ts'
import { OutlookSeries } from './outlook-series.ts'
import type { DailySeries, Field } from './series.ts'

/** A model publishes an hour this late: later ones are left out even where a pull had them sooner. */
const MODEL_DELAY_HOURS = 8
const HOUR_MS = 3_600_000

/** What is known beside the days, laid out once for all decisions. */
export interface BesideSeries {
  readonly stationHours: HourSeries
  readonly modelHours: HourSeries
  readonly weather: OutlookSeries<WeatherOutlook>
  readonly sourceForecasts: OutlookSeries<AirOutlook>
}

export function layOutBeside(beside: Beside): BesideSeries {
  return {
    stationHours: layOutHours(beside.hours ?? []),
    modelHours: layOutHours(beside.modelHours ?? []),
    weather: new OutlookSeries(beside.weather ?? [], ({ part }) => part),
    sourceForecasts: new OutlookSeries(beside.sourceForecasts ?? [], ({ pollutant }) => pollutant),
  }
}

/**
 * Everything as it was known at one decision. What was known too late reads as missing; asking for a day or an hour
 * that had not begun, reading what the column doesn't declare, or handing in a value known later, is a mistake in a
 * feature and throws `leakage`.
 */
export class PointInTimeView {
  readonly decision: DecisionPoint
  readonly #series: DailySeries
  readonly #beside: BesideSeries
  #column: Pick<FeatureColumn, 'name' | 'from'> | null = null

  constructor(series: DailySeries, beside: BesideSeries, decision: DecisionPoint) {
    this.#series = series
    this.#beside = beside
    this.decision = decision
  }

  /** Names the column that reads from here on, so that a leak can be told by name. */
  enter(column: Pick<FeatureColumn, 'name' | 'from'>): void {
    this.#column = column
  }

  /** Day number of the target. */
  get targetDay(): number {
    return this.decision.targetDay
  }

  /** The value of the last complete day − `daysBack`; `NaN` when missing or not yet known. */
  value(field: Field, daysBack: number): number {
    this.#reads('days')
    if (daysBack < 0) {
      throw this.#leak(
        `reads ${field} of ${dayFromNumber(this.decision.day - daysBack)}, a day after the decision`,
        this.#untilHour((this.decision.day - daysBack + 1) * 24),
      )
    }
    const index = this.decision.day - daysBack - this.#series.firstDay
    const known = this.#series.knownAt[index]
    if (known === undefined || known > this.decision.at) return Number.NaN
    return this.#series.values[field][index] ?? Number.NaN
  }

  /** The last known value at D − `daysBack` or up to `maxAge` days before it; `NaN` when there is none. */
  carried(field: Field, daysBack: number, maxAge: number): number {
    for (let age = 0; age <= maxAge; age++) {
      const value = this.value(field, daysBack + age)
      if (!Number.isNaN(value)) return value
    }
    return Number.NaN
  }

  /**
   * Mean of log(1 + sub-index) over the local hours `from` (in) to `to` (out) of day number `day`, as far as they
   * were known; `NaN` when none was.
   */
  hours(field: Field, day: number, window: readonly [from: number, to: number]): number {
    const { logs, ...hours } = this.#stationHours(field, day, window)
    return this.#mean(logs[field], hours, day * 24 + window[0], day * 24 + window[1])
  }

  /** The same mean of the sub-indices themselves. */
  meanOfHours(field: Field, day: number, window: readonly [from: number, to: number]): number {
    const { values, ...hours } = this.#stationHours(field, day, window)
    return this.#mean(values[field], hours, day * 24 + window[0], day * 24 + window[1])
  }

  /** How many local hours of day number `day` were known, of any pollutant. */
  hoursKnown(day: number): number {
    const { firstHour, knownAt } = this.#beside.stationHours
    const of = knownAt.subarray(Math.max(0, day * 24 - firstHour), Math.max(0, day * 24 + 24 - firstHour))
    return of.filter((known) => known <= this.decision.at).length
  }

  /** Mean of log(1 + sub-index) over the last `count` hours that a model had surely published; `NaN` without any. */
  modelHours(field: Field, count: number): number {
    this.#reads('modelHours')
    const end = this.decision.hour - MODEL_DELAY_HOURS + 1
    const { logs, ...hours } = this.#beside.modelHours
    return this.#mean(logs[field], hours, end - count, end)
  }

  /** Weather of a day number or a part of it, by the newest forecast known; `NaN` where there is none. */
  weather(field: WeatherField, day: number, part: string): number {
    this.#reads('weather')
    return this.#beside.weather.newest(day, part, this.decision.at)?.[field] ?? Number.NaN
  }

  /** A day's mean sub-index as the source itself forecast it, by the newest forecast known. */
  sourceForecast(pollutant: Pollutant, day: number): number {
    this.#reads('sourceForecast')
    return this.#beside.sourceForecasts.newest(day, pollutant, this.decision.at)?.average ?? Number.NaN
  }

  /** Lets a value from elsewhere in, provided it was known at the decision (`knownAt` in epoch ms). */
  admit(value: number, knownAt: number): number {
    this.#reads('elsewhere')
    if (knownAt <= this.decision.at) return value
    throw this.#leak(
      `uses a value known only from ${new Date(knownAt).toISOString()}`,
      knownAt - this.decision.at,
    )
  }

  #stationHours(field: Field, day: number, [, to]: readonly [number, number]): HourSeries {
    this.#reads('stationHours')
    if (day * 24 + to <= this.decision.hour) return this.#beside.stationHours
    throw this.#leak(
      `reads ${field} of hour ${String(to - 1)} of ${dayFromNumber(day)}, after the decision`,
      this.#untilHour(day * 24 + to),
    )
  }

  /** By the station's clock, from the decision to a local hour since 1970-01-01T00. */
  #untilHour(hour: number): number {
    return (hour - this.decision.hour) * HOUR_MS
  }

  #mean(
    values: Float64Array,
    { firstHour, length, knownAt }: Pick<HourSeries, 'firstHour' | 'length' | 'knownAt'>,
    first: number,
    end: number,
  ): number {
    let sum = 0
    let count = 0
    for (let index = Math.max(0, first - firstHour); index < Math.min(length, end - firstHour); index++) {
      const value = values[index] ?? Number.NaN
      if ((knownAt[index] ?? Number.POSITIVE_INFINITY) > this.decision.at || Number.isNaN(value)) continue
      sum += value
      count++
    }
    return count === 0 ? Number.NaN : sum / count
  }

  #reads(origin: Origin): void {
    if (this.#column === null || this.#column.from === origin) return
    throw this.#leak(`reads ${origin} and declares ${this.#column.from}`)
  }

  /** `lateMs`: how long after the decision the value is known. */
  #leak(what: string, lateMs?: number): FeatureGroupsError {
    return new FeatureGroupsError('leakage', `the column "${this.#column?.name ?? ''}" ${what}`, {
      where: `the row decided at ${new Date(this.decision.at).toISOString()} for ${dayFromNumber(this.targetDay)}`,
      hint: 'A feature may only use what was known at the decision; shift it back or drop it.',
      ...(lateMs === undefined ? {} : { details: { lateMs } }),
    })
  }
}
