import { addDays, dayNumber, localDay, startOfDay } from '@airq/aqi-client'
import { simulateWorld } from '@airq/aqi-client/simulator'
import { describe, expect, test } from 'vitest'
import { decisionRow, issueSlot, trainingRowsSha256, trainingSet, usualLead } from '../src/index.ts'
import { dayOf, hoursOf, startOf } from './support/beside.ts'
import { daysOf, ramp } from './support/days.ts'

const HOUR = 3_600_000
const days = daysOf(ramp(60))
const hours = hoursOf(ramp(60 * 24))

describe('end-of-day', () => {
  test('daily rows are to the bit what they have always been', () => {
    const span = { firstDay: localDay('2018-01-01'), lastDay: localDay('2019-12-31') }
    const world = simulateWorld({ seed: 3, timeZone: 'Asia/Shanghai', ...span })
    const late = world.days.map((day, i) => ({ ...day, knownAt: day.knownAt + (i % 7 === 3 ? 4 * HOUR : 0) }))
    expect(trainingRowsSha256(trainingSet(late, { decision: 'end-of-day' }))).toBe(
      'b46b0d5be47a2a0ec5ae2f52e1be0865e22d53ee34be3312a99560d1db6deb39',
    )
  })
})

describe('evening', () => {
  const evening = { decision: 'evening', blocks: ['stationHours'], beside: { hours } } as const

  test('today is not over: the last final day is yesterday, the target tomorrow', () => {
    const row = decisionRow(days, dayOf(40), evening)
    expect(row).toMatchObject({
      decisionDay: dayOf(40),
      lastFinalDay: dayOf(39),
      targetDay: dayOf(41),
      lead: 2,
      lastAqi: days[39]?.aqi,
      decidedAt: startOf(40) + 20 * HOUR,
      hoursToday: 20,
    })
    const cell = (name: string) => row.row.values[row.columns.indexOf(name)]
    expect(cell('aqi_history_0')).toBe(days[39]?.aqi)
    expect(cell('log_aqi_lag_0')).toBeCloseTo(Math.log1p(days[39]?.aqi ?? 0), 12)
  })

  test('a day that came in early is not used before it is over', () => {
    const early = days.map((day) => ({ ...day, knownAt: day.knownAt - 10 * HOUR }))
    expect(decisionRow(early, dayOf(40), evening).lastFinalDay).toBe(dayOf(39))
  })

  test('the hours of today enter as a nowcast of today, up to the hour before', () => {
    const row = decisionRow(days, dayOf(40), evening)
    const today = Array.from({ length: 20 }, (_, hour) => hours[40 * 24 + hour]?.sub.pm25 ?? Number.NaN)
    const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length
    const cell = (name: string) => row.row.values[row.columns.indexOf(name)]
    expect(cell('aqi_so_far')).toBeCloseTo(mean(today), 9)
    expect(cell('log_pm25_today_19_20')).toBeCloseTo(Math.log1p(today[19] ?? 0), 12)
    expect(cell('log_pm25_today_14_20')).toBeCloseTo(mean(today.slice(14).map(Math.log1p)), 12)
  })

  test('training rows replay exactly this, with labels of two days later', () => {
    const matrix = trainingSet(days, evening)
    expect(usualLead(matrix, evening)).toBe(2)
    matrix.targetDays.forEach((target, i) => {
      const day = addDays(dayOf(0), target - 1 - dayNumber(dayOf(0)))
      const row = decisionRow(days, day, evening)
      const width = matrix.columns.length
      expect(row.row.values).toEqual(matrix.values.slice(i * width, (i + 1) * width))
      expect(matrix.outcomeKnownAt[i]).toBe(row.decidedAt + 28 * HOUR)
    })
    expect(matrix.roles.soFar).toBe('aqi_so_far')
  })

  test('an empty window takes the value of the next wider one', () => {
    const gap = hours.filter(({ hour }) => hour !== `${dayOf(40)}T19`)
    const row = decisionRow(days, dayOf(40), { ...evening, beside: { hours: gap } })
    const cell = (name: string) => row.row.values[row.columns.indexOf(name)]
    expect(cell('log_pm25_today_19_20')).toBe(cell('log_pm25_today_17_20'))
    expect(row.hoursToday).toBe(19)
  })

  test('without an hour of the last six the block is not known, and training leaves the row out', () => {
    const gone = hours.filter(({ hour }) => !hour.startsWith(`${dayOf(40)}T1`))
    const options = { ...evening, beside: { hours: gone } }
    expect(decisionRow(days, dayOf(40), options).blocksKnown).toEqual([])
    expect(decisionRow(days, dayOf(39), options).blocksKnown).toEqual(['stationHours'])
    const targets = Array.from(trainingSet(days, options).targetDays)
    expect(targets).not.toContain(dayNumber(dayOf(41)))
    expect(targets).toContain(dayNumber(dayOf(40)))
  })
})

describe('morning', () => {
  const morning = { decision: 'morning', blocks: ['stationHours'], beside: { hours } } as const

  test('forecasts the day that has begun, from its first hours and from the days before', () => {
    const row = decisionRow(days, dayOf(40), morning)
    expect(row).toMatchObject({ targetDay: dayOf(40), lastFinalDay: dayOf(39), lead: 1, hoursToday: 6 })
    expect(row.decidedAt).toBe(startOf(40) + 6 * HOUR)
    const cell = (name: string) => row.row.values[row.columns.indexOf(name)]
    expect(cell('log_pm25_before_23_24')).toBeCloseTo(Math.log1p(hours[40 * 24 - 1]?.sub.pm25 ?? 0), 12)
  })

  test('its hour can be another', () => {
    const row = decisionRow(days, dayOf(40), { ...morning, hour: 9 })
    expect([row.decidedAt, row.hoursToday]).toEqual([startOf(40) + 9 * HOUR, 9])
    expect(row.columns).toContain('log_pm25_today_0_9')
  })
})

test('issue slots name the local hour; the end of a day is its hour 24', () => {
  expect(issueSlot(dayOf(0), { decision: 'end-of-day' })).toBe('2023-01-01T24')
  expect(issueSlot(dayOf(0), { decision: 'evening' })).toBe('2023-01-01T20')
  expect(issueSlot(dayOf(0), { decision: 'morning', hour: 7 })).toBe('2023-01-01T07')
})

test('on the days the clock changes an evening is still at 20:00', () => {
  const vienna = daysOf(ramp(100), 'Europe/Vienna')
  const row = decisionRow(vienna, localDay('2023-03-26'), { decision: 'evening' })
  expect(row.decidedAt).toBe(startOfDay(localDay('2023-03-26'), 'Europe/Vienna') + 19 * HOUR)
})
