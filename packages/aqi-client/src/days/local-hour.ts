import { AqiError } from '../errors.ts'
import type { LocalDay, LocalHour } from '../types.ts'
import { endOfDay, startOfDay } from './bounds.ts'
import { isLocalDay, localDay } from './local-day.ts'
import { localDayAt, offsetAt } from './zone.ts'

const SHAPE = /^\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3])$/
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** Small enough to meet every hour a clock shows, also beside a clock change at half past. */
const STEP = 15 * MINUTE
const HOURS_OF_CLOCK = Array.from({ length: 24 }, (_, hour) => hour)

/** The hour named by `YYYY-MM-DDTHH`, 00 to 23. Throws `AqiError` `bad-hour` for any other text. */
export function localHour(text: string): LocalHour {
  if (isLocalHour(text)) return text
  throw new AqiError('bad-hour', `${JSON.stringify(text)} is not an hour`, {
    fault: 'input',
    hint: 'Write an hour of a day that exists as YYYY-MM-DDTHH, 00 to 23.',
  })
}

/** True for `YYYY-MM-DDTHH` of a day that exists, whether or not a clock change skips the hour somewhere. */
export function isLocalHour(text: string): text is LocalHour {
  return SHAPE.test(text) && isLocalDay(text.slice(0, 10))
}

/** The hour that clocks in `timeZone` show at `instant` (epoch ms). */
export function localHourAt(instant: number, timeZone: string): LocalHour {
  const local = instant + offsetAt(instant, timeZone)
  return labelOf(localDayAt(instant, timeZone), Math.floor((((local % DAY) + DAY) % DAY) / HOUR))
}

/** The day an hour belongs to: its label as it stands. */
export function dayOfHour(hour: LocalHour): LocalDay {
  return localDay(hour.slice(0, 10))
}

/**
 * The hours of a day, ascending: 24; one or two fewer where the clock skips them, none for a day that a zone left
 * out. An hour that the clock shows twice counts once: a label is a key, and the later reading takes the place of
 * the earlier one.
 */
export function hoursOfDay(day: LocalDay, timeZone: string): LocalHour[] {
  const [start, end] = [startOfDay(day, timeZone), endOfDay(day, timeZone)]
  if (isPlain(start, end, timeZone)) return HOURS_OF_CLOCK.map((hour) => labelOf(day, hour))
  const labels = new Set<LocalHour>()
  for (let instant = start; instant < end; instant += STEP) labels.add(localHourAt(instant, timeZone))
  return [...labels].filter((hour) => dayOfHour(hour) === day).sort()
}

/** An instant (epoch ms) and what the clock shows at it. */
export interface HourStart {
  readonly instant: number
  readonly hour: LocalHour
}

/** What the clock shows at the start of a day and every 60 minutes after it: an hour set back stands twice. */
export function hourStartsOfDay(day: LocalDay, timeZone: string): HourStart[] {
  const [start, end] = [startOfDay(day, timeZone), endOfDay(day, timeZone)]
  if (isPlain(start, end, timeZone)) {
    return HOURS_OF_CLOCK.map((hour) => ({ instant: start + hour * HOUR, hour: labelOf(day, hour) }))
  }
  return Array.from({ length: Math.round((end - start) / HOUR) }, (_, i) => start + i * HOUR).map(
    (instant) => ({ instant, hour: localHourAt(instant, timeZone) }),
  )
}

/** No clock change in between. */
function isPlain(start: number, end: number, timeZone: string): boolean {
  return end - start === DAY && offsetAt(start, timeZone) === offsetAt(end - 1, timeZone)
}

function labelOf(day: LocalDay, hour: number): LocalHour {
  return localHour(`${day}T${String(hour).padStart(2, '0')}`)
}
