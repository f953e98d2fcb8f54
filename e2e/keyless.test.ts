import { startFakeOpenMeteo } from '@airq/aqi-client/testing'
import { describe, expect, test } from 'vitest'
import { run, workplace } from './support/bins.ts'
import { rowsOf } from './support/store.ts'

const NOW = '2026-03-06T20:30:00+08:00'
const CONFIG = `
stations:
  - id: cell
    name: Cell
    timeZone: Asia/Shanghai
    location: { latitude: 39.95, longitude: 116.47 }
    source: { kind: open-meteo, since: 2025-08-01 }
forecast: { decisions: [evening] }
training: { candidates: [ridge], testDays: 60 }
`

test('from the first day on, the history of keyless sources makes rows: hours of the model, and weather as it was forecast', async () => {
  await using fake = await startFakeOpenMeteo({ seed: 3, clock: { now: () => Date.parse(NOW) } })
  await using place = await workplace(CONFIG)
  const env = { OPEN_METEO_BASE_URL: fake.baseUrl }
  const args = [place.config, '--state', place.state, '--now', NOW, '--json']
  const once = (...more: string[]) => run('feature-pipeline', [...args, ...more], env)
  expect((await once()).code).toBe(0)

  const filled = await once('--weather-history')
  expect(filled.code).toBe(0)
  expect(filled.summary['written']).toBeGreaterThan(2000)
  // Nothing is told before its run was out, and a run of before each evening is there.
  const rows = rowsOf(place.state, 'weather_forecasts_v1').filter(
    ({ part, source }) => part === 'day' && source === 'open-meteo previous runs',
  )
  const leads = rows.map(({ day_start, known_at }) => (Number(known_at) - Number(day_start)) / 3_600_000)
  expect([...new Set(leads)].toSorted((a, b) => a - b)).toEqual([-4, 31])
  expect((await once('--weather-history')).summary).toMatchObject({
    written: 0,
    unchanged: filled.summary['written'],
  })

  const trained = await run('training-pipeline', args)
  expect(trained.code).toBe(0)
  const [model] = trained.summary['models']
  const sets = model.richerSets.map(({ informationSet, needs }: Record<string, unknown>) => [
    informationSet,
    needs,
  ])
  expect(sets[0]).toEqual(['+modelHours', ['modelHours']])
  expect(sets[1][0]).toBe('+weather')
})

describe('a cell of a model', () => {
  const NOON = Date.parse('2026-03-06T12:25:00+08:00')
  const CELL = `
stations:
  - id: cell
    name: Cell
    timeZone: Asia/Shanghai
    location: { latitude: 39.95, longitude: 116.47 }
    source: { kind: open-meteo, since: 2026-02-06 }
`

  test('needs no token, fills its history, and goes on where it ended', async () => {
    let now = NOON
    await using fake = await startFakeOpenMeteo({ seed: 3, clock: { now: () => now } })
    await using place = await workplace(CELL)
    const env = { OPEN_METEO_BASE_URL: fake.baseUrl }
    const args = () => [place.config, '--state', place.state, '--now', new Date(now).toISOString(), '--json']
    const first = await run('feature-pipeline', args(), env)
    expect(first.code).toBe(0)
    const [station] = first.summary['stations']
    expect(station.history).toMatchObject({ forecaster: 'ewma' })
    expect(station.finalised.length).toBe(28)
    const readings = rowsOf(place.state, 'aqi_readings_v1')
    expect(new Set(readings.map((row) => row['evidence']))).toEqual(new Set(['model']))

    now = NOON + 86_400_000
    const next = await run('feature-pipeline', args(), env)
    expect(next.summary['stations'][0].finalised).toMatchObject([{ day: '2026-03-06', status: 'final' }])
    const forecast = await run('inference-pipeline', [...args(), '--allow-fallback'])
    expect(forecast.summary['forecasts'][0]).toMatchObject({ fallback: true, station: 'cell' })
  })

  test('is not joined by a measured history', async () => {
    await using place = await workplace(CELL)
    const file = await place.file(
      'cell.csv',
      'date, pm25, pm10\n2024/1/1, 5, 6\n2024/1/2, 5, 6\n2024/1/3, 5, 6\n',
    )
    const args = [place.config, '--csv', file, '--download-zone', 'west', '--state', place.state, '--json']
    const { code, summary } = await run('batch-feature-pipeline', args)
    expect([code, summary['error'].code]).toEqual([2, 'unlike-station'])
  })
})
