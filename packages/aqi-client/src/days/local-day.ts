import { AqiError } from '../errors.ts'
import type { LocalDay } from '../types.ts'
import { civilFromNumber, isCivilDate, numberFromCivil } from './civil.ts'

const SHAPE = /^(\d{4})-(\d{2})-(\d{2})$/
const FIRST = numberFromCivil(1, 1, 1)
const LAST = numberFromCivil(9999, 12, 31)

/** True for `YYYY-MM-DD` naming a day that exists, years 0001 to 9999. */
export function isLocalDay(text: string): text is LocalDay {
  const match = SHAPE.exec(text)
  return match !== null && isCivilDate(Number(match[1]), Number(match[2]), Number(match[3]))
}

/** The day named by `YYYY-MM-DD`. Throws `AqiError` `bad-day` for any other text. */
export function localDay(text: string): LocalDay {
  if (isLocalDay(text)) return text
  throw new AqiError('bad-day', `${JSON.stringify(text)} is not a day`, {
    fault: 'input',
    hint: 'Write a day that exists as YYYY-MM-DD.',
  })
}

/** Days since 1970-01-01, an integer. */
export function dayNumber(day: LocalDay): number {
  return numberFromCivil(Number(day.slice(0, 4)), Number(day.slice(5, 7)), Number(day.slice(8, 10)))
}

/** The day `n` days after 1970-01-01. Throws `AqiError` `bad-day` outside the years 0001 to 9999. */
export function dayFromNumber(n: number): LocalDay {
  if (!Number.isInteger(n) || n < FIRST || n > LAST) {
    throw new AqiError('bad-day', `day number ${String(n)} is outside the years 0001 to 9999`, {
      fault: 'input',
    })
  }
  const { year, month, dayOfMonth } = civilFromNumber(n)
  return localDay(`${pad(year, 4)}-${pad(month, 2)}-${pad(dayOfMonth, 2)}`)
}

/** The day `n` days later (earlier when negative). Throws as `dayFromNumber` does. */
export function addDays(day: LocalDay, n: number): LocalDay {
  return dayFromNumber(dayNumber(day) + n)
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0')
}
