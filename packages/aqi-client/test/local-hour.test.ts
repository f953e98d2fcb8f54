import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addDays,
  dayOfHour,
  endOfDay,
  hoursOfDay,
  isLocalHour,
  localDay,
  localDayAt,
  localHour,
  localHourAt,
  startOfDay,
} from '../src/index.ts'

const HOUR = 3_600_000
const ZONES = Intl.supportedValuesOf('timeZone')
const zones = fc.constantFrom(...ZONES)
const days = fc.integer({ min: 0, max: 9860 }).map((n) => addDays(localDay('2000-01-01'), n))

describe('a local hour', () => {
  test.each(['2026-01-05T00', '2024-02-29T23'])('%s is one', (text) => {
    expect(localHour(text)).toBe(text)
    expect(dayOfHour(localHour(text))).toBe(text.slice(0, 10))
  })

  test.each(['2026-01-05', '2026-01-05T24', '2026-01-05T7', '2026-02-30T07', '2026-01-05T07:00', ''])(
    '%j is none',
    (text) => {
      expect(isLocalHour(text)).toBe(false)
      expect(() => localHour(text)).toThrow(expect.objectContaining({ code: 'bad-hour', fault: 'input' }))
    },
  )

  test.each([
    ['Asia/Shanghai', '2026-01-05T15:59:59Z', '2026-01-05T23'],
    ['Asia/Shanghai', '2026-01-05T16:00:00Z', '2026-01-06T00'],
    ['Asia/Kolkata', '2026-01-05T18:29:59Z', '2026-01-05T23'],
    ['America/New_York', '1969-12-31T23:30:00Z', '1969-12-31T18'],
  ])('clocks in %s show at %s', (timeZone, instant, hour) => {
    expect(localHourAt(Date.parse(instant), timeZone)).toBe(hour)
  })
})

describe('the hours of a day', () => {
  test.each([
    ['Asia/Shanghai', '2026-01-05', 24, []],
    ['Europe/Lisbon', '2024-03-31', 23, ['01']],
    ['Europe/Lisbon', '2024-10-27', 24, []],
    ['America/Sao_Paulo', '2018-11-04', 23, ['00']],
    ['Australia/Lord_Howe', '2024-04-07', 24, []],
    ['Australia/Lord_Howe', '2024-10-06', 24, []],
    ['Antarctica/Troll', '2024-03-31', 22, ['01', '02']],
    ['Antarctica/Troll', '2024-10-27', 24, []],
  ])('%s on %s: %i labels', (timeZone, day, count, skipped) => {
    const hours = hoursOfDay(localDay(day), timeZone)
    expect(hours).toHaveLength(count)
    for (const hour of skipped) expect(hours).not.toContain(`${day}T${hour}`)
  })

  test('a day that a zone left out has none', () => {
    expect(hoursOfDay(localDay('2011-12-30'), 'Pacific/Apia')).toEqual([])
  })

  test('are, in every zone, what clocks show between its start and its end', () => {
    fc.assert(
      fc.property(days, zones, fc.nat(), (day, timeZone, n) => {
        const [start, end] = [startOfDay(day, timeZone), endOfDay(day, timeZone)]
        fc.pre(end > start)
        const hours = hoursOfDay(day, timeZone)
        const instant = start + (n % (end - start))
        // Between two midnights of the same date a clock may show the day before once more.
        if (localDayAt(instant, timeZone) === day) expect(hours).toContain(localHourAt(instant, timeZone))
        expect(hours).toEqual([...new Set(hours)].toSorted())
        expect(hours.every((hour) => dayOfHour(hour) === day)).toBe(true)
        expect(hours.length).toBeLessThanOrEqual(24)
      }),
      { numRuns: 1500, seed: 20_260_105 },
    )
  })

  test('are, on the days of 2024 that are shorter or longer, what clocks show all along', () => {
    let compared = 0
    for (const timeZone of ZONES) {
      for (let day = localDay('2024-01-01'); day < '2025-01-01'; day = addDays(day, 1)) {
        const [start, end] = [startOfDay(day, timeZone), endOfDay(day, timeZone)]
        if (end - start === 24 * HOUR) continue
        const shown = new Set<string>()
        for (let instant = start; instant < end; instant += HOUR / 12) {
          if (localDayAt(instant, timeZone) === day) shown.add(localHourAt(instant, timeZone))
        }
        expect([timeZone, hoursOfDay(day, timeZone)]).toEqual([timeZone, [...shown].toSorted()])
        compared += 1
      }
    }
    expect(compared).toBeGreaterThan(100)
  })
})
