import { join } from 'node:path'
import { expect } from 'vitest'
import type { Bin } from '../../scripts/built-apps.mts'
import { run, type Workplace } from './bins.ts'
import { history, NOW } from './histories.ts'

/** What people get wrong with one command, and what they are told. */
export interface Mistake {
  readonly bin: Bin
  readonly title: string
  readonly exit?: number
  readonly code: string
  /** `undefined`: the configuration. */
  readonly where?: RegExp
  readonly hint: RegExp
  readonly config?: string
  readonly env?: Readonly<Record<string, string>>
  readonly args?: (place: Workplace) => Promise<readonly string[]> | readonly string[]
}

const LIVE = `
stations:
  - id: beijing
    name: Beijing
    timeZone: Asia/Shanghai
    location: { latitude: 39.95, longitude: 116.47 }
    source: { kind: waqi, feed: '@1451' }
weather: { kind: none }
`
const SIMULATED = `
stations:
  - { id: vienna, name: Vienna, timeZone: Europe/Vienna, source: { kind: simulator, seed: 5, years: 1 } }
weather: { kind: none }
`
const AZURE = `${SIMULATED}jobs: { kind: azure-ml, resourceGroup: airq, workspace: airq }\n`

async function imported(place: Workplace, years = 1): Promise<readonly string[]> {
  const args = [
    '--csv',
    await place.file('beijing.csv', history('west', years)),
    '--now',
    NOW,
    '--download-zone',
    'west',
  ]
  const { code, stderr } = await run('batch-feature-pipeline', [
    place.config,
    '--state',
    place.state,
    ...args,
  ])
  expect(code, stderr).toBe(0)
  return ['--now', NOW]
}

const csv = (name: string, text: string) => async (place: Workplace) => [
  '--csv',
  await place.file(name, text),
]

