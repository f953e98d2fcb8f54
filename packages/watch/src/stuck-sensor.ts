import { dayNumber, type DailyReading, type HourlyReading, type Pollutant } from '@airq/aqi-client'
import { resultsOf, spanText } from './results.ts'
import type { CheckResult, Question, StationFacts } from './types.ts'

const HOUR_MS = 3_600_000
/** Sulphur dioxide and carbon monoxide stand still for days in clean air. */
const WATCHED: readonly Pollutant[] = ['pm25', 'pm10', 'o3', 'no2']
/** Index points: less may be the same for long in clean air. */
const LEAST_VALUE = 5
/** Between two readings of one row of them: pulls come every three hours. */
const LONGEST_GAP_MS = 6 * HOUR_MS
const LEAST_READINGS = 5

/** Whether a pollutant has been the same for too long, by the hour or by the day. */
export function stuckSensor(facts: StationFacts, { now, thresholds }: Question): CheckResult {
  const { stuckHours, stuckDays } = thresholds
  const results = resultsOf('stuck-sensor', facts.id, 'warning')
  if (stuckHours === 0 && stuckDays === 0) return results.off()
  const readings = [...facts.readings, ...facts.heldBack]
    .filter(({ evidence, observedAt }) => evidence !== 'model' && observedAt <= now)
    .sort((a, b) => a.observedAt - b.observedAt)
  const isLive = stuckHours > 0 && now - (readings.at(-1)?.observedAt ?? 0) <= stuckHours * HOUR_MS
  const days = facts.days.filter(({ status, knownAt }) => status === 'final' && knownAt <= now)
  if (!isLive && (stuckDays === 0 || days.length < stuckDays)) {
    return results.notEnough('no readings of late, and too few final days')
  }
  const stuck = WATCHED.flatMap((pollutant) => {
    const hours = isLive ? sameHours(readings, pollutant) : 0
    const inARow = stuckDays === 0 ? 0 : sameDays(days, pollutant)
    return [
      ...(isLive && hours >= stuckHours * HOUR_MS ? [`${pollutant} for ${spanText(hours)}`] : []),
      ...(stuckDays > 0 && inARow >= stuckDays ? [`${pollutant} for ${String(inARow)} days`] : []),
    ]
  })
  // A sensor that says nothing any more is not mended.
  const isMended = isLive || facts.newestReadingAt === null || stuckHours === 0
  if (stuck.length === 0) return results.ok('no pollutant has been the same for too long', {}, isMended)
  return results.alert(
    `the same value all along: ${stuck.join(', ')}`,
    'Compare with a station nearby; if the sensor is stuck, tell its operator, and forecast from another station until then.',
  )
}

/** Ms over which the newest readings say the same of a pollutant. */
function sameHours(readings: readonly HourlyReading[], pollutant: Pollutant): number {
  const told = readings.flatMap(({ sub, observedAt }) => {
    const value = sub[pollutant]
    return value === undefined ? [] : [{ value, observedAt }]
  })
  const newest = told.at(-1)
  if (newest === undefined || newest.value < LEAST_VALUE) return 0
  let first = newest
  let count = 1
  for (const one of told.slice(0, -1).reverse()) {
    if (one.value !== newest.value || first.observedAt - one.observedAt > LONGEST_GAP_MS) break
    first = one
    count += 1
  }
  return count < LEAST_READINGS ? 0 : newest.observedAt - first.observedAt
}

/** How many of the newest final days, one after the other, say the same of a pollutant. */
function sameDays(days: readonly DailyReading[], pollutant: Pollutant): number {
  const newest = days.at(-1)
  const value = newest?.sub[pollutant]
  if (newest === undefined || value === undefined || value < LEAST_VALUE) return 0
  let count = 0
  for (const { day, sub } of days.toReversed()) {
    if (sub[pollutant] !== value || dayNumber(newest.day) - dayNumber(day) !== count) break
    count += 1
  }
  return count
}
