import {
  addDays,
  dayFromNumber,
  endOfDay,
  instantOfClock,
  type LocalDay,
  type LocalHour,
  localDayAt,
  localHour,
} from '@airq/aqi-client'

/**
 * The moment and rule of a forecast. `end-of-day`: at 24:00 of a day, when it counts as complete, for the next one;
 * `evening`: while the day is still running, for the next one; `morning`: early on a day, for that day itself.
 */
export const DECISIONS = ['end-of-day', 'evening', 'morning'] as const
export type Decision = (typeof DECISIONS)[number]

/** Local hours at which evening and morning decide unless told otherwise. */
export const DECISION_HOURS = { evening: 20, morning: 6 } as const

/** A decision and, where it isn't the end of the day, its local hour (1 to 23). */
export interface DecisionRule {
  readonly decision: Decision
  /** Default: 20 for `evening`, 6 for `morning`; without meaning for `end-of-day`. */
  readonly hour?: number | undefined
}

/** A decision with the local hour that is its own. */
export function ruleAt(
  decision: Decision,
  hours: Readonly<Record<'evening' | 'morning', number>>,
): DecisionRule {
  return decision === 'end-of-day' ? { decision } : { decision, hour: hours[decision] }
}

/** One decision: the instant, what it forecasts, and the last day that may count as complete by then. */
export interface DecisionPoint {
  /** Day number of the last day that was over: D at its end, the day before for evening and morning. */
  readonly day: number
  /** Day number of the day it forecasts. */
  readonly targetDay: number
  /** Local hours since 1970-01-01T00 of the station's clock: an hour labelled so or later had not been measured. */
  readonly hour: number
  /** Epoch ms; what became known later doesn't exist for this decision. */
  readonly at: number
}

/** The local hour a rule decides at; 24 at the end of the day. */
export function hourOf({ decision, hour }: DecisionRule): number {
  return decision === 'end-of-day' ? 24 : (hour ?? DECISION_HOURS[decision])
}

/** Days from the last one that is over to the target: the lead where that day is known. */
export function targetOffset(decision: Decision): number {
  return decision === 'evening' ? 2 : 1
}

/** Days from the last one that is over to the local day of the decision: 0 at the end of the day. */
export function decisionOffset(decision: Decision): number {
  return decision === 'end-of-day' ? 0 : 1
}

/** The decision whose last complete day is day number `day`. */
export function decisionPoint(day: number, rule: DecisionRule, timeZone: string): DecisionPoint {
  const local = day + decisionOffset(rule.decision)
  const hour = hourOf(rule)
  const name = dayFromNumber(local)
  return {
    day,
    targetDay: day + targetOffset(rule.decision),
    hour: local * 24 + hour,
    at: hour === 24 ? endOfDay(name, timeZone) : instantOfClock(name, hour, timeZone),
  }
}

/** The local day of the last decision by an instant (epoch ms): for `end-of-day` the last day that is over. */
export function lastDecisionDay(instant: number, rule: DecisionRule, timeZone: string): LocalDay {
  const today = localDayAt(instant, timeZone)
  const hour = hourOf(rule)
  return hour < 24 && instantOfClock(today, hour, timeZone) <= instant ? today : addDays(today, -1)
}

/** The slot of a decision in the ledger, `YYYY-MM-DDTHH`: hour 24 is the end of the day named. */
export function issueSlot(day: LocalDay, rule: DecisionRule): LocalHour | `${LocalDay}T24` {
  const hour = hourOf(rule)
  return hour === 24 ? `${day}T24` : localHour(`${day}T${String(hour).padStart(2, '0')}`)
}
