import type { AqiForecastRow } from '@airq/feature-groups'
import type { Words } from './words.ts'

/** Numbers, days and instants as a language writes them; instants by the station's clock. */
export interface Formats {
  /** `Friday, 9 January 2026` */
  readonly longDay: (day: string) => string
  /** `9 January 2026` */
  readonly day: (day: string) => string
  /** `9 Jan` */
  readonly shortDay: (day: string) => string
  /** `Jan 2026` of `2026-01` */
  readonly month: (month: string) => string
  /** Epoch ms: `9 January 2026, 00:10` */
  readonly instant: (ms: number) => string
  readonly whole: (value: number) => string
  /** With its sign: `+1`, `0`, `-1` */
  readonly signed: (value: number) => string
  readonly tenth: (value: number) => string
  readonly percent: (share: number) => string
  /** With its sign: `+24 %` */
  readonly change: (share: number) => string
  /** The moment of a forecast's decision. */
  readonly moment: (row: Pick<AqiForecastRow, 'issue_slot'>) => string
}

export function formatsOf({ locale, endOf }: Words, timeZone: string): Formats {
  const days = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' })
    return (day: string) => format.format(Date.parse(`${day}T00:00:00Z`))
  }
  const instants = new Intl.DateTimeFormat(locale, {
    dateStyle: 'long',
    timeStyle: 'short',
    hourCycle: 'h23',
    timeZone,
  })
  const numbers = (options: Intl.NumberFormatOptions) => {
    const format = new Intl.NumberFormat(locale, options)
    return (value: number) => format.format(value)
  }
  const day = days({ day: 'numeric', month: 'long', year: 'numeric' })
  const monthOf = days({ month: 'short', year: 'numeric' })
  return {
    longDay: days({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }),
    day,
    shortDay: days({ day: 'numeric', month: 'short' }),
    month: (month) => monthOf(`${month}-01`),
    instant: (ms) => instants.format(ms),
    whole: numbers({ maximumFractionDigits: 0 }),
    signed: numbers({ maximumFractionDigits: 0, signDisplay: 'exceptZero' }),
    tenth: numbers({ minimumFractionDigits: 1, maximumFractionDigits: 1 }),
    percent: numbers({ style: 'percent', maximumFractionDigits: 0 }),
    change: numbers({ style: 'percent', maximumFractionDigits: 0, signDisplay: 'exceptZero' }),
    moment({ issue_slot }) {
      const [name = '', hour = ''] = issue_slot.split('T')
      return hour === '24' ? endOf(day(name)) : `${day(name)}, ${hour}:00`
    },
  }
}
