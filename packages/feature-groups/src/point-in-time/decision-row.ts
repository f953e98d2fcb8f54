import { type DailyReading, dayFromNumber, dayNumber, type LocalDay } from '@airq/aqi-client'
import type { ForecastRow } from '@airq/model'
import { FeatureGroupsError } from '../errors.ts'
import { hasBlocks } from './blocks-known.ts'
import { LAST_VALUE_MAX_AGE } from './columns.ts'
import { type Decision, decisionOffset, type DecisionPoint, decisionPoint } from './decisions.ts'
import { BLOCKS, type Block } from './information.ts'
import { columnsFor, computeRow, type RowOptions } from './rows.ts'
import { layOut } from './series.ts'
import { layOutBeside, PointInTimeView } from './view.ts'

export interface DecisionRow {
  readonly columns: readonly string[]
  readonly row: ForecastRow
  readonly decision: Decision
  /** The local day of the decision: for `end-of-day` the one that ends with it. */
  readonly decisionDay: LocalDay
  readonly targetDay: LocalDay
  /** The last day that was over: what came on later ones was not known. */
  readonly lastCompleteDay: LocalDay
  /** The newest day with a final AQI known at the decision. */
  readonly lastFinalDay: LocalDay
  readonly decidedAt: number
  /** Target day minus last final day. */
  readonly lead: number
  /** The last final AQI: what persistence would say. */
  readonly lastAqi: number
  /** What was known beside the days, asked for or not. */
  readonly blocksKnown: readonly Block[]
  /** Hours of the decision's day in the row; `null` where it has none. */
  readonly hoursToday: number | null
}

/**
 * The row of one decision, by the same columns as in training. Blocks are taken as asked for: what was not known of
 * them is `NaN`, see `blocksKnown`. Throws `no-data` when no final day is known, `stale-data` when the last one lies
 * more than three days before the last that could be.
 */
export function decisionRow(
  days: readonly DailyReading[],
  decisionDay: LocalDay,
  options: RowOptions,
): DecisionRow {
  const blocks = options.blocks ?? []
  const columns = columnsFor(options)
  const first = days[0]
  if (first === undefined) throw new FeatureGroupsError('no-data', 'there is no day to forecast from')
  const lastComplete = dayNumber(decisionDay) - decisionOffset(options.decision)
  const point = decisionPoint(lastComplete, options, first.timeZone)
  const lastFinal = lastFinalDay(days, point)
  if (lastFinal === undefined) {
    throw new FeatureGroupsError(
      'no-data',
      `no final day was known at the ${momentOf(options.decision, decisionDay)}`,
    )
  }
  const age = lastComplete - dayNumber(lastFinal)
  if (age > LAST_VALUE_MAX_AGE) {
    throw new FeatureGroupsError(
      'stale-data',
      `the last final day, ${lastFinal}, lies ${String(age)} days before ${describeDay(options.decision, dayFromNumber(lastComplete))}`,
      { details: { lastFinalDay: lastFinal, decisionDay } },
    )
  }
  const view = new PointInTimeView(layOut(days), layOutBeside(options.beside ?? {}), point)
  return {
    columns: columns.map((column) => column.name),
    row: { values: computeRow(columns, view), targetDay: point.targetDay },
    decision: options.decision,
    decisionDay,
    targetDay: dayFromNumber(point.targetDay),
    lastCompleteDay: dayFromNumber(lastComplete),
    lastFinalDay: lastFinal,
    decidedAt: point.at,
    lead: point.targetDay - dayNumber(lastFinal),
    lastAqi: lastAqiOf(view),
    blocksKnown: BLOCKS.filter((block) => hasBlocks(view, [block])),
    hoursToday: blocks.includes('stationHours') ? view.hoursKnown(dayNumber(decisionDay)) : null,
  }
}

function lastAqiOf(view: PointInTimeView): number {
  view.enter({ name: 'the last final AQI', from: 'days' })
  return view.carried('aqi', 0, LAST_VALUE_MAX_AGE)
}

function momentOf(decision: Decision, day: LocalDay): string {
  return decision === 'end-of-day' ? `end of ${day}` : `${decision} of ${day}`
}

function describeDay(decision: Decision, lastComplete: LocalDay): string {
  if (decision === 'end-of-day') return `the decision's day, ${lastComplete}`
  return `${lastComplete}, the day before the decision`
}

/** A day that is not over is never final, whenever its row is said to be known. */
function lastFinalDay(
  days: readonly DailyReading[],
  { day: lastComplete, at }: DecisionPoint,
): LocalDay | undefined {
  const known = days.filter(
    ({ day, status, aqi, knownAt }) =>
      status === 'final' && aqi !== null && knownAt <= at && dayNumber(day) <= lastComplete,
  )
  return known.reduce<LocalDay | undefined>(
    (newest, { day }) => (newest === undefined || day > newest ? day : newest),
    undefined,
  )
}
