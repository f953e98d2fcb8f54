import { type FakeHopsworks, startFakeHopsworks } from '@airq/feature-store/testing'
import { type FakeMlflow, startFakeMlflow } from '@airq/model-registry/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { run, type Run, start, type Workplace, workplace } from './support/bins.ts'
import { history, NOW } from './support/histories.ts'

const STATION = '{ id: beijing, name: Beijing, timeZone: Asia/Shanghai, source: { kind: aqicn-csv } }'
const SIMULATED =
  '{ id: beijing, name: Beijing, timeZone: Asia/Shanghai, source: { kind: simulator, seed: 3, years: 1 } }'
const QUICK = { startMs: 20, runMs: 20, onlineLagMs: 0, logLagMs: 0 }
const KEY = 'markedPrefix.markedSecretOfTheStore'

const configOf = (store: string, registry = '{ kind: local }') =>
  `stations: [${STATION}]\ntraining: { candidates: [ridge], testDays: 60 }\nfeatureStore: ${store}\nmodelRegistry: ${registry}\n`

let hopsworks: FakeHopsworks
beforeAll(async () => {
  hopsworks = await startFakeHopsworks({ apiKey: KEY, timing: QUICK })
})
beforeEach(() => {
  hopsworks.heal()
  hopsworks.set({ timing: QUICK, quotas: { credits: true, featureGroups: -1 } })
})
afterAll(() => hopsworks.close())

const storeConfig = () =>
  `{ kind: hopsworks, pollIntervalMs: 20, onlinePort: ${String(hopsworks.onlinePort)}, project: airq }`

async function imports(
  place: Workplace,
  env: Readonly<Record<string, string>> = {},
  json = true,
): Promise<Run> {
  const file = await place.file('beijing.csv', history('west', 1))
  const args = [
    place.config,
    '--state',
    place.state,
    '--now',
    NOW,
    '--csv',
    file,
    ...(json ? ['--json'] : []),
  ]
  const base = { HOPSWORKS_BASE_URL: hopsworks.baseUrl, FS_API_KEY: KEY }
  const done = await run('batch-feature-pipeline', args, { ...base, ...env })
  expect(done.stdout + done.stderr).not.toContain(KEY)
  return done
}

describe('what Hopsworks refuses, as its user sees it', () => {
  test.each<[string, Readonly<Record<string, string>>, number, string, string]>([
    ['a wrong key', { FS_API_KEY: 'markedPrefix.wrongSecret' }, 2, 'unauthorized', 'key'],
    ['a wrong project', { FS_PROJECT_NAME: 'other' }, 2, 'project-not-found', 'other'],
    ['no key', { FS_API_KEY: '' }, 2, 'no-secret', '--fs-api-key-file'],
    ['a server that is not there', { HOPSWORKS_BASE_URL: 'http://127.0.0.1:9' }, 1, 'unavailable', 'again'],
    [
      'a host nobody trusts',
      { HOPSWORKS_BASE_URL: 'https://collector.example' },
      2,
      'untrusted-host',
      'trustedHosts',
    ],
  ])('%s', async (_, env, exitCode, code, words) => {
    await using place = await workplace(configOf(storeConfig()))
    const { code: exit, summary } = await imports(place, env)
    const { error } = summary as { error: { code: string; message: string; hint: string } }
    expect([exit, error.code]).toEqual([exitCode, code])
    expect(`${error.message} ${error.hint}`).toContain(words)
    const checked = await run(
      'batch-feature-pipeline',
      [place.config, '--state', place.state, '--check', '--json'],
      { HOPSWORKS_BASE_URL: hopsworks.baseUrl, FS_API_KEY: KEY, ...env },
    )
    expect([checked.code, checked.summary['error'].code]).toEqual([1, 'check-failed'])
    expect(checked.summary['error'].details.checks[0].message).toContain(words)
  })

  test('no credits left', async () => {
    await using place = await workplace(configOf(storeConfig()))
    hopsworks.set({ quotas: { credits: false } })
    const { code, summary } = await imports(place)
    expect([code, summary['error'].code]).toEqual([1, 'quota'])
    hopsworks.set({ quotas: { credits: true } })
  })

  test('a job that fails, with the end of its log; without --json three lines say it', async () => {
    await using place = await workplace(configOf(storeConfig()))
    hopsworks.nextJobs('fails')
    const { code, stdout, stderr } = await imports(place, {}, false)
    expect([code, stdout]).toEqual([1, ''])
    const at = stderr.indexOf('error: ')
    expect(stderr.slice(at)).toMatch(/job/i)
    expect(stderr.slice(at)).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m)
    // What the failed run had collected and not written is there after the next.
    const again = await imports(place)
    expect([again.code, again.summary['unchanged']]).toEqual([0, 0])
  })
})

