import type { LocalDay } from '../types.ts'
import { addDays, dayNumber } from './local-day.ts'
import { offsetAt } from './zone.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
// No zone was ever further than 16 h from UTC, so midnight lies within this window.
const REACH = 16 * HOUR

/**
 * Epoch ms of the first instant whose local date is `day` or later: midnight, or what follows it where midnight
 * was skipped; for a day that a zone left out, the start of the next one.
 */
export function startOfDay(day: LocalDay, timeZone: string): number {
  const asUtc = dayNumber(day) * DAY
  let from = asUtc - REACH
  let offset = offsetAt(from, timeZone)
  if (offset === offsetAt(asUtc + REACH, timeZone)) return asUtc - offset

  // The offset changes within the window: walk its pieces of constant offset.
  for (let next = from + HOUR; next <= asUtc + REACH; next += HOUR) {
    const nextOffset = offsetAt(next, timeZone)
    if (nextOffset === offset) continue
    const change = firstInstantOf(nextOffset, next - HOUR, next, timeZone)
    const midnight = Math.max(asUtc - offset, from)
    if (midnight < change) return midnight
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
