import { endOfDay } from '../../days/bounds.ts'
import { dayFromNumber } from '../../days/local-day.ts'
import type { LocalDay, Warning } from '../../types.ts'

/** Further ahead than this, a day after now is no sign of where the download ends but a wrong date. */
const FAR_OFF = 31

export interface DroppedDays {
  /** The newest day with a value, which may have been in progress when the file was downloaded. */
  readonly newest: LocalDay | null
  /** Other days, which end after now. */
  readonly afterNow: number
}

interface Kept {
  readonly kept: readonly number[]
  readonly dropped: DroppedDays
  readonly warnings: readonly Warning[]
}

/**
 * Drops the newest day, and the days that end after `now` (epoch ms). Where all days after now are far off, they are
 * wrong dates, and the newest of the rest is dropped as well.
 *
 * @param days - day numbers, ascending
 */
export function dropUnfinished(days: readonly number[], timeZone: string, now: number | undefined): Kept {
  const isOver = (day: number) => now === undefined || endOfDay(dayFromNumber(day), timeZone) <= now
  const firstOpen = days.findIndex((day) => !isOver(day))
  const over = firstOpen === -1 ? days : days.slice(0, firstOpen)
  const open = firstOpen === -1 ? [] : days.slice(firstOpen)

  const newestOver = over.at(-1)
  const nextOpen = open[0]
  const endsOpen = nextOpen !== undefined && (newestOver === undefined || nextOpen - newestOver <= FAR_OFF)
  const newest = endsOpen ? open.at(-1) : newestOver
  const afterNow = endsOpen ? open.length - 1 : open.length
  return {
    kept: endsOpen ? over : over.slice(0, -1),
    dropped: { newest: newest === undefined ? null : dayFromNumber(newest), afterNow },
    warnings:
      afterNow === 0
        ? []
        : [
            {
              code: 'after-now',
              message: `${String(afterNow)} day${afterNow === 1 ? '' : 's'} after now dropped`,
            },
          ],
  }
}
