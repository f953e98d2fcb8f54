import { addDays, localDayAt } from '@airq/aqi-client'
import {
  type CountedForecast,
  countedForecasts,
  type DecisionRule,
  hourOf,
  type IssuedInterval,
} from '@airq/feature-groups'
import type { Question, StationFacts } from './types.ts'

/** Where a check of chance is still in doubt at this confidence, an open alert of it stays open. */
export const CLEARING_CONFIDENCE = 0.5

/** The forecasts of a decision that count and have an outcome, of the last so many days. */
export function countedOf(
  { issued, days, timeZone }: StationFacts,
  rule: DecisionRule,
  { now }: Question,
): (lastDays: number) => CountedForecast<IssuedInterval>[] {
  const slot = `T${String(hourOf(rule)).padStart(2, '0')}`
  const ours = issued.filter(
    ({ decision, issueSlot, issuedAt }) =>
      decision === rule.decision && issueSlot.endsWith(slot) && issuedAt <= now,
  )
  const counted = countedForecasts(ours, days, now)
  return (lastDays) => {
    const since = addDays(localDayAt(now, timeZone), -lastDays)
    return counted.filter(({ forecast }) => forecast.day >= since)
  }
}

/** To a thousandth. */
export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}
