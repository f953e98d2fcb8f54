import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '../scripts/built-apps.mts'
import { run, workplace } from './support/bins.ts'
import { runCommand } from './support/command.ts'
import { QUICK, startFake } from './support/fakes.ts'
import { history, NOW } from './support/histories.ts'

const STATION = '{ id: beijing, name: Beijing, timeZone: Asia/Shanghai, source: { kind: aqicn-csv } }'
const CONFIG = `stations: [${STATION}]\ntraining: { candidates: [ridge], testDays: 60 }\n`

test('what grew on the laptop is copied by two commands, and the pipelines go on as if nothing had happened', async () => {
  await using hopsworks = await startFake('hopsworks', QUICK)
  await using comet = await startFake('comet')
  await using place = await workplace(CONFIG)
  const args = [place.config, '--state', place.state, '--now', NOW, '--json']
  const file = await place.file('beijing.csv', history('west', 1))
  await run('batch-feature-pipeline', [...args, '--csv', file])
  await run('training-pipeline', args)
  const before = await run('inference-pipeline', args)

  const env = {
    HOPSWORKS_BASE_URL: hopsworks.baseUrl,
    HOPSWORKS_API_KEY: 'fakePrefix.fakeSecret',
    COMET_URL_OVERRIDE: comet.baseUrl,
    COMET_API_KEY: 'fake-comet-key',
  }
  const copy = (bin: string, ...more: string[]) =>
    runCommand(
      process.execPath,
      ['--conditions=@airq/source', join(ROOT, 'packages', bin), 'copy', ...more],
      {
        cwd: place.dir,
        env,
      },
    )
  const store = join(place.state, 'feature-store.sqlite')
  const rows = await copy('feature-store/src/bin/airq-store.ts', store, 'hopsworks:airq', '--poll-ms', '20')
  expect([rows.code, rows.stdout]).toEqual([0, expect.stringContaining('aqi_forecasts v1: 1 rows written')])
  const models = await copy(
    'model-registry/src/bin/airq-registry.ts',
    join(place.state, 'model-registry'),
    'comet:airq/air',
  )
  expect([models.code, models.stderr]).toEqual([0, ''])

  await place.file(
    'config.yaml',
    `${CONFIG}featureStore: { kind: hopsworks, project: airq, pollIntervalMs: 20, onlinePort: ${String(hopsworks.onlinePort)} }\nmodelRegistry: { kind: comet, workspace: airq, project: air }\n`,
  )
  const elsewhere = [place.config, '--state', join(place.dir, 'other'), '--now', NOW, '--json']
  const after = await run('inference-pipeline', elsewhere, env)
  expect([after.code, after.summary['error']]).toEqual([0, undefined])
  // The same forecast, in the ledger already.
  expect(after.summary['forecasts']).toEqual([{ ...before.summary['forecasts'][0], new: false }])
  const again = await run('batch-feature-pipeline', [...elsewhere, '--csv', file], env)
  expect(again.summary['written']).toBe(0)
}, 120_000)
