import { describe, expect, test } from 'vitest'
import { addDays, alignHistory, endOfDay, localDay, parseHistoricalCsv } from '../src/index.ts'
import { hasRealDownloads, REAL_DOWNLOADS, realDownload, SKIPPED_WITHOUT } from './real-downloads.ts'

describe.skipIf(!hasRealDownloads)(`real downloads (${SKIPPED_WITHOUT})`, () => {
  test.each(REAL_DOWNLOADS)('$name: downloaded $zone of UTC', ({ name, timeZone, zone, day1, day2 }) => {
    const parsed = parseHistoricalCsv(realDownload(name), { fileName: `${name}.csv` })
    // Leftover fragments at the end of a file were counted by hand, and are too short to be blocks here.
    expect(Math.abs(parsed.marks.startsOnDay1 - day1)).toBeLessThanOrEqual(2)
    expect(Math.abs(parsed.marks.startsOnDay2 - day2)).toBeLessThanOrEqual(2)

    const { january } = parsed.marks
    expect(zone === 'west' ? january.startsOnDay1 : january.startsOnDay2).toBe(0)

    const { days, report } = alignHistory(parsed, { timeZone, downloadZone: 'auto' })
    const { pm25, ...others } = report.columns
    expect(pm25).toBe(zone === 'west' ? -1 : 0)
    expect(new Set(Object.values(others))).toEqual(new Set([zone === 'west' ? 0 : 1]))
    expect(report).toMatchObject({ method: 'block-marks', confidence: 'high' })
    expect(report.relative).toMatchObject({ proven: true, lag: 1 })
    expect(days.length).toBe(report.final)
    expect(days.every(({ aqi }) => aqi !== null && aqi >= 0)).toBe(true)
  })

  test('Beijing ends on 2026-01-05: the day after it was in progress', () => {
    const { days, report } = alignHistory(parseHistoricalCsv(realDownload('beijing')), {
      timeZone: 'Asia/Shanghai',
      downloadZone: 'auto',
      now: Date.parse('2026-01-07T02:00:00Z'),
    })
    const last = days.at(-1)
    expect(report).toMatchObject({
      rowsRead: 4380,
      firstDay: '2014-01-01',
      lastDay: '2026-01-05',
      missing: 17,
    })
    expect(report.dropped).toEqual({ newest: '2026-01-06', afterNow: 0 })
    expect(report.warnings.map(({ code }) => code)).toEqual(['suspicious'])
    expect(last?.knownAt).toBe(endOfDay(localDay('2026-01-05'), 'Asia/Shanghai'))
    expect(last?.aqi).toBe(Math.max(...Object.values(last?.sub ?? {})))
  })

  test('Beijing downloaded east, every label a day earlier, gives the same days', () => {
    const text = realDownload('beijing')
    const relabelled = text.replaceAll(
      /^(\d+)\/(\d+)\/(\d+)/gm,
      (_, year: string, month: string, date: string) => {
        const label = addDays(localDay(`${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`), -1)
        return label.split('-').map(Number).join('/')
      },
    )
    const [west, east] = [text, relabelled].map((csv) =>
      alignHistory(parseHistoricalCsv(csv), { timeZone: 'Asia/Shanghai', downloadZone: 'auto' }),
    )
    expect(east?.report.columns).toMatchObject({ pm25: 0, pm10: 1 })
    expect(east?.days).toEqual(west?.days)
  })

  test.each(REAL_DOWNLOADS)('$name sorted by date leaves no marks', ({ name }) => {
    const [header = '', ...rows] = realDownload(name).trimEnd().split('\n')
    const serial = (row: string) => Date.parse(`${row.slice(0, row.indexOf(',')).replaceAll('/', '-')} UTC`)
    const ascending = rows.toSorted((a, b) => serial(a) - serial(b))
    for (const sorted of [ascending, ascending.toReversed()]) {
      const { marks } = parseHistoricalCsv([header, ...sorted].join('\n'))
      expect(marks).toEqual({
        startsOnDay1: 0,
        startsOnDay2: 0,
        january: { startsOnDay1: 0, startsOnDay2: 0 },
        starts: [],
      })
    }
  })
})