describe('Ctrl-C while a job runs', () => {
  test.each(['batch-feature-pipeline', 'feature-pipeline', 'inference-pipeline'] as const)(
    '%s: exit 130, and the next run waits for that job and starts none of its own',
    async (bin) => {
      await using fake = await startFakeHopsworks({ apiKey: KEY, timing: QUICK })
      const store = `{ kind: hopsworks, pollIntervalMs: 20, onlinePort: ${String(fake.onlinePort)}, project: airq }`
      await using place = await workplace(
        configOf(store).replace(STATION, SIMULATED).concat('weather: { kind: none }\n'),
      )
      const args = [place.config, '--state', place.state, '--now', NOW, '--json']
      const more = bin === 'inference-pipeline' ? ['--allow-fallback'] : []
      const env = { HOPSWORKS_BASE_URL: fake.baseUrl, FS_API_KEY: KEY }
      if (bin === 'inference-pipeline') await run('batch-feature-pipeline', args, env)
      const before = fake.executions().length
      fake.set({ timing: { runMs: 1500 } })
      const { child, done } = start(bin, [...args, ...more], env)
      child.stderr?.on('data', (text: string) => {
        if (text.includes('running')) child.kill('SIGINT')
      })
      const { code, summary } = await done
      expect([code, summary['error'].code]).toEqual([130, 'interrupted'])
      expect(fake.executions().length - before).toBe(1)
      fake.set({ timing: QUICK })
      const group =
        bin === 'feature-pipeline'
          ? 'aqi_readings'
          : bin === 'inference-pipeline'
            ? 'aqi_forecasts'
            : 'aqi_daily'
      const again = await run(bin, [...args, ...more], env)
      expect(again.summary['error']).toBeUndefined()
      const jobs = fake.executions().filter(({ job }) => job.includes(group))
      expect(jobs).toHaveLength(1)
      expect(fake.rows('offline', group).length).toBeGreaterThan(0)
    },
  )
})

describe('a registry that is down at inference', () => {
  let mlflow: FakeMlflow
  let place: Workplace
  const args = () => [place.config, '--state', place.state, '--now', NOW, '--json']
  beforeAll(async () => {
    mlflow = await startFakeMlflow()
    place = await workplace(
      configOf('{ kind: sqlite }', `{ kind: mlflow, trackingUri: '${mlflow.baseUrl}' }`),
    )
    const file = await place.file('beijing.csv', history('west', 1))
    await run('batch-feature-pipeline', [...args(), '--csv', file])
    expect((await run('training-pipeline', args())).code).toBe(0)
  })
  afterAll(async () => {
    await mlflow.close()
    await place[Symbol.asyncDispose]()
  })

  test('that never answered before is an error', async () => {
    const { code, summary } = await run('inference-pipeline', args(), {
      MLFLOW_TRACKING_URI: 'http://127.0.0.1:9',
    })
    expect([code, summary['error'].code]).toEqual([1, 'registry-unavailable'])
    expect(summary['error'].message).toContain('has never seen one')
  })

  test('the champion of the cache speaks, flagged in warning, summary, text and exit code', async () => {
    const good = await run('inference-pipeline', args())
    expect(good.code).toBe(0)
    expect(good.summary['forecasts'][0]).not.toHaveProperty('cachedModel')
    const env = { MLFLOW_TRACKING_URI: 'http://127.0.0.1:9' }
    const cached = await run('inference-pipeline', args(), env)
    expect([cached.code, cached.summary['degraded']]).toEqual([3, true])
    expect(cached.summary['warnings']).toMatchObject([{ code: 'cached-model' }])
    expect(cached.summary['forecasts'][0]).toMatchObject({
      fallback: false,
      new: false,
      model: { name: 'beijing-end-of-day', version: '1.0.0' },
      cachedModel: { because: expect.any(String) },
    })
    const { stdout } = await run('inference-pipeline', args().slice(0, -1), env)
    expect(stdout).toContain('CACHED')
  })
})
