import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  addDays,
  alignHistory,
  dayNumber,
  endOfDay,
  localDay,
  parseHistoricalCsv,
  startOfDay,
  type AlignedHistory,
  type AlignOptions,
  type DailyReading,
  type LocalDay,
} from '../src/index.ts'
import { exportHistoricalCsv, simulateWorld } from '../src/sources/simulator/index.ts'

const timeZone = 'Europe/Lisbon'
const world = simulateWorld({
  seed: 5,
  timeZone,
  firstDay: localDay('2019-01-01'),
  lastDay: localDay('2022-05-20'),
})
const truth = world.days.slice(0, -1)
const WEST = exportHistoricalCsv(world, { downloadZone: 'west' })
const EAST = exportHistoricalCsv(world, { downloadZone: 'east' })

const align = (csv: string, options: Partial<AlignOptions> = {}) =>
  alignHistory(parseHistoricalCsv(csv), { timeZone, downloadZone: 'auto', origin: 'simulator', ...options })
const codes = ({ report }: AlignedHistory) => report.warnings.map(({ code }) => code)
const without = (csv: string, ...columns: string[]) =>
  editCells(csv, (cell, name) => (columns.includes(name) ? '' : cell))

/** The file with its rows in the order of their dates: no marks are left. */
function sorted(csv: string): string {
  const [header = '', ...rows] = csv.split('\n')
  const serial = (row: string) => Date.parse(`${row.slice(0, row.indexOf(',')).replaceAll('/', '-')} UTC`)
  return [header, ...rows.toSorted((a, b) => serial(a) - serial(b))].join('\n')
}

const daysFrom = (first: string, count: number) =>
  Array.from({ length: count }, (_, i) => addDays(localDay(first), i))

/** The file with every row relabelled. */
function relabel(csv: string, change: (label: LocalDay) => LocalDay): string {
  return csv.replaceAll(/^(\d+)\/(\d+)\/(\d+)/gm, (_, year: string, month: string, date: string) =>
    change(localDay(`${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`)),
  )
}

function editCells(csv: string, edit: (cell: string, name: string) => string): string {
  const [header = '', ...rows] = csv.split('\n')
  const names = header.split(', ')
  return [
    header,
    ...rows.map((row) =>
      row
        .split(', ')
        .map((cell, i) => edit(cell, names[i] ?? ''))
        .join(', '),
    ),
  ].join('\n')
}

describe('download zone', () => {
  test('a west and an east download give the same, true days', () => {
    const [west, east] = [align(WEST), align(EAST)]
    expect(west.report.columns).toMatchObject({ pm25: -1, pm10: 0, o3: 0, co: 0 })
    expect(east.report.columns).toMatchObject({ pm25: 0, pm10: 1, o3: 1, co: 1 })
    expect(west.report).toMatchObject({ method: 'block-marks', confidence: 'high' })
    expect(west.report.relative).toMatchObject({ proven: true, lag: 1 })
    expect(west.days).toEqual(truth)
    expect(east.days).toEqual(truth)
    expect(codes(west)).toEqual([])
  })

  test('a sorted file needs to be told its zone', () => {
    expect(() => align(sorted(WEST))).toThrow(
      expect.objectContaining({
        code: 'download-zone-unknown',
        fault: 'input',
        hint: expect.stringContaining('--download-zone west'),
      }),
    )
    const told = align(sorted(EAST), { downloadZone: 'east' })
    expect(told.report).toMatchObject({ method: 'download-zone', confidence: 'high' })
    expect(told.days).toEqual(truth)
  })

  test('a single block start is no evidence', () => {
    const oneStart = ['date, pm10', ...daysFrom('2024-07-01', 40), ...daysFrom('2024-04-10', 82)]
      .map((line, i) => (i === 0 ? line : `${line}, 9`))
      .join('\n')
    expect(() => align(oneStart)).toThrow(expect.objectContaining({ code: 'download-zone-unknown' }))
  })

  test('or may be presumed, with a warning', () => {
    const presumed = align(sorted(WEST), { presume: true })
    expect(presumed.report).toMatchObject({ method: 'presumed', confidence: 'presumed' })
    expect(codes(presumed)).toEqual(['download-zone-presumed'])
    expect(presumed.days).toEqual(truth)
  })

  test('a zone that the rows contradict is taken, with a warning', () => {
    const contradicted = align(WEST, { downloadZone: 'east' })
    expect(codes(contradicted)).toEqual(['download-zone-contradicted'])
    expect(contradicted.report.columns).toMatchObject({ pm25: 0, pm10: 1 })
  })

  test('61 a file labelled west in winter and east in summer is refused', () => {
    const isSummer = (label: LocalDay) => label.slice(5) > '03-28' && label.slice(5) < '10-28'
    const mixed = relabel(WEST, (label) => (isSummer(label) ? addDays(label, -1) : label))
    expect(() => align(mixed)).toThrow(
      expect.objectContaining({ code: 'download-zone-unknown', message: expect.stringContaining('partly') }),
    )
  })

  test('a bad time zone is refused', () => {
    expect(() => align(WEST, { timeZone: 'Mars/Olympus' })).toThrow(
      expect.objectContaining({ code: 'bad-time-zone' }),
    )
  })
})

