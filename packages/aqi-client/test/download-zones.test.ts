import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addDays,
  alignHistory,
  AqiError,
  dayFromNumber,
  dayNumber,
  localDay,
  parseHistoricalCsv,
  startOfDay,
  type AlignedHistory,
  type AlignOptions,
  type DailyReading,
  type LocalDay,
} from '../src/index.ts'
import { clockOfZone, FIXED_CLOCKS } from '../src/sources/aqicn-csv/download-clock.ts'
import { CROSSING_ZONES } from '../src/sources/aqicn-csv/zone-evidence.ts'
import { exportHistoricalCsv, simulateWorld, type SimulatedWorld } from '../src/sources/simulator/index.ts'
import { hasRealDownloads, realDownload, SKIPPED_WITHOUT } from './real-downloads.ts'

const DAY = 86_400_000
const timeZone = 'Asia/Shanghai'
const ZONES = Intl.supportedValuesOf('timeZone')

const LISBON = { timeZone: 'Europe/Lisbon' }
const world = simulateWorld({
  seed: 5,
  timeZone,
  firstDay: localDay('2019-01-01'),
  lastDay: localDay('2022-05-20'),
})
const csv = exportHistoricalCsv(world, { downloadZone: LISBON })
const align = (text: string, downloadZone: AlignOptions['downloadZone'], station = timeZone) =>
  alignHistory(parseHistoricalCsv(text), { timeZone: station, downloadZone, origin: 'simulator' })
const codes = ({ report }: AlignedHistory) => report.warnings.map(({ code }) => code)

/** The label that a browser in this zone makes of a date. */
const labelIn = (date: LocalDay, zone: string) => Math.floor(startOfDay(date, zone) / DAY)

/** The days whose values stand, or stood, on a label that two dates share. */
function daysSharing(first: LocalDay, last: LocalDay, zone: string): Set<LocalDay> {
  const days = new Set<LocalDay>()
  for (let date = addDays(first, -2); date <= addDays(last, 2); date = addDays(date, 1)) {
    const next = addDays(date, 1)
    if (labelIn(date, zone) !== labelIn(next, zone)) continue
    for (const day of [addDays(date, -1), date, next]) days.add(day)
  }
  return days
}

/** Each day is the truth or missing, and missing only where the file has lost it. */
function expectTruth(aligned: AlignedHistory, truth: readonly DailyReading[], zone: string): void {
  const [first, last] = [truth[0]?.day, truth.at(-1)?.day]
  if (first === undefined || last === undefined) return
  const sharing = daysSharing(first, last, zone)
  const found = new Set(aligned.days.map(({ day }) => day))
  expect(aligned.days).toEqual(truth.filter(({ day }) => found.has(day)))
  expect(truth.map(({ day }) => day).filter((day) => !found.has(day) && !sharing.has(day))).toEqual([])
}

describe('61 a file whose labels change with summer time', () => {
  test('is aligned segment by segment', () => {
    const aligned = align(csv, 'auto')
    expectTruth(aligned, world.days.slice(0, -1), 'Europe/Lisbon')
    expect(aligned.report).toMatchObject({
      method: 'block-marks',
      confidence: 'high',
      columns: { pm25: 0, pm10: 1 },
    })
    expect(aligned.report.segments.map(({ firstLabel, others }) => [firstLabel, others])).toEqual([
      ['2019-01-01', 0],
      ['2019-04-01', 1],
      ['2019-10-28', 0],
      ['2020-03-30', 1],
      ['2020-10-26', 0],
      ['2021-03-29', 1],
      ['2021-11-01', 0],
      ['2022-03-28', 1],
    ])
    expect(codes(aligned)).toEqual(['download-zone-crossing'])
  })

  test('loses the days that share a label in spring, and none in autumn', () => {
    const { days, report } = align(csv, 'auto')
    expect(report.lost).toEqual([
      ...['2019-03-30', '2019-03-31', '2019-04-01', '2020-03-28', '2020-03-29', '2020-03-30'],
      ...['2021-03-27', '2021-03-28', '2021-03-29', '2022-03-26', '2022-03-27', '2022-03-28'],
    ])
    expect(days.length).toBe(world.days.length - 1 - report.lost.length)
    const autumn = days.map(({ day }) => day).filter((day) => day >= '2021-10-29' && day <= '2021-11-03')
    expect(autumn).toHaveLength(6)
  })

  test('says so in the same way when the zone is told', () => {
    const [told, read] = [align(csv, LISBON), align(csv, 'auto')]
    expect(told.days).toEqual(read.days)
    expect(told.report.method).toBe('download-zone')
    expect(codes(told)).toEqual(['download-zone-crossing'])
  })

  test('sorted by date it needs to be told, as any file', () => {
    const [header = '', ...rows] = csv.split('\n')
    const serial = (row: string) => Date.parse(`${row.slice(0, row.indexOf(',')).replaceAll('/', '-')} UTC`)
    const sorted = [header, ...rows.toSorted((a, b) => serial(a) - serial(b))].join('\n')
    expect(() => align(sorted, 'auto')).toThrow(expect.objectContaining({ code: 'download-zone-unknown' }))
    expect(align(sorted, LISBON).days).toEqual(align(csv, LISBON).days)
  })

  test('is told apart from one of a fixed side, whichever is claimed', () => {
    const east = exportHistoricalCsv(world, { downloadZone: 'east' })
    expect(codes(align(csv, 'west'))).toEqual(['download-zone-contradicted'])
    expect(codes(align(east, LISBON))).toContain('download-zone-contradicted')
    expect(codes(align(east, { timeZone: 'Asia/Tokyo' }))).toEqual([])
    expect(codes(align(east, { timeZone: 'America/Lima' }))).toEqual(['download-zone-contradicted'])
  })

  test('one winter is too little to tell it', () => {
    const short = simulateWorld({
      seed: 5,
      timeZone,
      firstDay: localDay('2021-02-01'),
      lastDay: localDay('2021-12-20'),
    })
    const text = exportHistoricalCsv(short, { downloadZone: LISBON })
    expect(() => align(text, 'auto')).toThrow(
      expect.objectContaining({
        code: 'download-zone-unknown',
        message: expect.stringContaining('Europe/London'),
      }),
    )
    expectTruth(align(text, LISBON), short.days.slice(0, -1), 'Europe/Lisbon')
  })

  test('a zone that is none is refused', () => {
    expect(() => align(csv, { timeZone: 'Mars/Olympus' })).toThrow(
      expect.objectContaining({ code: 'bad-time-zone' }),
    )
  })

  test.each([
    [['pm25'], 2],
    [['pm10', 'o3'], 2],
    [['pm25', 'pm10'], 3],
  ] as const)('with the columns %j a switch costs %i days', (columns, cost) => {
    const text = exportHistoricalCsv(world, { downloadZone: LISBON, columns })
    expect(align(text, 'auto').report.lost).toHaveLength(4 * cost)
  })
})

