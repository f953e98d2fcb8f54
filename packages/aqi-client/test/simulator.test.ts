import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addDays,
  alignHistory,
  AqiError,
  dayNumber,
  localDay,
  parseHistoricalCsv,
  POLLUTANTS,
  type DailyReading,
  type Pollutant,
} from '../src/index.ts'
import {
  exportConcentrationCsv,
  exportHistoricalCsv,
  simulateWorld,
  type SimulatedWorld,
} from '../src/sources/simulator/index.ts'

const sixYears = (seed: number) =>
  simulateWorld({
    seed,
    timeZone: 'Asia/Shanghai',
    firstDay: localDay('2019-01-01'),
    lastDay: localDay('2024-12-31'),
  })

const ZONES = ['Asia/Shanghai', 'Europe/Lisbon', 'America/Sao_Paulo', 'Pacific/Apia', 'Australia/Lord_Howe']
const worlds = fc
  .record({
    seed: fc.integer(),
    timeZone: fc.constantFrom(...ZONES),
    start: fc.integer({ min: 0, max: 7000 }),
    length: fc.integer({ min: 3, max: 1200 }),
  })
  .map(({ seed, timeZone, start, length }) => {
    const firstDay = addDays(localDay('2003-01-01'), start)
    return simulateWorld({ seed, timeZone, firstDay, lastDay: addDays(firstDay, length) })
  })
const columnSets = fc.shuffledSubarray([...POLLUTANTS], { minLength: 1 })
const downloadZones = fc.constantFrom('west' as const, 'east' as const)

/** The truth as far as these columns tell it, without the newest day. */
function knownFrom(world: SimulatedWorld, columns: readonly Pollutant[]): DailyReading[] {
  const kept = (sub: DailyReading['sub']) =>
    Object.fromEntries(Object.entries(sub).filter(([name]) => columns.some((column) => column === name)))
  return world.days
    .map((reading) => ({ ...reading, sub: kept(reading.sub) }))
    .filter(({ sub }) => Object.keys(sub).length > 0)
    .map((reading) => ({ ...reading, aqi: Math.max(...Object.values(reading.sub)) }))
    .slice(0, -1)
}

/** The same world with cells missing here and there. */
function withBlanks(world: SimulatedWorld, every: number): SimulatedWorld {
  const days = world.days.map((reading, i) => {
    const sub = Object.fromEntries(
      Object.entries(reading.sub).filter((_, j) => (i * 7 + j * 3) % every !== 0),
    )
    return { ...reading, sub }
  })
  const left = days.at(-1)?.sub ?? {}
  const lastDayMorning = Object.fromEntries(
    Object.entries(world.lastDayMorning).filter(([name]) => name in left),
  )
  return { ...world, days, lastDayMorning }
}

function shuffled(csv: string, seed: number): string {
  const [header, ...rows] = csv.split('\n')
  const weight = (row: string) => Math.sin(Date.parse(row.slice(0, row.indexOf(','))) / 86_400_000 + seed)
  return [header, ...rows.toSorted((a, b) => weight(a) - weight(b))].join('\n')
}

describe('simulateWorld', () => {
  test('the same seed gives the same air, another seed another', () => {
    expect(sixYears(1)).toEqual(sixYears(1))
    expect(sixYears(1).days[0]?.sub).not.toEqual(sixYears(2).days[0]?.sub)
  })

  test('more days, at either end, never change those between', () => {
    const [seed, timeZone] = [11, 'Europe/Lisbon']
    const long = simulateWorld({
      seed,
      timeZone,
      firstDay: localDay('2015-01-01'),
      lastDay: localDay('2020-06-30'),
    })
    const short = simulateWorld({
      seed,
      timeZone,
      firstDay: localDay('2017-03-01'),
      lastDay: localDay('2017-12-31'),
    })
    const between = long.days.filter(({ day }) => day >= '2017-03-01' && day <= '2017-12-31')
    expect(short.days).toEqual(between)
  })

  test.each([1, 2, 3, 4])('seed %i is as hard to forecast as a real city', (seed) => {
    const { days } = sixYears(seed)
    const pairs = days.flatMap((today, i) => {
      const before = days[i - 1]
      const follows = before !== undefined && dayNumber(today.day) - dayNumber(before.day) === 1
      return follows ? [[before.aqi ?? 0, today.aqi ?? 0] as const] : []
    })
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
    const centre = mean(days.map(({ aqi }) => aqi ?? 0))
    const variance = mean(pairs.map(([, y]) => (y - centre) ** 2))
    const correlation = mean(pairs.map(([x, y]) => (x - centre) * (y - centre))) / variance
    const persistence = mean(pairs.map(([x, y]) => Math.abs(x - y)))
    const shrunk = mean(pairs.map(([x, y]) => Math.abs(centre + 0.65 * (x - centre) - y)))

    expect(persistence).toBeGreaterThan(25)
    expect(persistence).toBeLessThan(35)
    expect(correlation).toBeGreaterThan(0.55)
    expect(correlation).toBeLessThan(0.75)
    expect(shrunk).toBeLessThan(persistence)
    expect(days.length).toBeLessThan(2192) // outages
    expect(days.some(({ sub }) => sub.pm10 === undefined)).toBe(true)
    expect(Math.max(...days.map(({ aqi }) => aqi ?? 0))).toBeLessThanOrEqual(500)
  })

  test('readings say that they are simulated', () => {
    expect(sixYears(1).days[0]).toMatchObject({ origin: 'simulator', status: 'final', scale: 'us-epa-2015' })
  })

  test.each([
    ['1999-12-31', '2001-01-01'],
    ['2020-01-02', '2020-01-01'],
  ])('%s to %s is refused', (firstDay, lastDay) => {
    const span = { firstDay: localDay(firstDay), lastDay: localDay(lastDay) }
    expect(() => simulateWorld({ seed: 1, timeZone: 'UTC', ...span })).toThrow(
      expect.objectContaining({ code: 'bad-span' }),
    )
    expect(() => simulateWorld({ seed: 1, timeZone: 'Nowhere', ...span })).toThrow(
      expect.objectContaining({ code: 'bad-time-zone' }),
    )
  })
})

