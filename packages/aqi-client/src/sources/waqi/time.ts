import { isCivilDate, numberFromCivil } from '../../days/civil.ts'
import { isLocalHour } from '../../days/local-hour.ts'
import type { LocalHour } from '../../types.ts'

const MINUTE = 60_000
const DAY = 86_400_000
const FIRST_YEAR = 1970
const LAST_YEAR = 2199
/** The easternmost clocks are 14 h ahead of UTC. */
const LARGEST_OFFSET = 14 * 60
const STAMP = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)? ?(Z|[+-]\d\d(?::?\d\d)?)?$/i
const OFFSET = /^([+-])(\d\d)(?::?(\d\d))?$/

/** The parts of a time that are read; `v` and `vtime` are not, they mean different things at different stations. */
export interface WireTime {
  readonly iso?: string | undefined
  readonly s?: string | undefined
  readonly tz?: string | undefined
}

export interface ObservedTime {
  /** Epoch ms. */
  readonly observedAt: number | null
  /** What the station's clock showed; `null` where its offset is not known. */
  readonly hour: LocalHour | null
  readonly utcOffset: string | null
}

/** When it was observed: from `iso`, else from `s` and `tz`. */
export function readTime(time: WireTime): ObservedTime {
  const tz = parseOffset(time.tz)
  const stamp = parseStamp(time.iso) ?? parseStamp(time.s)
  const offset = stamp?.offset ?? tz
  if (stamp === null || offset === null) return { observedAt: null, hour: null, utcOffset: formatOffset(tz) }

  const observedAt = stamp.wall - offset * MINUTE
  // A stamp in UTC says nothing about the station's own clock: that takes `tz`.
  const clock = stamp.isUtc ? tz : offset
  return {
    observedAt,
    hour: clock === null ? null : hourLabel(observedAt + clock * MINUTE),
    utcOffset: formatOffset(tz ?? clock),
  }
}

/** Minutes ahead of UTC of `+0800`, `+08:00`, `+08` or `Z`; else `null`. */
export function parseOffset(text: string | undefined): number | null {
  const trimmed = text?.trim() ?? ''
  if (/^(?:Z|UTC|GMT)$/i.test(trimmed)) return 0
  const match = OFFSET.exec(trimmed)
  if (match === null || Number(match[3] ?? 0) > 59) return null
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0)
  if (minutes > LARGEST_OFFSET) return null
  return match[1] === '-' && minutes !== 0 ? -minutes : minutes
}

interface Stamp {
  /** The wall clock taken for UTC, epoch ms. */
  readonly wall: number
  /** Minutes; `null` where the stamp has none. */
  readonly offset: number | null
  readonly isUtc: boolean
}

function parseStamp(text: string | undefined): Stamp | null {
  const match = STAMP.exec(text?.trim() ?? '')
  if (match === null) return null
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part))
  if (year === undefined || month === undefined || day === undefined) return null
  if (hour === undefined || minute === undefined) return null
  const seconds = Number.isNaN(second) ? 0 : (second ?? 0)
  const isDate = year >= FIRST_YEAR && year <= LAST_YEAR && isCivilDate(year, month, day)
  if (!isDate || hour > 23 || minute > 59 || seconds > 59) return null
  const offset = parseOffset(match[7])
  if (match[7] !== undefined && offset === null) return null
  const wall = numberFromCivil(year, month, day) * DAY + ((hour * 60 + minute) * 60 + seconds) * 1000
  return { wall, offset, isUtc: match[7]?.toUpperCase() === 'Z' }
}

function hourLabel(wall: number): LocalHour | null {
  const label = new Date(wall).toISOString().slice(0, 13)
  return isLocalHour(label) ? label : null
}

function formatOffset(minutes: number | null): string | null {
  if (minutes === null) return null
  const pad = (part: number) => String(part).padStart(2, '0')
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`
}
