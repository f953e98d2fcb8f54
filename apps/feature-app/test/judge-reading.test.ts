import { type HourlyReading, localHourAt } from '@airq/aqi-client'
import { describe, expect, test } from 'vitest'
import { judgeReading, STUCK_HOURS } from '../src/live/judge-reading.ts'

const HOUR = 3_600_000
const START = Date.UTC(2026, 0, 1)

function reading(hour: number, sub: HourlyReading['sub']): HourlyReading {
  const observedAt = START + hour * HOUR
  return {
    hour: localHourAt(observedAt, 'UTC'),
    observedAt,
    sub,
    aqi: null,
    dominant: null,
    unit: 'sub-index',
    scale: 'us-epa-2015',
    evidence: 'station',
    knownAt: observedAt + HOUR / 2,
  }
}
const series = (hours: number, sub: (hour: number) => HourlyReading['sub']) =>
  Array.from({ length: hours }, (_, hour) => reading(hour, sub(hour)))

describe('judgeReading', () => {
  test('an ordinary reading passes, and so does a dust storm', () => {
    expect(judgeReading(reading(0, { pm25: 80, pm10: 60 }), [])).toBeNull()
    expect(judgeReading(reading(0, { pm10: 1400 }), [])).toBeNull()
  })

  test.each<[string, HourlyReading['sub']]>([
    ['impossible', { pm25: -1 }],
    ['impossible', { pm25: 40, co: 2000 }],
    ['sentinel', { pm25: 40, o3: 999 }],
  ])('%s: %j', (reason, sub) => {
    expect(judgeReading(reading(0, sub), [])?.reason).toBe(reason)
  })

  test('a reading of the future', () => {
    const late = { ...reading(5, { pm25: 50 }), knownAt: START }
    expect(judgeReading(late, [])?.reason).toBe('clock')
  })

  test('the same values hour after hour are a stuck sensor from the twelfth on', () => {
    const before = series(STUCK_HOURS - 1, () => ({ pm25: 61, pm10: 40 }))
    expect(judgeReading(reading(STUCK_HOURS - 1, { pm25: 61, pm10: 40 }), before)).toMatchObject({
      reason: 'stuck',
    })
    expect(judgeReading(reading(STUCK_HOURS - 2, { pm25: 61, pm10: 40 }), before.slice(0, -1))).toBeNull()
  })

  test('a change, a gap, a single pollutant or zeros are not', () => {
    const now = reading(STUCK_HOURS, { pm25: 61, pm10: 40 })
    const changed = series(STUCK_HOURS, (hour) => ({ pm25: hour === 6 ? 62 : 61, pm10: 40 }))
    const gap = series(STUCK_HOURS, () => ({ pm25: 61, pm10: 40 })).filter((_, hour) => hour !== 6)
    expect([judgeReading(now, changed), judgeReading(now, gap)]).toEqual([null, null])
    const single = series(STUCK_HOURS, () => ({ pm25: 61 }))
    expect(judgeReading(reading(STUCK_HOURS, { pm25: 61 }), single)).toBeNull()
    const zeros = series(STUCK_HOURS, () => ({ pm25: 0, co: 0 }))
    expect(judgeReading(reading(STUCK_HOURS, { pm25: 0, co: 0 }), zeros)).toBeNull()
  })
})
