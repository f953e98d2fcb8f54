import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startFakeOpenMeteo, startFakeWaqi } from '@airq/aqi-client/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Bin } from '../scripts/built-apps.mts'
import { run, type Run, type Workplace, workplace } from './support/bins.ts'
import { type Fake, QUICK, startFake } from './support/fakes.ts'
import { history, NOW } from './support/histories.ts'
import { recordingProxy, type RecordingProxy } from './support/recording-proxy.ts'

const FS_KEY = 'markedPrefix.markedSecretOfTheStore'
const COMET_KEY = 'markedKeyOfComet'
const MLFLOW_TOKEN = 'markedTokenOfMlflow'
const WAQI_TOKEN = 'markedTokenOfWaqi'
const YEARS = 12

const STATION = '{ id: beijing, name: Beijing, timeZone: Asia/Shanghai, source: { kind: aqicn-csv } }'
const TRAINING = 'training: { candidates: [ridge], testDays: 60 }'
const embedded = `stations: [${STATION}]\n${TRAINING}\n`
const remote = (store: string, registry: string) =>
  `${embedded}featureStore: ${store}\nmodelRegistry: ${registry}\n`

/** The embedded run of the same history, which every other must equal. */
let plain: { trained: Run; inferred: Run }

async function cycle(place: Workplace, env: Readonly<Record<string, string>> = {}) {
  const file = await place.file('beijing.csv', history('west', YEARS))
  const args = [place.config, '--state', place.state, '--now', NOW, '--json']
  const go = async (bin: Bin, ...more: string[]): Promise<Run> => {
    const done = await run(bin, [...args, ...more], env)
    expect([bin, done.code, done.summary['error']]).toEqual([bin, 0, undefined])
    return done
  }
  const imported = await go('batch-feature-pipeline', '--csv', file)
  const trained = await go('training-pipeline')
  const inferred = await go('inference-pipeline')
  return { imported, trained, inferred, go, file }
}

beforeAll(async () => {
  await using place = await workplace(embedded)
  plain = await cycle(place)
}, 120_000)

const forecastOf = ({ summary }: Run) => ({ ...summary['forecasts'][0], new: null })

/** Every file below a folder. */
function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
}

/** The secrets stand in the header they belong to and nowhere else. */
function expectNoSecret(
  secrets: readonly string[],
  runs: readonly Run[],
  place: Workplace,
  proxies: readonly RecordingProxy[],
) {
  const written = runs.flatMap(({ stdout, stderr }) => [stdout, stderr])
  const kept = filesBelow(place.state).map((path) => readFileSync(path, 'latin1'))
  const sent = proxies.flatMap(({ requests }) =>
    requests.map(({ url, body, headers: { authorization: _, 'x-api-key': _online, ...headers } }) =>
      [decodeURIComponent(url), body, JSON.stringify(headers)].join('\n'),
    ),
  )
  for (const secret of secrets) {
    for (const text of [...written, ...kept, ...sent])
      if (text.includes(secret)) throw new Error(`a secret is in ${text.slice(0, 300)}`)
  }
  for (const { requests } of proxies) expect(requests.length).toBeGreaterThan(0)
}

