import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addDays,
  dueDays,
  endOfDay,
  finalisationInstant,
  localDay,
  localDayAt,
  localHourAt,
  startOfDay,
} from '../src/index.ts'

const HOUR = 3_600_000
const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'))
const days = fc.integer({ min: 0, max: 9860 }).map((n) => addDays(localDay('2000-01-01'), n))
const at = (day: string, timeZone: string) =>
  new Date(finalisationInstant(localDay(day), timeZone)).toISOString()

describe('a day of pulls may be finalised', () => {
  test.each([
    ['2026-01-05', 'Asia/Shanghai', '2026-01-05T20:00:00.000Z'],
    ['2024-03-30', 'Europe/Lisbon', '2024-03-31T03:00:00.000Z'],
    ['2024-10-26', 'Europe/Lisbon', '2024-10-27T04:00:00.000Z'],
    ['2011-12-29', 'Pacific/Apia', '2011-12-30T14:00:00.000Z'], // 30 December was left out
  ])('%s in %s at %s', (day, timeZone, instant) => {
    expect(at(day, timeZone)).toBe(instant)
  })

  test('when clocks first show 04:00 of the next day, in every zone', () => {
    fc.assert(
      fc.property(days, zones, (day, timeZone) => {
        const instant = finalisationInstant(day, timeZone)
        const next = localDayAt(endOfDay(day, timeZone), timeZone)
        expect(localHourAt(instant, timeZone) >= `${next}T04`).toBe(true)
        expect(localHourAt(instant - 1, timeZone) < `${next}T04`).toBe(true)
        const wait = (instant - endOfDay(day, timeZone)) / HOUR
        expect(wait).toBeGreaterThanOrEqual(1)
        expect(wait).toBeLessThanOrEqual(7)
      }),
      { numRuns: 3000, seed: 20_260_105 },
    )
  })
})

describe('dueDays', () => {
  test('are the days from the first on whose instant has come, in every zone', () => {
    fc.assert(
      fc.property(days, zones, fc.integer({ min: 0, max: 40 }), (firstDay, timeZone, count) => {
        const last = addDays(firstDay, count)
        const now = finalisationInstant(last, timeZone)
        const expected = Array.from({ length: count + 1 }, (_, i) => addDays(firstDay, i)).filter(
          (day) => startOfDay(day, timeZone) < endOfDay(day, timeZone),
        )
        const due = dueDays({ firstDay, now, timeZone })
        expect(due.slice(0, expected.length)).toEqual(expected)
        expect(due.every((day) => finalisationInstant(day, timeZone) <= now)).toBe(true)
        expect(dueDays({ firstDay, now: now - 1, timeZone })).not.toContain(last)
      }),
      { numRuns: 300, seed: 20_260_105 },
    )
  })

  test('none before the first is due, and none that a zone left out', () => {
    const timeZone = 'Pacific/Apia'
    const due = (now: string) => dueDays({ firstDay: localDay('2011-12-29'), now: Date.parse(now), timeZone })
    expect(due('2011-12-30T13:59:59Z')).toEqual([])
    expect(due('2011-12-31T14:00:00Z')).toEqual(['2011-12-29', '2011-12-31'])
  })
})
