import { at, rowCount, type TrainingMatrix } from '../matrix.ts'

const YEAR = 365.25
const HALF_WINDOW = 15
/** With fewer values in the windows of all years nothing is said. */
const LEAST_VALUES = 21
const DAY_MS = 86_400_000
/** Windows end 350 days before their target; what took longer than this to be known is left out. */
const LATEST_MS = 300 * DAY_MS
/** So many target days have a usual value in a fitted table; beyond, it begins again. */
export const SEASON_DAYS = 366

/** Sums of log outcomes by day, so that a window costs two look-ups. */
interface RunningLogs {
  readonly firstDay: number
  readonly sums: Float64Array
  readonly counts: Int32Array
}

function runningLogs(matrix: TrainingMatrix): RunningLogs {
  const rows = rowCount(matrix)
  const firstDay = rows === 0 ? 0 : matrix.targetDays.reduce((least, day) => Math.min(least, day))
  const lastDay = rows === 0 ? -1 : matrix.targetDays.reduce((most, day) => Math.max(most, day))
  const sums = new Float64Array(lastDay - firstDay + 2)
  const counts = new Int32Array(sums.length)
  for (let row = 0; row < rows; row++) {
    if (at(matrix.outcomeKnownAt, row) > at(matrix.decidedAt, row) + LATEST_MS) continue
    const day = at(matrix.targetDays, row) - firstDay + 1
    sums[day] = at(sums, day) + Math.log1p(at(matrix.outcomes, row))
    counts[day] = at(counts, day) + 1
  }
  for (let day = 1; day < sums.length; day++) {
    sums[day] = at(sums, day) + at(sums, day - 1)
    counts[day] = at(counts, day) + at(counts, day - 1)
  }
  return { firstDay, sums, counts }
}

/** Mean log outcome of the days within two weeks of the target day in all years before; `NaN` of too few. */
function usualBefore({ firstDay, sums, counts }: RunningLogs, targetDay: number): number {
  let [sum, count] = [0, 0]
  for (let years = 1; ; years++) {
    const centre = targetDay - Math.round(years * YEAR) - firstDay
    const end = Math.min(sums.length - 1, centre + HALF_WINDOW + 1)
    if (end <= 0) break
    const start = Math.max(0, centre - HALF_WINDOW)
    if (start >= end) continue
    sum += at(sums, end) - at(sums, start)
    count += at(counts, end) - at(counts, start)
  }
  return count < LEAST_VALUES ? Number.NaN : sum / count
}

const ofRows = new WeakMap<Float64Array, Float64Array>()

/**
 * For each row, what is usual around its target day: the mean log outcome of all earlier years. Nothing that was not
 * known at the row's decision.
 */
export function usualOfRows(matrix: TrainingMatrix): Float64Array {
  const known = ofRows.get(matrix.outcomes)
  if (known !== undefined) return known
  const logs = runningLogs(matrix)
  const usual = Float64Array.from(matrix.targetDays, (day) => usualBefore(logs, day))
  ofRows.set(matrix.outcomes, usual)
  return usual
}

/** What is usual around each of the `SEASON_DAYS` days after the last row, and the first of these days. */
export function usualFrom(matrix: TrainingMatrix): {
  readonly firstDay: number
  readonly logs: readonly number[]
} {
  const firstDay = matrix.targetDays.reduce((most, day) => Math.max(most, day), -1) + 1
  const running = runningLogs(matrix)
  return {
    firstDay,
    logs: Array.from({ length: SEASON_DAYS }, (_, day) => usualBefore(running, firstDay + day)),
  }
}
