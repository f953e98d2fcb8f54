import { dayFromNumber } from '@airq/aqi-client'
import { FeatureGroupsError } from '../errors.ts'
import type { DailySeries, Field } from './series.ts'

/** The moment of a forecast: the last day that may count as complete, and the instant. */
export interface DecisionPoint {
  /** Day number of D; the forecast is for D + 1. */
  readonly day: number
  /** Epoch ms; what became known later doesn't exist for this decision. */
  readonly at: number
}

/**
 * The series as it was known at one decision. A day that was known too late reads as missing; asking for a
 * day that had not begun, or handing in a value known later, is a mistake in a feature and throws `leakage`.
 */
export class PointInTimeView {
  readonly decision: DecisionPoint
  readonly #series: DailySeries
  #column = ''

  constructor(series: DailySeries, decision: DecisionPoint) {
    this.#series = series
    this.decision = decision
  }

  /** Names the column that reads from here on, so that a leak can be told by name. */
  enter(column: string): void {
    this.#column = column
  }

  /** Day number of the target. */
  get targetDay(): number {
    return this.decision.day + 1
  }

  /** The value of D − `daysBack`; `NaN` when missing or not yet known. */
  value(field: Field, daysBack: number): number {
    if (daysBack < 0) {
      throw this.#leak(
        `reads ${field} of ${dayFromNumber(this.decision.day - daysBack)}, a day after the decision`,
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

  /** Lets a value from elsewhere in, provided it was known at the decision (`knownAt` in epoch ms). */
  admit(value: number, knownAt: number): number {
    if (knownAt <= this.decision.at) return value
    throw this.#leak(`uses a value known only from ${new Date(knownAt).toISOString()}`)
  }

  #leak(what: string): FeatureGroupsError {
    return new FeatureGroupsError('leakage', `the column "${this.#column}" ${what}`, {
      where: `the row decided at ${new Date(this.decision.at).toISOString()} for ${dayFromNumber(this.targetDay)}`,
      hint: 'A feature may only use what was known at the decision; shift it back or drop it.',
    })
  }
}
