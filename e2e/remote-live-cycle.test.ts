import { startFakeOpenMeteo, startFakeWaqi } from '@airq/aqi-client/testing'
import { expect, test } from 'vitest'
import type { Bin } from '../scripts/built-apps.mts'
import { run, type Run, type Workplace, workplace } from './support/bins.ts'
import { QUICK, startFake } from './support/fakes.ts'
import { history } from './support/histories.ts'

const FS_KEY = 'prefixOfTheStore.secretOfTheStore'
const WAQI_TOKEN = 'tokenOfWaqi'
const NOON = Date.parse('2026-03-06T12:25:00+08:00')
const STATION =
  "{ id: beijing, name: Beijing, timeZone: Asia/Shanghai, location: { latitude: 39.95, longitude: 116.47 }, source: { kind: waqi, feed: '@1451' } }"
const config = (store: string) =>
  `stations: [${STATION}]\ntraining: { candidates: [ridge], testDays: 60 }\nfeatureStore: ${store}\n`

test('every stage of a live station with weather, read online, as with the embedded store', async () => {
  await using hopsworks = await startFake('hopsworks', [...QUICK, '--api-key', FS_KEY])
  await using waqi = await startFakeWaqi({ token: WAQI_TOKEN, seed: 3 })
  await using openMeteo = await startFakeOpenMeteo({ seed: 3, clock: { now: () => waqi.now() } })
  waqi.setNow(NOON)
  const env = {
    AQI_TOKEN: WAQI_TOKEN,
    WAQI_BASE_URL: waqi.baseUrl,
    OPEN_METEO_BASE_URL: openMeteo.baseUrl,
    HOPSWORKS_BASE_URL: hopsworks.baseUrl,
    FS_API_KEY: FS_KEY,
  }
  /** How every stage ended, and the forecast. */
  async function cycle(place: Workplace) {
    const file = await place.file('beijing.csv', history('west', 3, '2026-03-05'))
    const ended: unknown[] = []
    const go = async (bin: Bin, ...more: string[]): Promise<Run> => {
      const args = [place.config, '--state', place.state, '--now', new Date(NOON).toISOString(), '--json']
      const done = await run(bin, [...args, ...more], env)
      ended.push([bin, done.code])
      expect([bin, done.summary['error']]).toEqual([bin, undefined])
      return done
    }
    await go('batch-feature-pipeline', '--csv', file)
    const { summary: pulled } = await go('feature-pipeline')
    await go('hyperparam-optimization-pipeline', '--trials', '2')
    await go('training-pipeline')
    const { summary: inferred } = await go('inference-pipeline')
    await go('backtest')
    await go('check-leaks')
    await go('report', '--out', place.dir)
    const forecasts = inferred['forecasts'] as object[]
    return { ended, weatherRows: pulled['stations'][0].weatherRows as number, forecasts }
  }
  await using remote = await workplace(
    config(
      `{ kind: hopsworks, read: online, pollIntervalMs: 20, onlinePort: ${String(hopsworks.onlinePort)}, project: airq }`,
    ),
  )
  await using embedded = await workplace(config('{ kind: sqlite }'))
  const online = await cycle(remote)
  expect(online.weatherRows).toBeGreaterThan(0)
  expect(online.forecasts).toHaveLength(1)
  expect(online).toEqual(await cycle(embedded))
}, 240_000)
