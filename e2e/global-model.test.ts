import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Bin } from '../scripts/built-apps.mts'
import { type Run, run, type Summary, type Workplace, workplace } from './support/bins.ts'

const station = (id: string, seed: number) =>
  `  - { id: ${id}, name: ${id}, timeZone: Europe/Vienna, source: { kind: simulator, seed: ${String(seed)}, years: 2 } }\n`
const configOf = (stations: string, candidates: string) => `
stations:
${stations}
weather: { kind: none }
training: { candidates: [${candidates}], testDays: 60 }
`
const TWO = station('north', 5) + station('south', 7)
const NOW = '2024-07-01T20:30:00+02:00'
const CHAIN = ['feature-pipeline', 'training-pipeline', 'inference-pipeline'] as const

let place: Workplace
const at = (state: string) => join(place.dir, state)
const one = (bin: Bin, config: string, state: string, ...more: string[]) =>
  run(bin, [config, '--state', at(state), '--now', NOW, '--json', ...more])

function lineageOf(model: string): Summary {
  const [file = ''] = globSync(join(at('whole'), '**', model, '**', 'lineage.json'))
  return JSON.parse(readFileSync(file, 'utf8')) as Summary
}

beforeAll(async () => {
  place = await workplace(configOf(TWO, 'global-boosting'))
})
afterAll(() => place[Symbol.asyncDispose]())

describe('a model over all stations', () => {
  const whole: Run[] = []
  beforeAll(async () => {
    for (const bin of CHAIN) whole.push(await one(bin, place.config, 'whole'))
  }, 120_000)

  test('is trained, published and serves; its lineage names the rows of every station', () => {
    const [, trained, forecast] = whole
    expect(whole.map(({ code }) => code)).toEqual([0, 0, 0])
    expect(trained?.summary['models']).toMatchObject([
      { station: 'north', recipe: 'global-boosting', outcome: 'first' },
      { station: 'south', recipe: 'global-boosting', outcome: 'first' },
    ])
    expect(forecast?.summary['forecasts']).toMatchObject([{ fallback: false }, { fallback: false }])
    const lineages = ['north', 'south'].map((id) => lineageOf(`${id}-end-of-day`))
    expect(lineages[0]?.['pool']).toHaveLength(2)
    expect(lineages[1]?.['pool']).toEqual(lineages[0]?.['pool'])
  })

  test('is the same when each station is trained by a process of its own', async () => {
    await one('feature-pipeline', place.config, 'parted')
    const parts = await Promise.all(
      ['1/2', '2/2'].map((shard) => one('training-pipeline', place.config, 'parted', '--shard', shard)),
    )
    const digests = (runs: readonly (Run | undefined)[]) =>
      runs.flatMap((each) => (each?.summary['models'] as Summary[]).map((model) => model['contentSha256']))
    expect(digests(parts)).toEqual(digests([whole[1]]))
  }, 120_000)

  test('is left out where there is one station, and competes where there are two', async () => {
    const candidates = 'ridge, global-boosting'
    const scored = async (stations: string, state: string) => {
      await using other = await workplace(configOf(stations, candidates))
      const { summary } = await one('backtest', other.config, state)
      return (summary['series'] as Summary[]).map((series) => Object.keys(series['models']).toSorted())
    }
    expect(await scored(TWO, 'whole')).toEqual([
      ['airq', 'global-boosting', 'persistence', 'ridge'],
      ['airq', 'global-boosting', 'persistence', 'ridge'],
    ])
    expect(await scored(station('north', 5), 'whole')).toEqual([['airq', 'persistence', 'ridge']])
  }, 120_000)
})
