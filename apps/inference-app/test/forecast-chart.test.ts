import { addDays, type DailyReading, localDay } from '@airq/aqi-client'
import { describe, expect, test } from 'vitest'
import { intervalLines, recentDays, recentLines } from '../src/forecast-chart.ts'

const LAST = localDay('2026-01-28')
const PLAIN = { colour: false, unicode: true }
const ASCII = { colour: false, unicode: false }

/** The 28 days of January, known at their number in ms. */
function january(change: (day: number) => Partial<DailyReading> = () => ({})): DailyReading[] {
  return Array.from({ length: 28 }, (_, i) => ({
    day: addDays(localDay('2026-01-01'), i),
    timeZone: 'Asia/Shanghai',
    sub: {},
    aqi: 50 + i,
    hours: 24,
    status: 'final',
    origin: 'csv',
    unit: 'sub-index',
    scale: 'us-epa-2015',
    knownAt: i + 1,
    ...change(i + 1),
  }))
}

const linesOf = (days: readonly DailyReading[], terminal = PLAIN, decidedAt = 100) =>
  recentLines(recentDays(days, LAST, decidedAt), terminal)

describe('the last four weeks', () => {
  test('a block a day, from the lowest to the highest, which are named', () => {
    expect(linesOf(january())).toEqual([
      '4 weeks to 2026-01-28: |▁▁▁▁▂▂▂▃▃▃▃▄▄▄▅▅▅▆▆▆▆▇▇▇████|',
      '▁ 50 on 2026-01-01 to █ 77 on 2026-01-28, in 8 equal steps',
    ])
  })

  test('digits where there is nothing but ASCII', () => {
    expect(linesOf(january(), ASCII)).toEqual([
      '4 weeks to 2026-01-28: |1111222333344455566667778888|',
      '1 50 on 2026-01-01 to 8 77 on 2026-01-28, in 8 equal steps',
    ])
  })

  test('what is missing or not final is a gap', () => {
    const days = january((day) =>
      day === 2 ? { aqi: null, status: 'missing' } : day === 5 ? { status: 'partial' } : {},
    )
    const [line = '', scale] = linesOf(days.filter(({ day }) => day !== '2026-01-27'))
    expect(line).toContain('|▁ ▁▁ ▂')
    expect(line).toContain('█ █|')
    expect(scale).toMatch(/; blank: 3 of 28 days$/)
  })

  test('what became known after the decision is not there', () => {
    const [line = '', scale] = linesOf(
      january((day) => (day === 28 ? { aqi: 400 } : {})),
      PLAIN,
      27,
    )
    expect(line).toMatch(/█ \|$/)
    expect(scale).toContain('█ 76 on 2026-01-27')
  })

  test('one value throughout has no steps; no value, no lines', () => {
    expect(linesOf(january(() => ({ aqi: 60 })))[1]).toBe('▁ 60 on 2026-01-01')
    expect(linesOf([])).toEqual([])
  })
})

describe('the interval on the scale', () => {
  const entry = { aqi: 108, lower: 71, upper: 171, scale: 'us-epa-2015', fallback: false } as const
  const AXIS = '0        50       100      150      200      300      500'

  test.each([
    ['between classes', {}, PLAIN, '·        ·   ├─────●───────────┤    ·        ·        ·'],
    ['in ASCII', {}, ASCII, '.        .   [-----O-----------]    .        .        .'],
    [
      'of a plain rule',
      { fallback: true },
      ASCII,
      '.        .   [-----O-----------]    .        .        . FALLBACK',
    ],
    ['at the ends', { lower: 0, aqi: 12, upper: 700 }, ASCII, `[-O${'-'.repeat(51)}>`],
    [
      'of no width',
      { lower: 0, aqi: 0, upper: 0 },
      ASCII,
      'O        .        .        .        .        .        .',
    ],
  ])('%s', (_, change, terminal, bar) => {
    expect(intervalLines({ ...entry, ...change }, terminal)).toEqual([AXIS, bar])
  })

  test('colour adds nothing that the signs do not say', () => {
    const [axis, bar = ''] = intervalLines(entry, { colour: true, unicode: true })
    const [, plain] = intervalLines(entry, PLAIN)
    expect(axis).toBe(AXIS)
    expect(bar).toContain('\u001b[33m')
    expect(bar).toContain('\u001b[31m')
    // eslint-disable-next-line no-control-regex -- the codes are what is taken out
    expect(bar.replaceAll(/\u001b\[\d+m/g, '')).toBe(plain)
  })
})
