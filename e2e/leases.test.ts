import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { openSqliteStore } from '@airq/feature-store/sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Bin } from '../scripts/built-apps.mts'
import { run, start, type Workplace, workplace } from './support/bins.ts'

const CONFIG = `
stations:
  - id: nowhere
    name: Nowhere
    timeZone: Europe/Vienna
    source: { kind: simulator, seed: 5, years: 1 }
weather: { kind: none }
training: { candidates: [ridge, blend], testDays: 60 }
`
const NOW = '2024-07-01T09:00:00+02:00'
const PIPELINES = {
  'batch-feature-pipeline': ['batch-feature', 'stations'],
  'feature-pipeline': ['feature', 'stations'],
  'training-pipeline': ['training', 'models'],
  'inference-pipeline': ['inference', 'forecasts'],
} as const

let place: Workplace
const args = (state = place.state) => [place.config, '--state', state, '--now', NOW, '--json']
beforeAll(async () => {
  place = await workplace(CONFIG)
  for (const bin of ['batch-feature-pipeline', 'training-pipeline'] as const) await run(bin, args())
})
afterAll(() => place[Symbol.asyncDispose]())

/** Names of the notes of who holds what. */
function held(state: string): string[] {
  try {
    return readdirSync(join(state, 'leases'))
  } catch {
    return []
  }
}

describe.each(Object.entries(PIPELINES))('%s', (name, [pipeline, results]) => {
  const bin = name as Bin

  test('leaves a station out that another run is at, says so, and exits 3', async () => {
    const store = await openSqliteStore({
      path: join(place.state, 'feature-store.sqlite'),
      clock: { now: () => Date.now() },
    })
    const lease = await store.acquireLease(`${pipeline} nowhere`)
    const busy = await run(bin, args())
    expect([busy.code, busy.summary['degraded'], busy.summary[results]]).toEqual([3, true, []])
    expect(busy.summary['warnings']).toMatchObject([
      { code: 'lease-held', message: expect.stringContaining('nowhere: left out') },
    ])
    await lease?.release()
    await store.close()
    const free = await run(bin, args())
    expect([free.code, free.summary['warnings']]).toEqual([0, []])
    expect(held(place.state)).toEqual([])
  })
})

describe.each<[Bin, number]>([
  ['feature-pipeline', 1],
  ['training-pipeline', 1],
  ['training-pipeline', 2],
])('%s, interrupted by %d signals', (bin, signals) => {
  test('exits 130 and gives its lease back', async () => {
    const state = join(place.dir, ['interrupted', bin, signals].join('-'))
    if (bin === 'training-pipeline') await run('batch-feature-pipeline', args(state))
    const { child, done } = start(bin, args(state))
    // The note says that the work under the lease has begun.
    const watch = setInterval(() => {
      if (held(state).length === 0) return
      clearInterval(watch)
      for (let i = 0; i < signals; i += 1) child.kill('SIGINT')
    }, 5)
    const { code, summary } = await done
    expect([code, summary['error'].code]).toEqual([130, 'interrupted'])
    expect(held(state)).toEqual([])
    const again = await run(bin, args(state))
    expect([again.code, again.summary['warnings']]).toEqual([0, []])
  })
})
