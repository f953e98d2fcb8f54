import { startOfDay } from '../../days/bounds.ts'
import { dayFromNumber } from '../../days/local-day.ts'

/** `west`: downloaded on a computer at or west of UTC. `east`: east of it. */
export type DownloadZone = 'west' | 'east'

/**
 * The clock of the computer that wrote a file. aqicn's page turns the local midnight of each date into UTC and keeps
 * its day: at or west of UTC that is the date itself, east of it the day before. With summer time a zone may be on
 * one side in winter and on the other in summer.
 */
export interface DownloadClock {
  /** `west`, `east`, or the IANA name of a zone. */
  readonly name: string
  /** On which side of UTC the local midnight of a date (a day number) lay. */
  readonly sideAt: (date: number) => DownloadZone
}

const DAY = 86_400_000

export const FIXED_CLOCKS = {
  west: { name: 'west', sideAt: () => 'west' },
  east: { name: 'east', sideAt: () => 'east' },
} as const satisfies Record<DownloadZone, DownloadClock>

/** The clock of an IANA zone. Throws `AqiError` `bad-time-zone` on use where there is no such zone. */
export function clockOfZone(timeZone: string): DownloadClock {
  const sides = new Map<number, DownloadZone>()
  const sideAt = (date: number): DownloadZone => {
    const known = sides.get(date)
    if (known !== undefined) return known
    const midnight = startOfDay(dayFromNumber(date), timeZone)
    const side = midnight < date * DAY ? 'east' : 'west'
    sides.set(date, side)
    return side
  }
  return { name: timeZone, sideAt }
}

/**
 * On which side the date of a label was. `shared`: two dates have become this label, on the day the clocks go
 * forward over UTC. `unused`: none has, on the day they go back.
 */
export function sideOfLabel(label: number, clock: DownloadClock): DownloadZone | 'shared' | 'unused' {
  const isWest = clock.sideAt(label) === 'west'
  const isEast = clock.sideAt(label + 1) === 'east'
  if (isWest && isEast) return 'shared'
  if (isWest) return 'west'
  return isEast ? 'east' : 'unused'
}
