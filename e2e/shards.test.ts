import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Bin } from '../scripts/built-apps.mts'
import { type Run, run, type Summary, type Workplace, workplace } from './support/bins.ts'
import { rowsOf } from './support/store.ts'

const station = (id: string, seed: number) =>
  `  - { id: ${id}, name: ${id}, timeZone: Europe/Vienna, source: { kind: simulator, seed: ${String(seed)}, years: 1 } }\n`
const CONFIG = `
stations:
${station('north', 5)}${station('east', 6)}${station('south', 7)}
weather: { kind: none }
training: { candidates: [ridge], testDays: 60 }
`
const NOW = '2024-07-01T20:30:00+02:00'
const CHAIN = ['feature-pipeline', 'training-pipeline', 'inference-pipeline'] as const
const TABLES = ['aqi_daily_v1', 'aqi_readings_v1', 'aqi_stations_v1', 'aqi_forecasts_v1']

let place: Workplace
const stateOf = (name: string) => join(place.dir, name)
const one = (bin: Bin, state: string, ...more: string[]) =>
  run(bin, [place.config, '--state', stateOf(state), '--now', NOW, '--json', ...more])
/** Both halves at the same time, as jobs would run them. */
const halves = (bin: Bin, state: string, ...more: string[]) =>
  Promise.all(['1/2', '2/2'].map((shard) => one(bin, state, '--shard', shard, ...more)))
const sorted = (state: string, table: string) =>
  rowsOf(stateOf(state), table)
    .map((row) => JSON.stringify(row))
    .toSorted()

beforeAll(async () => {
  place = await workplace(CONFIG)
})
afterAll(() => place[Symbol.asyncDispose]())

describe('two processes, a half of the stations each', () => {
  const whole: Run[] = []
  const parted: Run[][] = []

  beforeAll(async () => {
    for (const bin of CHAIN) {
      whole.push(await one(bin, 'whole'))
      parted.push(await halves(bin, 'parted'))
    }
  }, 120_000)

  test('end well, and leave nothing to each other', () => {
    expect([...whole, ...parted.flat()].map(({ code }) => code)).toEqual(Array.from({ length: 9 }, () => 0))
    const pulled = parted[0]?.map(({ summary }) =>
      summary['stations'].map((each: Summary) => each['station']),
    )
    expect(pulled).toEqual([['north', 'south'], ['east']])
  })

  test.each(TABLES)('write the rows of one process: %s', (table) => {
    expect(sorted('whole', table).length).toBeGreaterThanOrEqual(3)
    expect(sorted('parted', table)).toEqual(sorted('whole', table))
  })

  test('publish the models of one process', () => {
    const models = (runs: readonly (Run | undefined)[]) =>
      runs
        .flatMap((each) => each?.summary['models'] as Summary[])
        .map((model) => [model['name'], model['version'], model['contentSha256']])
        .toSorted()
    expect(models(parted[1] ?? [])).toEqual(models([whole[1]]))
  })

  test('score what one process scores', async () => {
    const names = async (runs: Promise<Run[]>) =>
      (await runs).flatMap(({ summary }) =>
        summary['series'].map((series: Summary) => [series['name'], series['models'].airq.mae]),
      )
    const [north, south, east] = await names(halves('backtest', 'whole'))
    expect(await names(Promise.all([one('backtest', 'whole')]))).toEqual([north, east, south])
  })
})

describe('chosen stations', () => {
  test('--station takes those named, of every command that works at stations', async () => {
    for (const [bin, results] of [
      ['feature-pipeline', 'stations'],
      ['training-pipeline', 'models'],
      ['inference-pipeline', 'forecasts'],
    ] as const) {
      const { code, summary } = await one(bin, 'some', '--station', 'south', 'north')
      expect([code, summary[results].map((each: Summary) => each['station'])]).toEqual([
        0,
        ['north', 'south'],
      ])
    }
    const searched = await one(
      'hyperparam-optimization-pipeline',
      'some',
      ...['--station', 'south', '--models', 'ridge', '--trials', '2'],
    )
    expect(searched.summary['searches']).toMatchObject([{ station: 'south' }])
    const checked = await one('check-leaks', 'some', '--station', 'south', '--shard', '1/1')
    expect(checked.summary['stations']).toMatchObject([{ station: 'south' }])
  }, 120_000)

  test.each(['feature-pipeline', 'training-pipeline', 'inference-pipeline', 'backtest'] as const)(
    '%s has nothing to do for a part without stations',
    async (bin) => {
      // A store must be there for those that only read it.
      if (bin === 'feature-pipeline') await one(bin, 'none', '--station', 'north')
      const { code, summary } = await one(bin, 'none', '--shard', '4/4')
      expect([code, summary['warnings'].map((warning: Summary) => warning['code'])]).toEqual([
        0,
        ['empty-shard'],
      ])
    },
  )

  test('files are not parted', async () => {
    const file = await place.file('any.csv', 'date, pm25\n')
    const { code, summary } = await one('backtest', 'none', '--csv', file, '--shard', '1/2')
    expect([code, summary['error'].code]).toEqual([2, 'bad-arguments'])
  })
})