describe('Hopsworks, reads online, and Comet', () => {
  let hopsworks: Fake
  let comet: Fake
  beforeAll(async () => {
    hopsworks = await startFake('hopsworks', [...QUICK, '--api-key', FS_KEY])
    comet = await startFake('comet', ['--api-key', COMET_KEY])
  })
  afterAll(async () => {
    await hopsworks.stop()
    await comet.stop()
  })

  test('twelve years in, a model trained, a forecast written back; again, and nothing is written', async () => {
    await using store = await recordingProxy(hopsworks.baseUrl)
    await using online = await recordingProxy(`http://127.0.0.1:${String(hopsworks.onlinePort)}`)
    await using registry = await recordingProxy(comet.baseUrl)
    await using place = await workplace(
      remote(
        `{ kind: hopsworks, read: online, pollIntervalMs: 20, onlineHost: 127.0.0.1, onlinePort: ${String(online.port)} }`,
        '{ kind: comet, project: air }',
      ),
    )
    const env = {
      HOPSWORKS_BASE_URL: store.baseUrl,
      FS_API_KEY: FS_KEY,
      FS_PROJECT_NAME: 'airq',
      COMET_URL_OVERRIDE: registry.baseUrl,
      COMET_API_KEY: COMET_KEY,
      COMET_WORKSPACE: 'airq',
    }
    const jobs = () =>
      store.requests.filter(({ method, url }) => method === 'POST' && url.endsWith('/executions')).length
    const { imported, trained, inferred, go, file } = await cycle(place, env)
    expect(imported.summary).toMatchObject({ unchanged: 0, stations: [{ station: 'beijing' }] })
    expect(imported.summary['written']).toBeGreaterThan(360 * YEARS)
    expect(imported.stderr).toContain('hopsworks: job')
    expect(trained.summary['models'][0]).toEqual(plain.trained.summary['models'][0])
    expect(forecastOf(inferred)).toEqual(forecastOf(plain.inferred))
    // Days, their import, the ledger.
    expect(jobs()).toBe(3)

    const written = imported.summary['written'] as number
    const again = await go('batch-feature-pipeline', '--csv', file)
    expect(again.summary).toMatchObject({ written: 0, unchanged: written })
    const retrained = await go('training-pipeline')
    expect(retrained.summary['models'][0]).toMatchObject({ outcome: 'unchanged', version: '1.0.0' })
    const forecast = await go('inference-pipeline')
    expect(forecast.summary['forecasts'][0]).toMatchObject({ new: false, revision: 0 })
    expect(jobs()).toBe(3)

    const checked = await Promise.all([
      go('batch-feature-pipeline', '--check'),
      go('training-pipeline', '--check'),
      go('inference-pipeline', '--check'),
      go('backtest', '--check'),
    ])
    expect(
      checked.map(({ summary }) => summary['checks'].every(({ ok }: { ok: boolean }) => ok)),
    ).not.toContain(false)

    const runs = [imported, trained, inferred, again, retrained, forecast, ...checked]
    expectNoSecret([FS_KEY, COMET_KEY], runs, place, [store, online, registry])
  }, 120_000)

  test('what Comet shows of the training: the backtest by step, tags, times, scores of the promotion', async () => {
    const ask = async (path: string): Promise<any> => {
      const response = await fetch(`${comet.baseUrl}/api/rest/v2${path}`, {
        headers: { authorization: COMET_KEY },
      })
      expect(response.status).toBe(200)
      return response.json()
    }
    const details = await ask('/registry-model/details?workspaceName=airq&modelName=beijing-end-of-day')
    const [version] = details.versions
    expect(version).toMatchObject({ version: '1.0.0', stages: ['production'] })
    const experiment = String(version.experimentModel.experimentKey)
    const { metrics } = await ask(
      `/experiment/metrics/get-metric?experimentKey=${experiment}&metricName=backtest_forecast`,
    )
    expect(metrics).toHaveLength(60)
    const { tags } = await ask(`/experiment/tags?experimentKey=${experiment}`)
    expect(tags).toEqual(expect.arrayContaining(['airq', 'beijing', 'end-of-day']))
    const { values } = await ask(`/experiment/log-other?experimentKey=${experiment}`)
    const change = values.find(({ name }: { name: string }) => name.startsWith('airq_change'))
    expect(change.valueCurrent).toContain('"persistence_mae"')
    expect(change.valueCurrent).toContain('training pipeline')
  })
})

