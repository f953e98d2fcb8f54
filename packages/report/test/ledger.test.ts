import type { AqiForecastRow } from '@airq/feature-groups'
import { describe, expect, test } from 'vitest'
import { parseFeed, report, verifyFeed } from '../src/index.ts'
import { evening, forecast, ledger, question, station } from './support/sample.ts'

/** The feed as it was published when the ledger held these rows. */
function published(rows: readonly AqiForecastRow[], id = 'beijing') {
  const { files } = report(question({ stations: [station({ id, ledger: rows })] }))
  return parseFeed(files.find(({ path }) => path === 'forecast.json')?.content ?? '', 'old.json')
}
const problems = (kept: readonly AqiForecastRow[], today: readonly AqiForecastRow[]) =>
  verifyFeed(published(kept), new Map([['beijing', today]])).problems
const rows = ledger(30)
const early = rows.slice(0, 20)

describe('a head that somebody kept', () => {
  test('is the beginning of a ledger that has grown since, whatever order the store gives it in', () => {
    expect(problems(early, rows)).toEqual([])
    expect(problems(early, rows.toReversed())).toEqual([])
    expect(problems(rows, rows)).toEqual([])
    expect(problems([], rows)).toEqual([])
  })

  test('stays so when later revisions come', () => {
    const revision = evening(-1, { revision: 1, aqi: 99, issued_at: evening(1).issued_at + 1 })
    expect(problems(rows, [...rows, revision])).toEqual([])
  })

  test.each<[string, string, AqiForecastRow[]]>([
    ['a forecast was changed', 'rows-changed', rows.with(5, evening(-25, { aqi: 1 }))],
    ['so was what no page shows', 'rows-changed', rows.with(5, evening(-25, { information_hash: 'b' }))],
    ['one was taken out', 'rows-removed', rows.toSpliced(5, 1)],
    ['all but the first are gone', 'rows-removed', rows.slice(0, 1)],
    ['one was put in with a date before it', 'rows-backdated', [...rows, forecast(-25)]],
  ])('gives it away where %s', (_, problem, today) => {
    expect(problems(early, today)).toEqual([{ station: 'beijing', problem }])
  })

  test('of a station that is gone, and of a feed that was altered itself', () => {
    const feed = published(early)
    expect(verifyFeed(feed, new Map()).problems).toEqual([{ station: 'beijing', problem: 'station-gone' }])
    const forged = { ...feed, ledger: { ...feed.ledger, rows: 7 } }
    expect(verifyFeed(forged, new Map([['beijing', rows]])).problems).toEqual([
      { station: null, problem: 'feed-altered' },
    ])
  })

  test('is the digest that the rule in the README gives, by any other program too', () => {
    const shares = (p_good: number, p_moderate: number, rest: readonly [number, number, number]) => ({
      ...{ p_good, p_moderate, p_unhealthy_sensitive: rest[0], p_unhealthy: rest[1] },
      ...{ p_very_unhealthy: rest[2], p_hazardous: 0 },
    })
    const first = evening(-1, { aqi: 90, ...shares(0.1, 0.6, [0.2, 0.1, 0]) })
    const second = evening(0, { aqi: 120, ...shares(0, 0.3, [0.4, 0.2, 0.1]) })
    const { ledger: all, stations } = published([second, first])
    // Computed once with Python's json and hashlib.
    expect(stations[0]?.ledger.head).toBe('f6f649df10be8fad98fcd6a3de25b9e32e0b829b1ab4c3c57e387e36fc5a7a4c')
    expect([all.rows, all.head]).toEqual([
      2,
      'da296871db6d0371a3ee38192e0d425cc8a18ff306f4e0ba2908ae8b9ee07715',
    ])
  })
})

describe('a file that is no feed', () => {
  test.each(['', 'nonsense', '{}', '[]', '{"format":"airq-forecast-feed","version":2}'])('%j', (text) => {
    expect(() => parseFeed(text, 'old.json')).toThrow('this is no feed of airq')
  })
})
