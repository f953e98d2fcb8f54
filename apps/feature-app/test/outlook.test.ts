import { localDay } from '@airq/aqi-client'
import { expect, test } from 'vitest'
import { parseFeed } from '../src/live/feed.ts'
import { outlook } from '../src/live/outlook.ts'

const today = localDay('2026-03-01')

test.each([
  [0, 'none', '2026-06-29'],
  [13, 'persistence', '2026-06-16'],
  [14, 'ewma', '2026-06-15'],
  [119, 'ewma', '2026-03-02'],
  [120, 'model', null],
])(
  'with %d final days inference rests on %s, a first model can come on %s',
  (days, forecaster, firstModelOn) => {
    expect(outlook(days, today)).toEqual({ finalDays: days, forecaster, firstModelOn })
  },
)

test('feeds', () => {
  expect([parseFeed('@1451'), parseFeed('A372382'), parseFeed('netherland/utrecht')]).toEqual([
    { uid: 1451 },
    { sensorId: 372382 },
    { city: 'netherland/utrecht' },
  ])
})
