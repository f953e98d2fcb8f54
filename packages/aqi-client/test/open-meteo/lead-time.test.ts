import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { publishedAt, smallestPreviousDay } from '../../src/sources/open-meteo/index.ts'
import { at, BEIJING, collect, days, DAY, failure, HOUR, openStage } from './support.ts'

const decision = at('2025-05-10T20:00:00+08:00')

describe('the freshest forecast that was out', () => {
  test('at 20:00, previous_day1 serves tomorrow until noon and is a leak after it', () => {
    expect(smallestPreviousDay(at('2025-05-11T00:00:00+08:00'), decision)).toBe(1)
    expect(smallestPreviousDay(at('2025-05-11T12:00:00+08:00'), decision)).toBe(1)
    expect(smallestPreviousDay(at('2025-05-11T13:00:00+08:00'), decision)).toBe(2)
    expect(smallestPreviousDay(at('2025-05-11T23:00:00+08:00'), decision)).toBe(2)
  })

  test('archived fields serve hours up to 8 h before the decision only', () => {
    expect(smallestPreviousDay(decision - 8 * HOUR, decision)).toBe(0)
    expect(smallestPreviousDay(decision - 7 * HOUR, decision)).toBe(1)
  })

  test('none is kept from more than seven days before', () => {
    expect(smallestPreviousDay(decision + 7 * DAY - 8 * HOUR, decision)).toBe(7)
    expect(smallestPreviousDay(decision + 7 * DAY - 7 * HOUR, decision)).toBeNull()
  })

  test('K is allowed, and K - 1 is not, whatever the instants', () => {
    const instant = fc.integer({ min: 0, max: 4_000_000_000_000 })
    fc.assert(
      fc.property(instant, fc.integer({ min: -20 * DAY, max: 9 * DAY }), (decidedAt, ahead) => {
        const validAt = decidedAt + ahead
        const previousDay = smallestPreviousDay(validAt, decidedAt)
        if (previousDay === null) {
          expect(publishedAt(validAt, 7)).toBeGreaterThan(decidedAt)
          return
        }
        expect(validAt - previousDay * DAY + 8 * HOUR).toBeLessThanOrEqual(decidedAt)
        if (previousDay > 0) expect(publishedAt(validAt, previousDay - 1)).toBeGreaterThan(decidedAt)
      }),
    )
  })

  test('NaN is refused', () => {
    expect(() => smallestPreviousDay(Number.NaN, decision)).toThrow(
      expect.objectContaining({ code: 'bad-value' }),
    )
  })
})

describe('weather as it was forecast', () => {
  /** 20:00 local of the day before. */
  const eveningBefore = (validAt: number) => {
    const localMidnight = Math.floor((validAt + 8 * HOUR) / DAY) * DAY - 8 * HOUR
    return localMidnight - 4 * HOUR
  }

  test('every hour comes from the freshest allowed run and was known at its decision', async () => {
    const { client, fake } = await openStage('2026-03-04T10:00:00Z')
    const hours = await collect(
      client.weatherAsForecast(BEIJING, days('2025-05-01', '2025-06-15'), eveningBefore),
    )
    expect(hours).toHaveLength(46 * 24)
    for (const { validAt, knownAt, previousDay, temperature } of hours) {
      expect(previousDay).toBe(smallestPreviousDay(validAt, eveningBefore(validAt)))
      expect(knownAt).toBeLessThanOrEqual(eveningBefore(validAt))
      expect(temperature).toBe(fake.truth.value({ variable: 'temperature_2m', validAt, previousDay }))
    }
    expect(new Set(hours.map(({ previousDay }) => previousDay))).toEqual(new Set([1, 2]))
  })

  test('canary: a value planted in a forbidden run is never seen, in the allowed run it is', async () => {
    const { client, fake } = await openStage('2026-03-04T10:00:00Z')
    const range = days('2025-05-11', '2025-05-11')
    const late = at('2025-05-11T15:00:00+08:00')
    fake.truth.plant({ variable: 'temperature_2m', validAt: late, previousDay: 0 }, 900)
    fake.truth.plant({ variable: 'temperature_2m', validAt: late, previousDay: 1 }, 901)
    fake.truth.plant({ variable: 'temperature_2m', validAt: late, previousDay: 2 }, 902)
    const hours = await collect(client.weatherAsForecast(BEIJING, range, eveningBefore))
    const temperatures = hours.map(({ temperature }) => temperature)
    expect(temperatures).not.toContain(900)
    expect(temperatures).not.toContain(901)
    expect(temperatures).toContain(902)
  })

  test('only runs that are needed are asked for', async () => {
    const { client, fake } = await openStage('2026-03-04T10:00:00Z')
    await collect(client.weatherAsForecast(BEIJING, days('2025-05-11', '2025-05-11'), eveningBefore))
    const variables = fake.requests.flatMap(({ query }) => (query['hourly'] ?? '').split(','))
    expect(variables.filter((name) => name.startsWith('temperature'))).toEqual([
      'temperature_2m_previous_day1',
      'temperature_2m_previous_day2',
    ])
  })

  test('a decision too far ahead is refused before anything is asked', async () => {
    const { client, fake } = await openStage('2026-03-04T10:00:00Z')
    const range = days('2025-05-11', '2025-05-20')
    const error = await failure(
      (async () => collect(client.weatherAsForecast(BEIJING, range, () => at('2025-05-10T12:00:00Z'))))(),
    )
    expect(error).toMatchObject({ code: 'bad-span', fault: 'input' })
    expect(fake.requests).toHaveLength(0)
  })
})
