import { AqiError } from '../errors.ts'
import type { LocalDay } from '../types.ts'
import { dayFromNumber } from './local-day.ts'

const MINUTE = 60_000
const DAY = 86_400_000

// Making a formatter costs as much as hundreds of uses.
const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone)
  if (known !== undefined) return known
  try {
    const made = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
    formatters.set(timeZone, made)
    return made
  } catch (cause) {
    throw new AqiError('bad-time-zone', `${JSON.stringify(timeZone)} is not a time zone`, {
      fault: 'input',
      hint: 'Give an IANA name such as Asia/Shanghai.',
      cause,
    })
  }
}

/** Throws `AqiError` `bad-time-zone` unless the runtime knows the zone. */
export function assertTimeZone(timeZone: string): void {
  formatterOf(timeZone)
}

/** Milliseconds that local time is ahead of UTC at `instant` (epoch ms). */
export function offsetAt(instant: number, timeZone: string): number {
  const text = formatterOf(timeZone).format(instant)
  const match = /GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(text)
  if (match?.[1] === undefined) return 0
  const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0)
  return (match[1] === '-' ? -seconds : seconds) * 1000
}

/** The local calendar day at `instant` (epoch ms). */
export function localDayAt(instant: number, timeZone: string): LocalDay {
  return dayFromNumber(Math.floor((instant + offsetAt(instant, timeZone)) / DAY))
}

/**
 * `instant` (epoch ms) in local time with its offset, e.g. `2026-01-06T00:00:00+08:00`; milliseconds only when
 * there are any. Offsets of the age of local mean time are rounded to the minute, the instant stays exact.
 */
export function offsetInstant(instant: number, timeZone: string): string {
  const minutes = Math.round(offsetAt(instant, timeZone) / MINUTE)
  const local = new Date(instant + minutes * MINUTE).toISOString().replace(/(\.000)?Z$/, '')
  const hours = String(Math.floor(Math.abs(minutes) / 60)).padStart(2, '0')
  const rest = String(Math.abs(minutes) % 60).padStart(2, '0')
  return `${local}${minutes < 0 ? '-' : '+'}${hours}:${rest}`
}
