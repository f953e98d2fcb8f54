import type { LocalDay } from '../types.ts'
import { addDays, dayNumber } from './local-day.ts'
import { offsetAt } from './zone.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
// No zone was ever further than 16 h from UTC, so an hour of a local clock lies within this window.
const REACH = 16 * HOUR

/**
 * Epoch ms of the first instant whose local date is `day` or later: midnight, or what follows it where midnight
 * was skipped; for a day that a zone left out, the start of the next one.
 */
export function startOfDay(day: LocalDay, timeZone: string): number {
  return instantOfClock(day, 0, timeZone)
}

/** Epoch ms of the first instant at which clocks show `hour` (0 to 23) o'clock of `day`, or later where that was skipped. */
export function instantOfClock(day: LocalDay, hour: number, timeZone: string): number {
  const asUtc = dayNumber(day) * DAY + hour * HOUR
  let from = asUtc - REACH
  let offset = offsetAt(from, timeZone)
  if (offset === offsetAt(asUtc + REACH, timeZone)) return asUtc - offset

  // The offset changes within the window: walk its pieces of constant offset.
  for (let next = from + HOUR; next <= asUtc + REACH; next += HOUR) {
    const nextOffset = offsetAt(next, timeZone)
    if (nextOffset === offset) continue
    const change = firstInstantOf(nextOffset, next - HOUR, next, timeZone)
    const reached = Math.max(asUtc - offset, from)
    if (reached < change) return reached
    from = change
    offset = nextOffset
  }
  return Math.max(asUtc - offset, from)
}

/** Epoch ms at which `day` is over: the start of the next day. */
export function endOfDay(day: LocalDay, timeZone: string): number {
  return startOfDay(addDays(day, 1), timeZone)
}

/** The instant in (before, after] at which `offset` begins to hold. */
function firstInstantOf(offset: number, before: number, after: number, timeZone: string): number {
  let low = before
  let high = after
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(middle, timeZone) === offset) high = middle
    else low = middle
  }
  return high
}
