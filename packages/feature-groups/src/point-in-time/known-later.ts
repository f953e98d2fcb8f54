import type { DailyReading, Pollutant } from '@airq/aqi-client'
import type { DecisionPoint } from './decisions.ts'
import type { Beside } from './information.ts'
import { layOut } from './series.ts'
import { layOutBeside, PointInTimeView } from './view.ts'

/** Makes another number of any. */
const changed = (value: number) => 3 * value + 500

/** A decision's view of a history in which everything that became known later is missing. */
export function withoutLater(
  days: readonly DailyReading[],
  beside: Beside,
  decision: DecisionPoint,
): PointInTimeView {
  const { at } = decision
  const known = {
    hours: beside.hours?.filter(({ knownAt }) => knownAt <= at) ?? [],
    modelHours: beside.modelHours?.filter(({ knownAt }) => knownAt <= at) ?? [],
    weather: beside.weather?.filter(({ known_at: knownAt }) => knownAt <= at) ?? [],
    sourceForecasts: beside.sourceForecasts?.filter(({ known_at: knownAt }) => knownAt <= at) ?? [],
  }
  const past = days.filter(({ knownAt }) => knownAt <= at)
  return new PointInTimeView(layOut(past), layOutBeside(known), decision)
}

/** A decision's view of a history in which everything that became known later is another. */
export function changedLater(
  days: readonly DailyReading[],
  beside: Beside,
  decision: DecisionPoint,
): PointInTimeView {
  const { at } = decision
  const reading = <T extends Pick<DailyReading, 'sub' | 'aqi' | 'knownAt'>>(given: T): T =>
    given.knownAt <= at ? given : { ...given, sub: changedSub(given), aqi: changedOrNull(given.aqi) }
  const others = {
    hours: beside.hours?.map(reading) ?? [],
    modelHours: beside.modelHours?.map(reading) ?? [],
    weather: beside.weather?.map((row) => (row.known_at <= at ? row : changedRow(row))) ?? [],
    sourceForecasts: beside.sourceForecasts?.map((row) => (row.known_at <= at ? row : changedRow(row))) ?? [],
  }
  return new PointInTimeView(layOut(days.map(reading)), layOutBeside(others), decision)
}

function changedSub({ sub }: Pick<DailyReading, 'sub'>): Partial<Record<Pollutant, number>> {
  return Object.fromEntries(Object.entries(sub).map(([name, value]) => [name, changed(value)]))
}

function changedOrNull(value: number | null): number | null {
  return value === null ? null : changed(value)
}

/** Every number of a row but the instant from which it counts as known. */
function changedRow<T extends { readonly known_at: number }>(row: T): T {
  const values = Object.entries(row).map(([name, value]: [string, unknown]): [string, unknown] => [
    name,
    typeof value === 'number' && name !== 'known_at' ? changed(value) : value,
  ])
  return { ...row, ...Object.fromEntries(values) }
}