describe('Hopsworks, found out how to read, and MLflow', () => {
  test('the same cycle', async () => {
    await using hopsworks = await startFake('hopsworks', [...QUICK, '--api-key', FS_KEY])
    await using mlflow = await startFake('mlflow', ['--token', MLFLOW_TOKEN])
    await using store = await recordingProxy(hopsworks.baseUrl)
    await using registry = await recordingProxy(mlflow.baseUrl)
    await using place = await workplace(
      remote(
        `{ kind: hopsworks, pollIntervalMs: 20, onlinePort: ${String(hopsworks.onlinePort)}, project: airq }`,
        `{ kind: mlflow, trackingUri: '${registry.baseUrl}', experiment: air }`,
      ),
    )
    const env = {
      HOPSWORKS_BASE_URL: store.baseUrl,
      HOPSWORKS_API_KEY: FS_KEY,
      MLFLOW_TRACKING_TOKEN: MLFLOW_TOKEN,
    }
    const { imported, trained, inferred, go, file } = await cycle(place, env)
    expect(imported.stderr).toContain('by the online server')
    expect(trained.summary['models'][0]).toEqual(plain.trained.summary['models'][0])
    expect(forecastOf(inferred)).toEqual(forecastOf(plain.inferred))
    const again = await go('batch-feature-pipeline', '--csv', file)
    expect(again.summary['written']).toBe(0)
    const tested = await go('backtest')
    expect(tested.summary['series'][0].n).toBe(60)
    expectNoSecret([FS_KEY, MLFLOW_TOKEN], [imported, trained, inferred, again, tested], place, [
      store,
      registry,
    ])
  }, 120_000)
})

describe('Hopsworks under live pulls', () => {
  const LIVE =
    "{ id: beijing, name: Beijing, timeZone: Asia/Shanghai, location: { latitude: 39.95, longitude: 116.47 }, source: { kind: waqi, feed: '@1451' } }"
  const noon = Date.parse('2026-03-06T12:25:00+08:00')

  test('one job a group that has news; the same pull again has none', async () => {
    await using hopsworks = await startFake('hopsworks', [...QUICK, '--api-key', FS_KEY])
    await using waqi = await startFakeWaqi({ token: WAQI_TOKEN, seed: 3 })
    await using openMeteo = await startFakeOpenMeteo({ seed: 3, clock: { now: () => waqi.now() } })
    await using store = await recordingProxy(hopsworks.baseUrl)
    await using place = await workplace(
      `stations: [${LIVE}]\nfeatureStore: { kind: hopsworks, read: online, pollIntervalMs: 20, onlinePort: ${String(hopsworks.onlinePort)}, project: airq }\n`,
    )
    const env = {
      HOPSWORKS_BASE_URL: store.baseUrl,
      FS_API_KEY: FS_KEY,
      AQI_TOKEN: WAQI_TOKEN,
      WAQI_BASE_URL: waqi.baseUrl,
      OPEN_METEO_BASE_URL: openMeteo.baseUrl,
    }
    const jobs = () =>
      store.requests.filter(({ method, url }) => method === 'POST' && url.endsWith('/executions')).length
    const pull = async (at: number, ...more: string[]): Promise<Run> => {
      waqi.setNow(at)
      const now = new Date(at).toISOString()
      const args = [place.config, '--state', place.state, '--now', now, '--json', ...more]
      return run('feature-pipeline', args, env)
    }
    const checked = await pull(noon, '--check')
    expect([checked.code, checked.summary['checks'].length]).toEqual([0, 3])
    expect(jobs()).toBe(0)
    const first = await pull(noon)
    expect(first.summary['error']).toBeUndefined()
    expect(first.summary['stations'][0]).toMatchObject({ reading: { new: true }, heldBack: 0 })
    expect([first.code, jobs()]).toEqual([0, 4])
    const again = await pull(noon)
    expect([again.code, again.summary['written'], jobs()]).toEqual([0, 0, 4])
    const next = await pull(noon + 3_600_000)
    expect([next.code, next.summary['written'], next.summary['unchanged']]).toEqual([0, 1, 0])
    const fallback = await run(
      'inference-pipeline',
      [
        place.config,
        '--state',
        place.state,
        '--allow-fallback',
        '--json',
        '--now',
        new Date(noon).toISOString(),
      ],
      env,
    )
    expect(fallback.summary['error'].code).toBe('no-data')
    expectNoSecret([FS_KEY, WAQI_TOKEN], [first, again, next, checked, fallback], place, [store])
  }, 120_000)
})
