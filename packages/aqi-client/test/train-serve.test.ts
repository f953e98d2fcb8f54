import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addDays,
  aggregateDay,
  alignHistory,
  dayOfHour,
  dueDays,
  localDay,
  parseHistoricalCsv,
  type DailyReading,
  type HourlyReading,
  type LocalDay,
} from '../src/index.ts'
import { exportHistoricalCsv, simulatedHours, simulateWorld } from '../src/sources/simulator/index.ts'

const ZONES = ['Asia/Shanghai', 'Europe/Lisbon', 'America/Sao_Paulo', 'Pacific/Apia', 'Australia/Lord_Howe']
const worlds = fc.record({
  seed: fc.integer(),
  timeZone: fc.constantFrom(...ZONES),
  firstDay: fc.integer({ min: 0, max: 5000 }).map((n) => addDays(localDay('2008-01-01'), n)),
  length: fc.integer({ min: 30, max: 1500 }),
})

function byDay(readings: Iterable<HourlyReading>): Map<LocalDay, HourlyReading[]> {
  const days = new Map<LocalDay, HourlyReading[]>()
  for (const reading of readings) {
    const day = dayOfHour(reading.hour)
    const known = days.get(day)
    if (known === undefined) days.set(day, [reading])
    else known.push(reading)
  }
  return days
}

const valuesOf = ({ day, timeZone, sub, aqi, unit, scale, status }: DailyReading) => ({
  ...{ day, timeZone, sub, aqi, unit, scale, status },
})

describe('hourly pulls, made into days', () => {
  test(
    'are the download of the same station after alignment, bit for bit, outages included',
    { timeout: 60_000 },
    () => {
      fc.assert(
        fc.property(worlds, fc.constantFrom('west' as const, 'east' as const), (drawn, downloadZone) => {
          const { seed, timeZone, firstDay } = drawn
          const options = { seed, timeZone, firstDay, lastDay: addDays(firstDay, drawn.length) }
          const csv = exportHistoricalCsv(simulateWorld(options), { downloadZone })
          const trained = alignHistory(parseHistoricalCsv(csv), { timeZone, downloadZone }).days

          const hours = byDay(simulatedHours(options))
          const end = trained.at(-1)?.knownAt ?? 0
          const due = dueDays({ firstDay, now: end + 7 * 3_600_000, timeZone })
          const served = due.map((day) => aggregateDay(hours.get(day) ?? [], { day, timeZone }))
          expect(served.filter(({ status }) => status === 'final').map(valuesOf)).toEqual(
            trained.map(valuesOf),
          )
          const trainedDays = new Set(trained.map(({ day }) => day))
          const rest = served.filter(({ day }) => !trainedDays.has(day))
          expect(rest.every(({ status, aqi }) => status === 'missing' && aqi === null)).toBe(true)
        }),
        { numRuns: 25, seed: 20_260_105 },
      )
    },
  )

  test('are near it where a quarter of the hours is lost', () => {
    const options = {
      seed: 8,
      timeZone: 'Asia/Shanghai',
      firstDay: localDay('2023-01-01'),
      lastDay: localDay('2023-12-31'),
    }
    const truth = new Map(simulateWorld(options).days.map(({ day, aqi }) => [day, aqi ?? Number.NaN]))
    const kept = [...simulatedHours(options)].filter((_, i) => Math.sin(i * i) < 0.71)
    const errors = [...byDay(kept)].map(([day, readings]) => {
      const { aqi } = aggregateDay(readings, { day, timeZone: options.timeZone })
      return Math.abs((aqi ?? Number.NaN) - (truth.get(day) ?? Number.NaN))
    })
    expect(errors.length).toBe(truth.size)
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(3)
    expect(errors.some((error) => error > 0)).toBe(true)
  })
})

describe('simulatedHours', () => {
  test('come in order, with labels of the zone, and of the days of the world only', () => {
    fc.assert(
      fc.property(worlds, ({ seed, timeZone, firstDay }) => {
        const options = { seed, timeZone, firstDay, lastDay: addDays(firstDay, 200) }
        const hours = [...simulatedHours(options)]
        expect(hours.every(({ observedAt }, i) => observedAt > (hours[i - 1]?.observedAt ?? 0))).toBe(true)
        expect([...byDay(hours).keys()]).toEqual(simulateWorld(options).days.map(({ day }) => day))
        expect(hours.every(({ aqi, sub }) => aqi === Math.max(...Object.values(sub)))).toBe(true)
      }),
      { numRuns: 10, seed: 20_260_105 },
    )
  })
})
