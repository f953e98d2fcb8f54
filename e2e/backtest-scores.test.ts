import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run, type Summary, type Workplace, workplace } from './support/bins.ts'

const CONFIG = `
stations:
  - { id: nowhere, name: Nowhere, timeZone: Europe/Vienna, source: { kind: simulator, seed: 5, years: 2 } }
forecast: { decisions: [evening] }
training: { candidates: [ridge, climatology], testDays: 300 }
weather: { kind: none }
`
const NOW = '2024-07-01T20:30:00+02:00'

let place: Workplace
const args = () => [place.config, '--state', place.state, '--now', NOW]
const modelsOf = async (...more: string[]): Promise<Summary> =>
  (await run('backtest', [...args(), '--json', ...more])).summary['series'][0].models

beforeAll(async () => {
  place = await workplace(CONFIG)
  await run('feature-pipeline', args())
}, 60_000)
afterAll(() => place[Symbol.asyncDispose]())

describe('backtest', () => {
  test('says of each model how likely its lead over each baseline is luck', async () => {
    const models = await modelsOf('--information', '+stationHours')
    const baselines = ['climatology', 'hours-so-far', 'persistence']
    const keysOf = (name: string) => Object.keys(models[name].dieboldMariano).toSorted()
    expect(keysOf('ridge')).toEqual(baselines)
    for (const name of baselines) expect(keysOf(name)).toEqual(baselines.filter((other) => other !== name))
    expect(models['airq'].dieboldMariano).toEqual(models['ridge'].dieboldMariano)
    expect(models['ridge'].dieboldMariano.persistence).toBeLessThan(0.001)
    const there: number = models['persistence'].dieboldMariano['hours-so-far']
    const back: number = models['hours-so-far'].dieboldMariano.persistence
    expect(there + back).toBeCloseTo(1, 9)
    expect(back).toBeLessThan(0.5)
  })

  test('gives the F1 of warnings with its interval, the same at each run', async () => {
    const models = await modelsOf()
    for (const { f1, f1Interval } of Object.values(models)) {
      const [lower, upper] = f1Interval['100']
      expect(lower).toBeLessThan(f1['100'])
      expect(upper).toBeGreaterThan(f1['100'])
      expect(upper - lower).toBeLessThan(0.4)
    }
    expect(await modelsOf()).toEqual(models)
  })

  test('people read it in the table', async () => {
    const { stdout } = await run('backtest', [...args(), '--information', '+stationHours'])
    const line = (start: string) => stdout.split('\n').find((text) => text.includes(start)) ?? ''
    expect(line('MAE')).toMatch(/in 90 % +p +p hours$/)
    expect(line('  ridge')).toMatch(/< 0\.001 +\S+(?: 0\.001)?$/)
    expect(line('  persistence').trimEnd()).toMatch(/[\d.]+ % +\d\.\d{3}$/)
  })
})