describe('exportHistoricalCsv', () => {
  test('looks like a download', () => {
    const lines = exportHistoricalCsv(sixYears(1), { downloadZone: 'west' }).split('\n')
    expect(lines[0]).toBe('date, pm25, pm10, o3, no2, so2, co')
    expect(lines[1]).toMatch(/^2024\/12\/2, \d+, \d+/)
    expect(lines.find((line) => line.startsWith('2025/1/1'))).toMatch(/^2025\/1\/1, \d+(, ){5}$/)
    expect(lines.at(-1)).toMatch(/^20\d\d\/\d+\/\d+, , /)
    expect(lines.some((line) => line.endsWith(', '))).toBe(true)
    const east = exportHistoricalCsv(sixYears(1), { downloadZone: 'east' }).split('\n')
    expect(east[1]).toMatch(/^2024\/12\/1, \d+/)
  })
})

describe('a simulated download, parsed and aligned', () => {
  test('is the truth bit for bit, for any columns, blanks and side of UTC', () => {
    fc.assert(
      fc.property(
        worlds,
        columnSets,
        fc.integer({ min: 4, max: 40 }),
        downloadZones,
        (full, columns, every, zone) => {
          const world = withBlanks(full, every)
          const csv = exportHistoricalCsv(world, { downloadZone: zone, columns })
          const parsed = parseHistoricalCsv(csv)
          const options = { timeZone: world.timeZone, downloadZone: zone, origin: 'simulator' } as const
          expect(alignHistory(parsed, options).days).toEqual(knownFrom(world, columns))
          const reordered = parseHistoricalCsv(shuffled(csv, every))
          expect(alignHistory(reordered, options).days).toEqual(knownFrom(world, columns))
        },
      ),
      { numRuns: 40, seed: 20_260_105 },
    )
  })

  test('tells its zone, or says that it cannot: never a wrong day', () => {
    fc.assert(
      fc.property(worlds, downloadZones, (world, downloadZone) => {
        const parsed = parseHistoricalCsv(exportHistoricalCsv(world, { downloadZone }))
        try {
          const options = { timeZone: world.timeZone, downloadZone: 'auto', origin: 'simulator' } as const
          expect(alignHistory(parsed, options).days).toEqual(world.days.slice(0, -1))
        } catch (error) {
          if (!AqiError.isInstance(error)) throw error
          expect(error.code).toBe('download-zone-unknown')
          expect(world.days.length).toBeLessThan(900)
        }
      }),
      { numRuns: 40, seed: 20_260_105 },
    )
  })

  test('a newer download only adds days', () => {
    const until = (lastDay: string) => {
      const world = simulateWorld({
        seed: 3,
        timeZone: 'Asia/Shanghai',
        firstDay: localDay('2022-01-01'),
        lastDay: localDay(lastDay),
      })
      const parsed = parseHistoricalCsv(exportHistoricalCsv(world, { downloadZone: 'west' }))
      return alignHistory(parsed, { timeZone: 'Asia/Shanghai', downloadZone: 'auto' }).days
    }
    const [older, newer] = [until('2024-05-10'), until('2024-05-20')]
    expect(newer.slice(0, older.length)).toEqual(older)
    expect(newer.length).toBe(older.length + 10)
  })
})

describe('the export of a citizen sensor', () => {
  const options = {
    seed: 4,
    timeZone: 'Europe/Vienna',
    firstDay: localDay('2024-01-01'),
    lastDay: localDay('2024-02-15'),
  }
  const text = exportConcentrationCsv(options, { pollutant: 'pm25', name: 'Gartenweg' })

  test('tells of concentrations, day by day, in order', () => {
    const [name, , what, header, ...rows] = text.split('\n')
    expect([name, what]).toEqual(['# Sensor Gartenweg (simulated)', '# Daily pm25'])
    expect(header).toBe('date,min,max,median,q1,q3,stdev,count')
    for (const row of rows) {
      const [, min = 0, max = 0, median = 0, q1 = 0, q3 = 0, , count = 0] = row.split(',').map(Number)
      expect(min <= q1 && q1 <= median && median <= q3 && q3 <= max && count <= 25).toBe(true)
    }
  })

  test('is refused as a history of sub-indices', () => {
    expect(() => parseHistoricalCsv(text)).toThrow(expect.objectContaining({ code: 'concentrations' }))
  })
})