describe('the same history downloaded in any zone', () => {
  const drawn = fc.record({
    seed: fc.integer(),
    downloader: fc.oneof(fc.constantFrom(...ZONES), fc.constantFrom(...CROSSING_ZONES)),
    start: fc.integer({ min: 0, max: 5500 }),
    length: fc.integer({ min: 5, max: 1800 }),
    every: fc.integer({ min: 4, max: 40 }),
  })

  /** With cells missing here and there, and whole weeks. */
  function thinned(full: SimulatedWorld, every: number): SimulatedWorld {
    const days = full.days
      .filter(({ day }, i) => dayNumber(day) % 97 > 9 || i === full.days.length - 1)
      .map((reading, i, { length }) => {
        if (i === length - 1) return reading
        const sub = Object.fromEntries(
          Object.entries(reading.sub).filter(([name], j) => name === 'pm25' || (i * 7 + j * 3) % every !== 0),
        )
        return { ...reading, sub, aqi: Math.max(...Object.values(sub)) }
      })
    return { ...full, days }
  }

  test('gives the same days, but for those that the file has lost', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(drawn, ({ seed, downloader, start, length, every }) => {
        const firstDay = addDays(localDay('2008-01-01'), start)
        const full = simulateWorld({ seed, timeZone, firstDay, lastDay: addDays(firstDay, length) })
        const station = thinned(full, every)
        const text = exportHistoricalCsv(station, { downloadZone: { timeZone: downloader } })
        const truth = station.days.slice(0, -1)
        expectTruth(align(text, { timeZone: downloader }), truth, downloader)
        try {
          expectTruth(align(text, 'auto'), truth, downloader)
        } catch (error) {
          if (!AqiError.isInstance(error)) throw error
          expect(error.code).toBe('download-zone-unknown')
        }
      }),
      { numRuns: 30, seed: 20_260_105 },
    )
  })

  test('no other zone has crossed UTC since 2008', { timeout: 60_000 }, () => {
    const first = dayNumber(localDay('2008-01-01'))
    const dates = Array.from({ length: 20 * 52 }, (_, week) => first + 7 * week)
    const sidesOf = (sideAt: (date: number) => string) => dates.map((date) => sideAt(date)[0]).join('')
    const known = new Set([
      ...Object.values(FIXED_CLOCKS).map(({ sideAt }) => sidesOf(sideAt)),
      ...CROSSING_ZONES.map((zone) => sidesOf(clockOfZone(zone).sideAt)),
    ])
    expect(ZONES.filter((zone) => !known.has(sidesOf(clockOfZone(zone).sideAt)))).toEqual([])
  })
})

describe.skipIf(!hasRealDownloads)(`real downloads (${SKIPPED_WITHOUT})`, () => {
  const relabelled = (text: string, zone: string) =>
    text.replaceAll(/^(\d+)\/(\d+)\/(\d+)/gm, (_, year: string, month: string, date: string) => {
      const west = localDay(`${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`)
      return dayFromNumber(labelIn(west, zone)).split('-').map(Number).join('/')
    })

  test.each(['Europe/Lisbon', 'Africa/Casablanca', 'Europe/Berlin', 'America/New_York'])(
    'Beijing as a computer in %s would have it gives the days of the original',
    (zone) => {
      const original = align(realDownload('beijing'), 'auto')
      const moved = align(relabelled(realDownload('beijing'), zone), 'auto')
      expect(moved.report).toMatchObject({ method: 'block-marks', confidence: 'high' })
      expectTruth(moved, original.days, zone)
    },
  )
})