describe('the day of pm25 against the others', () => {
  test('a file that somebody has aligned is taken as it stands', () => {
    const rows = world.days.map(({ day, sub }) => [day, sub.pm25, sub.pm10, sub.no2].join())
    const aligned = align(['date,pm25,pm10,no2', ...rows].join('\n'))
    expect(aligned.report).toMatchObject({ method: 'already-aligned', columns: { pm25: 0, pm10: 0, no2: 0 } })
    expect(aligned.report.relative).toMatchObject({ proven: true, lag: 0 })
    expect(codes(aligned)).toEqual(['already-aligned'])
    expect(aligned.days.map(({ day, sub }) => [day, sub.pm25])).toEqual(
      truth.map(({ day, sub }) => [day, sub.pm25]),
    )
  })

  test('pm25 alone is presumed a day late', () => {
    const alone = align(exportHistoricalCsv(world, { downloadZone: 'west', columns: ['pm25'] }))
    expect(codes(alone)).toEqual(['alignment-presumed'])
    expect(alone.report).toMatchObject({
      columns: { pm25: -1 },
      method: 'block-marks',
      confidence: 'presumed',
    })
    expect(alone.days.map(({ day, aqi }) => [day, aqi])).toEqual(truth.map(({ day, sub }) => [day, sub.pm25]))
  })

  test('a few days prove nothing', () => {
    const few = WEST.split('\n').slice(0, 40).join('\n')
    const { report } = align(few, { downloadZone: 'west' })
    expect(report.relative).toMatchObject({ proven: false, lag: null })
    expect(report.columns).toMatchObject({ pm25: -1, pm10: 0 })
    expect(report.warnings.map(({ code }) => code)).toContain('alignment-presumed')
  })

  test('a peak that chance could have made proves nothing', () => {
    const noise = (i: number) => 60 + 50 * Math.sin(i * i * 1.7)
    const rows = daysFrom('2024-01-01', 90).map((day, i) =>
      [day, noise(i) + 0.9 * noise(i - 1), noise(i)].join(),
    )
    const { relative } = align(['date,pm25,pm10', ...rows].join('\n'), { downloadZone: 'west' }).report
    const [best = 0, second = 0] = relative.correlations.map((at) => at.correlation).toSorted((a, b) => b - a)
    expect(best - second).toBeGreaterThan(0.05)
    expect(relative).toMatchObject({ proven: false, lag: null })
  })

  test('columns that never change prove nothing and crash nothing', () => {
    for (const value of ['0', '7']) {
      const flat = editCells(WEST, (cell, name) => (name === 'date' || cell === '' ? cell : value))
      expect(align(flat).report.relative).toMatchObject({ proven: false, correlations: [] })
    }
  })

  test('an impossible lag is not believed', () => {
    const rows = world.days.map(({ day, sub }, i) => [day, world.days[i - 2]?.sub.pm25, sub.pm10].join())
    const odd = align(['date,pm25,pm10', ...rows].join('\n'), { downloadZone: 'west' })
    expect(odd.report.relative).toMatchObject({ proven: true, lag: 2 })
    expect(codes(odd)).toEqual(['alignment-presumed'])
    expect(odd.report.confidence).toBe('presumed')
  })

  test('without pm25 there is nothing to prove', () => {
    const { report, days } = align(
      exportHistoricalCsv(world, { downloadZone: 'east', columns: ['pm10', 'co'] }),
    )
    expect(report).toMatchObject({ confidence: 'high', warnings: [], columns: { pm10: 1, co: 1 } })
    expect(days[5]?.sub.pm10).toBe(truth[5]?.sub.pm10)
  })

  test('the caller may know better', () => {
    const kept = align(WEST, { pm25LabelShiftDays: 0 })
    expect(kept.report).toMatchObject({ method: 'already-aligned', columns: { pm25: 0, pm10: 0 } })
    const shifted = align(without(WEST, 'pm10', 'co', 'no2'), { pm25LabelShiftDays: -1 })
    expect(shifted.report).toMatchObject({ confidence: 'high', columns: { pm25: -1 }, warnings: [] })
  })
})

