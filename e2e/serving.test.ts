import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, afterAll, describe, expect, test } from 'vitest'
import { run, start, type Workplace, workplace } from './support/bins.ts'
import { history, NOW } from './support/histories.ts'

let place: Workplace
const args = (now = NOW) => [place.config, '--state', place.state, '--now', now, '--json']

beforeAll(async () => {
  place = await workplace()
  const file = await place.file('beijing.csv', history())
  await run('batch-feature-pipeline', [...args(), '--csv', file])
})
afterAll(() => place[Symbol.asyncDispose]())

describe('before there is a model', () => {
  test('inference fails and says what to run', async () => {
    const { code, summary } = await run('inference-pipeline', args())
    expect(code).toBe(1)
    expect(summary['error']).toMatchObject({
      code: 'no-model',
      hint: expect.stringContaining('--allow-fallback'),
    })
  })

  test('with --allow-fallback persistence speaks, flagged, exit 3', async () => {
    const { code, summary } = await run('inference-pipeline', [...args(), '--allow-fallback'])
    expect(code).toBe(3)
    expect(summary).toMatchObject({ ok: true, degraded: true, warnings: [{ code: 'fallback' }] })
    expect(summary['forecasts'][0]).toMatchObject({ fallback: true, model: null, revision: 0 })
  })

  test('an interrupted training leaves nothing behind and exits 130', async () => {
    const { child, done } = start('training-pipeline', args())
    // The first log line says that the comparison, the long part, has begun.
    child.stderr?.once('data', () => child.kill('SIGINT'))
    const { code, summary } = await done
    expect([code, summary['error'].code]).toEqual([130, 'interrupted'])
    expect((await run('inference-pipeline', args())).summary['error'].code).toBe('no-model')
  })
})

describe('with a model', () => {
  beforeAll(async () => {
    expect((await run('training-pipeline', args())).summary['models'][0].outcome).toBe('first')
  })

  test('its forecast is a new revision of the same slot', async () => {
    const { code, summary } = await run('inference-pipeline', args())
    expect(code).toBe(0)
    expect(summary['forecasts'][0]).toMatchObject({
      fallback: false,
      revision: 1,
      new: true,
      simulated: false,
    })
  })

  test('later the same day it is the same forecast', async () => {
    const { summary } = await run('inference-pipeline', args('2024-07-01T20:00:00+08:00'))
    expect(summary['forecasts'][0]).toMatchObject({ day: '2024-07-01', revision: 1, new: false })
  })

  test('data of three days ago still serves, with its lead; older data is refused with the replay', async () => {
    const three = await run('inference-pipeline', args('2024-07-04T09:00:00+08:00'))
    expect(three.summary['forecasts'][0]).toMatchObject({ day: '2024-07-04', horizon: 1, lead: 4 })
    const four = await run('inference-pipeline', args('2024-07-05T09:00:00+08:00'))
    expect(four.code).toBe(1)
    expect(four.summary['error']).toMatchObject({
      code: 'stale-data',
      hint: expect.stringContaining('--now 2024-07-01T00:00:00+08:00'),
    })
  })

  test('a model file with one byte changed is refused', async () => {
    const folder = join(place.state, 'model-registry', 'beijing-end-of-day', '1.0.0')
    for (const name of readdirSync(folder)) {
      const path = join(folder, name)
      const before = readFileSync(path)
      const after = Buffer.from(before)
      const at = Math.floor(before.length / 2)
      after[at] = (after[at] ?? 0) ^ 1
      writeFileSync(path, after)
      const { code, summary } = await run('inference-pipeline', args())
      expect([name, code, summary['error']?.code]).toEqual([name, 1, 'package-damaged'])
      writeFileSync(path, before)
    }
    expect((await run('inference-pipeline', args())).code).toBe(0)
  })
})

test('a candidate worse than persistence is not published', async () => {
  await using other = await workplace(
    'stations:\n  - { id: beijing, name: Beijing, timeZone: Asia/Shanghai, source: { kind: aqicn-csv } }\ntraining: { candidates: [climatology] }\n',
  )
  const file = await other.file('beijing.csv', history())
  const common = [other.config, '--state', other.state, '--now', NOW, '--json']
  await run('batch-feature-pipeline', [...common, '--csv', file])
  const { code, summary } = await run('training-pipeline', common)
  expect(code).toBe(0)
  expect(summary['models'][0]).toMatchObject({ outcome: 'rejected', version: null, recipe: 'climatology' })
  expect((await run('inference-pipeline', common)).summary['error'].code).toBe('no-model')
})

test('a history shorter than the test days is judged on fewer, and says so', async () => {
  await using other = await workplace()
  const file = await other.file('beijing.csv', history('west', 0.9))
  const common = [other.config, '--state', other.state, '--now', NOW, '--json']
  await run('batch-feature-pipeline', [...common, '--csv', file])
  const { code, summary } = await run('training-pipeline', common)
  expect(code).toBe(0)
  expect(summary['warnings']).toMatchObject([{ code: 'short-history' }])
  expect(summary['models'][0].test.n).toBeLessThan(365)
})

test.each([
  [8, 'persistence'],
  [60, 'ewma'],
])('with %d days of history there is no model yet; the fallback is by %s', async (days, rule) => {
  await using other = await workplace()
  const file = await other.file('beijing.csv', history('west', days / 365))
  const common = [other.config, '--state', other.state, '--now', NOW, '--json']
  await run('batch-feature-pipeline', [...common, '--csv', file, '--download-zone', 'west'])
  const trained = await run('training-pipeline', common)
  expect([trained.code, trained.summary['error'].code]).toEqual([1, 'too-few-rows'])
  const { code, summary } = await run('inference-pipeline', [...common, '--allow-fallback'])
  expect(code).toBe(3)
  expect(summary['forecasts'][0]).toMatchObject({
    fallback: true,
    interval: { method: expect.stringContaining(rule) },
  })
})

test('one station without data leaves the others alone: degraded', async () => {
  const station = (id: string) =>
    `  - { id: ${id}, name: ${id}, timeZone: Asia/Shanghai, source: { kind: aqicn-csv } }\n`
  await using other = await workplace(`stations:\n${station('beijing')}${station('paris')}`)
  const file = await other.file('beijing.csv', history())
  const common = [other.config, '--state', other.state, '--now', NOW, '--json']
  await run('batch-feature-pipeline', [...common, '--csv', file])
  for (const bin of ['training-pipeline', 'inference-pipeline'] as const) {
    const { code, summary } = await run(bin, common)
    expect([bin, code, summary['warnings'].at(-1).code]).toEqual([bin, 3, 'station-failed'])
  }
})

test('training before any import says what to run', async () => {
  await using other = await workplace()
  const { code, summary } = await run('training-pipeline', [other.config, '--state', other.state, '--json'])
  expect([code, summary['error'].code]).toEqual([1, 'no-store'])
})
