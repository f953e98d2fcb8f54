import { InvalidArgumentError } from 'commander'

export interface OptionRow {
  readonly flags: string
  readonly description: string
  readonly choices?: readonly string[]
  readonly default?: string
  /** Checks a value; its message is told to the user. */
  readonly parse?: (text: string) => string
}

export function checkedNumber(text: string, least: number, most: number): string {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= least && value <= most) return text
  throw new InvalidArgumentError(`It is a whole number from ${String(least)} to ${String(most)}.`)
}

export function checkedTime(text: string): string {
  if (timeOf(text) !== null) return text
  throw new InvalidArgumentError('It is a time such as 60s, 10m or 2h.')
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 }

/** Milliseconds of `60s`, `10m`, `2h`; `null` for what is no such time. */
export function timeOf(text: string): number | null {
  const [, number, unit] = /^(\d{1,6}(?:\.\d{1,3})?)([smh])$/.exec(text) ?? []
  const ms = Number(number) * (UNITS[unit ?? ''] ?? Number.NaN)
  return ms > 0 ? ms : null
}