export const MISTAKES: readonly Mistake[] = [
  {
    bin: 'batch-feature-pipeline',
    title: 'a file that is not there',
    code: 'no-such-file',
    where: /nothing\.csv$/,
    hint: /\w/,
    args: ({ dir }) => ['--csv', join(dir, 'nothing.csv')],
  },
  {
    bin: 'batch-feature-pipeline',
    title: 'a web page',
    code: 'not-csv',
    where: /beijing\.csv:1$/,
    hint: /aqicn\.org/,
    args: csv('beijing.csv', '<!doctype html><html></html>'),
  },
  {
    bin: 'batch-feature-pipeline',
    title: 'a file that does not tell where it was downloaded',
    code: 'download-zone-unknown',
    where: /beijing\.csv$/,
    hint: /--download-zone west/,
    args: csv('beijing.csv', history('west', 0.2)),
  },
  {
    bin: 'batch-feature-pipeline',
    title: "another station's file",
    code: 'other-station',
    where: /shanghai-air-quality\.csv/,
    hint: /--as/,
    args: csv('shanghai-air-quality.csv', history('west', 1)),
  },
  {
    bin: 'batch-feature-pipeline',
    title: 'a station nobody knows',
    code: 'unknown-station',
    where: /^--as$/,
    hint: /beijing/,
    args: async (place) => ['--csv', await place.file('a.csv', history('west', 1)), ...['--as', 'paris']],
  },
  { bin: 'batch-feature-pipeline', title: 'nothing', code: 'nothing-to-import', hint: /--csv FILE/ },
  {
    bin: 'batch-feature-pipeline',
    title: 'a state that is a file',
    code: 'state-unwritable',
    where: /config\.yaml/,
    hint: /--state/,
    args: async (place) => [
      ...['--csv', await place.file('beijing.csv', history('west', 1))],
      ...['--state', place.config],
    ],
  },
  { bin: 'feature-pipeline', title: 'no live station', code: 'nothing-to-pull', hint: /waqi or open-meteo/ },
  {
    bin: 'feature-pipeline',
    title: 'no token',
    code: 'no-secret',
    hint: /AQI_TOKEN/,
    config: LIVE,
  },
  {
    bin: 'feature-pipeline',
    title: 'a token in a file that is not there',
    code: 'bad-secret',
    where: /none\.txt$/,
    hint: /file/,
    config: LIVE,
    args: ({ dir }) => ['--aqi-token-file', join(dir, 'none.txt')],
  },
  {
    bin: 'feature-pipeline',
    title: 'an address that is none',
    code: 'bad-base-url',
    where: /WAQI_BASE_URL/,
    hint: /WAQI_BASE_URL=http/,
    config: LIVE,
    env: { WAQI_BASE_URL: 'nowhere', AQI_TOKEN: 'invented-token' },
  },
  {
    bin: 'feature-pipeline',
    title: 'nobody at the address',
    exit: 1,
    code: 'network',
    where: /127\.0\.0\.1:9|station beijing/,
    hint: /\w/,
    config: LIVE,
    env: { WAQI_BASE_URL: 'http://127.0.0.1:9', AQI_TOKEN: 'invented-token' },
  },
  ...(['training-pipeline', 'hyperparam-optimization-pipeline', 'backtest', 'check-leaks'] as const).map(
    (bin): Mistake => ({
      bin,
      title: 'nothing imported yet',
      exit: 1,
      code: 'no-store',
      where: /state/,
      hint: /batch-feature-pipeline/,
    }),
  ),
  {
    bin: 'training-pipeline',
    title: 'too few days',
    exit: 1,
    code: 'too-few-rows',
    where: /^station beijing$/,
    hint: /longer history/,
    args: (place) => imported(place, 0.2),
  },
  {
    bin: 'backtest',
    title: 'too few days in a file',
    exit: 1,
    code: 'too-few-rows',
    where: /^short$/,
    hint: /longer history/,
    args: csv('short.csv', history('west', 0.2)),
  },
  {
    bin: 'backtest',
    title: 'a part of files',
    code: 'bad-arguments',
    where: /^--shard$/,
    hint: /Leave out --shard/,
    args: ({ dir }) => ['--csv', join(dir, 'a.csv'), '--shard', '1/2'],
  },
  {
    bin: 'backtest',
    title: 'a forecaster nobody knows',
    code: 'bad-arguments',
    where: /^--models$/,
    hint: /--help/,
    args: () => ['--models', 'oracle'],
  },
  {
    bin: 'inference-pipeline',
    title: 'no model',
    exit: 1,
    code: 'no-model',
    where: /^station beijing$/,
    hint: /training-pipeline.+--allow-fallback/,
    args: imported,
  },
  {
    bin: 'inference-pipeline',
    title: 'data that is too old',
    exit: 1,
    code: 'stale-data',
    where: /^station beijing$/,
    hint: /--now 2024-/,
    args: async (place) => {
      await imported(place)
      return ['--now', '2026-01-01T00:00:00+08:00', '--allow-fallback']
    },
  },
  {
    bin: 'inference-pipeline',
    title: 'no data',
    exit: 1,
    code: 'no-data',
    where: /^station beijing$/,
    hint: /batch-feature-pipeline --csv/,
  },
  {
    bin: 'inference-pipeline',
    title: 'an instant without a zone',
    code: 'bad-now',
    where: /^--now$/,
    hint: /--now 2026-01-06T08:00:00\+08:00/,
    args: () => ['--now', '2026-01-06T08:00:00'],
  },
  { bin: 'report', title: 'no folder', code: 'bad-arguments', where: /--out|config\.yaml/, hint: /--out/ },
  {
    bin: 'run-training-pipeline',
    title: 'both of two that exclude each other',
    code: 'bad-arguments',
    where: /^--no-wait$/,
    hint: /shards/,
    args: () => ['--no-wait', '--shards', '2'],
  },
  {
    bin: 'run-inference-pipeline',
    title: 'a job that fails',
    exit: 1,
    code: 'job-failed',
    where: /run-1|fails/,
    hint: /--job-name/,
    args: () => ['--job-name', 'fails'],
  },
  {
    bin: 'run-feature-pipeline',
    title: 'a file as the store of a job on Azure',
    code: 'store-out-of-reach',
    hint: /hopsworks/i,
    config: AZURE,
  },
  {
    bin: 'deploy-environment',
    title: 'no Azure',
    code: 'no-environment',
    hint: /jobs: \{ kind: azure-ml/,
    args: () => ['--app', 'feature-app'],
  },
]
