import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  assertTimeZone,
  dayFromNumber,
  dayNumber,
  endOfDay,
  localDay,
  localDayAt,
  offsetInstant,
  startOfDay,
} from '../src/index.ts'

const ZONES = Intl.supportedValuesOf('timeZone')
const HOUR = 3_600_000
const at = (iso: string) => Date.parse(iso)

/** The local date by another way than the code's: year, month and day as Intl formats them. */
function dateByIntl(timeZone: string): (instant: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
  return (instant) => format.format(instant)
}

describe('startOfDay and endOfDay', () => {
  test.each([
    ['an ordinary day', 'Asia/Shanghai', '2026-01-06', '2026-01-05T16:00Z', '2026-01-06T16:00Z'],
    ['23 hours', 'Europe/Lisbon', '2024-03-31', '2024-03-31T00:00Z', '2024-03-31T23:00Z'],
    ['25 hours', 'Europe/Lisbon', '2024-10-27', '2024-10-26T23:00Z', '2024-10-28T00:00Z'],
    ['midnight skipped', 'America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00Z', '2018-11-05T02:00Z'],
    ['midnight twice', 'America/Havana', '2024-11-03', '2024-11-03T04:00Z', '2024-11-04T05:00Z'],
    ['back to the day before', 'America/St_Johns', '2006-10-29', '2006-10-29T02:30Z', '2006-10-30T03:30Z'],
    ['a day left out', 'Pacific/Apia', '2011-12-30', '2011-12-30T10:00Z', '2011-12-30T10:00Z'],
    ['the day before it', 'Pacific/Apia', '2011-12-29', '2011-12-29T10:00Z', '2011-12-30T10:00Z'],
    ['half-hour summer time', 'Australia/Lord_Howe', '2024-04-07', '2024-04-06T13:00Z', '2024-04-07T13:30Z'],
    ['an offset in seconds', 'Africa/Monrovia', '1960-06-01', '1960-06-01T00:44:30Z', '1960-06-02T00:44:30Z'],
    ['a fixed offset', '+05:30', '2024-01-01', '2023-12-31T18:30Z', '2024-01-01T18:30Z'],
  ])('%s: %s %s', (_, timeZone, day, start, end) => {
    expect(startOfDay(localDay(day), timeZone)).toBe(at(start))
    expect(endOfDay(localDay(day), timeZone)).toBe(at(end))
  })

  test.each([1993, 2011, 2024])('every day of %i in every zone begins where its date first shows', (year) => {
    const first = dayNumber(localDay(`${String(year)}-01-01`))
    for (const timeZone of ZONES) {
      const date = dateByIntl(timeZone)
      for (let n = first; n < first + 365; n++) {
        const day = dayFromNumber(n)
        const start = startOfDay(day, timeZone)
        // Compared by hand: expect() would take longer than the search.
        if (date(start) < day || date(start - 1) >= day)
          expect.fail(`${timeZone} ${day} begins at ${String(start)}`)
      }
    }
  })

  test('no earlier instant has the date, and days follow one another without a gap', () => {
    const anyDay = fc.integer({ min: -25_000, max: 25_000 }).map(dayFromNumber)
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), anyDay, (timeZone, day) => {
        const date = dateByIntl(timeZone)
        const start = startOfDay(day, timeZone)
        const end = endOfDay(day, timeZone)
        for (let hours = 1; hours <= 36; hours++) expect(date(start - hours * HOUR) < day).toBe(true)
        expect(end).toBeGreaterThanOrEqual(start)
        if (end > start) {
          expect(localDayAt(start, timeZone)).toBe(day)
          expect(localDayAt(end - 1, timeZone)).toBe(day)
        }
      }),
      { numRuns: 1500 },
    )
  })
})

describe('localDayAt and offsetInstant', () => {
  test('agree with Intl at any instant of any zone', () => {
    const instants = fc.integer({ min: at('1905-01-01'), max: at('2100-01-01') })
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), instants, (timeZone, instant) => {
        expect(localDayAt(instant, timeZone)).toBe(dateByIntl(timeZone)(instant))
        expect(Date.parse(offsetInstant(instant, timeZone))).toBe(instant)
      }),
      { numRuns: 1500 },
    )
  })

  test.each([
    ['2026-01-05T16:00:00Z', 'Asia/Shanghai', '2026-01-06T00:00:00+08:00'],
    ['2024-07-01T12:00:00.250Z', 'America/St_Johns', '2024-07-01T09:30:00.250-02:30'],
    ['2024-01-01T00:00:00Z', 'UTC', '2024-01-01T00:00:00+00:00'],
  ])('%s in %s is %s', (instant, timeZone, text) => {
    expect(offsetInstant(at(instant), timeZone)).toBe(text)
  })
})

describe('assertTimeZone', () => {
  test('knows every zone of the runtime', () => {
    for (const timeZone of ZONES) assertTimeZone(timeZone)
  })

  test.each(['Mars/Olympus', '', 'GMT+8', 'Asia/Shanghai '])('refuses %j', (timeZone) => {
    const refused = expect.objectContaining({ code: 'bad-time-zone', fault: 'input' })
    expect(() => {
      assertTimeZone(timeZone)
    }).toThrow(refused)
    expect(() => startOfDay(localDay('2024-01-01'), timeZone)).toThrow(refused)
  })
})