describe('the index of a day', () => {
  const csv = (...rows: string[]) => ['date,pm25,pm10,aqi', ...rows].join('\n')

  test('is the largest of what stands on the day after aligning, its aqi cell included', () => {
    const file = csv('2024/1/5,,40,', '2024/1/6,90,30,', '2024/1/7,20,,77', '2024/1/8,,,')
    const { days } = align(file, { downloadZone: 'west' })
    expect(days.map(({ day, sub, aqi }) => [day, sub, aqi])).toEqual([
      ['2024-01-05', { pm25: 90, pm10: 40 }, 90],
      ['2024-01-06', { pm25: 20, pm10: 30 }, 30],
    ])
    const withAqi = align(csv('2024/1/5,,,77', '2024/1/6,90,,', '2024/1/7,,,5'), { downloadZone: 'east' })
    expect(withAqi.days.map(({ day, sub, aqi }) => [day, sub, aqi])).toEqual([
      ['2024-01-06', { pm25: 90 }, 90],
    ])
    expect(withAqi.report.columns).toEqual({ pm25: 0, pm10: 1, aqi: 1 })
  })

  test('a reading is final, known at the end of its local day, of the origin and scale asked for', () => {
    const { days } = alignHistory(parseHistoricalCsv(csv('2024/3/31,,40,', '2024/4/1,,40,')), {
      timeZone,
      downloadZone: 'west',
    })
    expect(days).toEqual([
      {
        day: '2024-03-31',
        timeZone,
        sub: { pm10: 40 },
        aqi: 40,
        hours: null,
        status: 'final',
        origin: 'csv',
        unit: 'sub-index',
        scale: 'us-epa-2015',
        knownAt: Date.parse('2024-03-31T23:00:00Z'),
      },
    ])
    expectTypeOf(days).toEqualTypeOf<readonly DailyReading[]>()
  })
})

describe('unfinished days', () => {
  const daily = (first: string, count: number, ...more: string[]) =>
    ['date,pm10', ...daysFrom(first, count), ...more]
      .map((line, i) => (i === 0 ? line : [line, i].join()))
      .join('\n')
  const spanned = (csv: string, now?: string) =>
    align(csv, { downloadZone: 'west', ...(now === undefined ? {} : { now: Date.parse(now) }) })

  test.each([
    ['no clock: the newest is dropped', undefined, '2024-01-09', '2024-01-10', 0],
    ['downloaded long ago', '2024-06-01T00:00Z', '2024-01-09', '2024-01-10', 0],
    ['the newest day is today', '2024-01-10T09:00Z', '2024-01-09', '2024-01-10', 0],
    ['the newest day has just ended', '2024-01-11T00:00Z', '2024-01-09', '2024-01-10', 0],
    ['replayed at an earlier time', '2024-01-06T09:00Z', '2024-01-05', '2024-01-10', 4],
  ])('%s', (_, now, lastDay, newest, afterNow) => {
    const aligned = spanned(daily('2024-01-01', 10), now)
    expect(aligned.report).toMatchObject({ lastDay, dropped: { newest, afterNow } })
    expect(codes(aligned)).toEqual(afterNow === 0 ? [] : ['after-now'])
    expect(aligned.report.warnings.map(({ message }) => message).join()).toMatch(
      afterNow === 0 ? /^$/ : /^4 days/,
    )
  })

  test('a wrong date far ahead does not save the newest real day', () => {
    const { report } = spanned(daily('2024-01-01', 10, '2099/1/1'), '2024-06-01T00:00Z')
    expect(report).toMatchObject({ lastDay: '2024-01-09', dropped: { newest: '2024-01-10', afterNow: 1 } })
    expect(report.warnings).toEqual([{ code: 'after-now', message: '1 day after now dropped' }])
  })

  test('before the first day there is nothing', () => {
    const { days, report } = spanned(daily('2024-01-01', 10), '2023-12-31T00:00Z')
    expect(days).toEqual([])
    expect(report).toMatchObject({ firstDay: null, lastDay: null, final: 0, missing: 0 })
  })

  test('the report counts the days of the calendar without a value', () => {
    const { report } = spanned(daily('2024-01-01', 10, '2024/1/20', '2024/1/21'))
    expect(report).toMatchObject({
      firstDay: '2024-01-01',
      lastDay: '2024-01-20',
      final: 11,
      missing: 9,
      rowsRead: 12,
    })
  })

  test('a file without values gives no days, and asks for no zone', () => {
    for (const csv of ['', 'date,pm25', 'date,pm25\n2024/1/5,\n2024/1/6,']) {
      expect(align(csv).days).toEqual([])
      expect(align(csv).report).toMatchObject({ final: 0, firstDay: null, dropped: { newest: null } })
    }
  })

  test('days are bounded by the local midnight of the station', () => {
    const csv = daily('2024-07-01', 10)
    const lastAt = (now: number) => align(csv, { downloadZone: 'west', now }).report.lastDay
    const end = endOfDay(localDay('2024-07-05'), timeZone)
    expect(lastAt(end)).toBe('2024-07-05')
    expect(lastAt(end - 1)).toBe('2024-07-04')
    expect(end).toBe(startOfDay(localDay('2024-07-06'), timeZone))
    expect(dayNumber(localDay('2024-07-06'))).toBe(dayNumber(localDay('2024-07-05')) + 1)
  })
})
