import { AqiError } from '../../errors.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** A model run is published about this long after the time it starts from. */
export const PUBLICATION_DELAY_MS = 8 * HOUR
/** ERA5, which the weather archive rests on, comes five days late. */
export const ARCHIVE_DELAY_MS = 5 * DAY
/** The oldest forecast that Previous Runs keeps, in days before the hour it is for. */
export const OLDEST_PREVIOUS_DAY = 7

/**
 * The instant (epoch ms) from which the value for `validAt` of the run `previousDay` times 24 h earlier counts as
 * known. With 0 the run started no later than `validAt` itself.
 */
export function publishedAt(validAt: number, previousDay: number): number {
  return validAt - previousDay * DAY + PUBLICATION_DELAY_MS
}

/**
 * The freshest forecast for `validAt` that was out at `decisionAt` (both epoch ms): the smallest K of 0 to 7 with
 * validAt − 24·K h + 8 h ≤ decisionAt. At 20:00, `previous_day1` is still open to the hours until noon tomorrow;
 * for later ones it would be a leak and K is 2. `null` where even the oldest kept forecast came later.
 * Throws `AqiError` `bad-value` unless both are finite.
 */
export function smallestPreviousDay(validAt: number, decisionAt: number): number | null {
  if (!Number.isFinite(validAt) || !Number.isFinite(decisionAt)) {
    throw new AqiError('bad-value', 'a forecast is chosen by two instants in epoch milliseconds', {
      fault: 'input',
    })
  }
  const needed = Math.max(0, Math.ceil((validAt + PUBLICATION_DELAY_MS - decisionAt) / DAY))
  return needed > OLDEST_PREVIOUS_DAY ? null : needed
}
