import { expect, test } from 'vitest'
import type { Bin } from '../scripts/built-apps.mts'
import { run, type Workplace, workplace } from './support/bins.ts'

const city = (forecast: string) => `
stations:
  - { id: vienna, name: Vienna, timeZone: Europe/Vienna, source: { kind: simulator, seed: 5, years: 1 } }
forecast: ${forecast}
weather: { kind: none }
training: { candidates: [ridge], testDays: 60 }
`
const PULLED = '2024-07-01T12:25:00+02:00'
const go = (place: Workplace, bin: Bin, now: string) =>
  run(bin, [place.config, '--state', place.state, '--now', now, '--json'])

test('a forecast is flagged where the newest reading is too old, and only there', async () => {
  await using place = await workplace(city('{}'))
  await go(place, 'feature-pipeline', PULLED)
  await go(place, 'training-pipeline', PULLED)
  const fresh = await go(place, 'inference-pipeline', '2024-07-01T15:59:00+02:00')
  expect([fresh.code, fresh.summary['warnings'], fresh.summary['forecasts'][0].oldReading]).toEqual([
    0,
    [],
    undefined,
  ])
  const late = await go(place, 'inference-pipeline', '2024-07-01T18:30:00+02:00')
  expect([late.code, late.summary['degraded'], late.summary['warnings']]).toEqual([
    3,
    true,
    [
      {
        code: 'old-reading',
        message: expect.stringMatching(
          /^vienna: the newest reading is of 2024-07-01T12:00:00\+02:00, 6\.5 h old, more than 4 h/,
        ),
      },
    ],
  ])
  expect(late.summary['forecasts']).toMatchObject([
    { fallback: false, oldReading: { observedAt: '2024-07-01T10:00:00.000Z' } },
  ])
  // Before the first pull no reading was known: a replay from days alone.
  const replay = await go(place, 'inference-pipeline', '2024-07-01T12:20:00+02:00')
  expect(replay.summary['warnings']).toEqual([])

  const lenient = { ...place, config: await place.file('lenient.yaml', city('{ maxReadingAgeHours: 24 }')) }
  const never = { ...place, config: await place.file('never.yaml', city('{ maxReadingAgeHours: 0 }')) }
  expect((await go(lenient, 'inference-pipeline', '2024-07-01T18:30:00+02:00')).code).toBe(0)
  expect((await go(never, 'inference-pipeline', '2024-07-02T18:30:00+02:00')).code).toBe(0)
}, 120_000)
