import { expect, test } from 'vitest'
import { azureWorld, expectNoSecret, FS_KEY } from './support/azure-world.ts'
import { history } from './support/histories.ts'
import { watchProcesses } from './support/processes.ts'

test("the day's cycle on Azure, by jobs; no secret anywhere but where it belongs", async () => {
  await using there = await azureWorld()
  await there.deploy()
  const file = await there.place.file('beijing.csv', history('west', 3, '2026-03-05'))
  expect((await there.here('batch-feature-pipeline', '--csv', file)).code).toBe(0)

  // From here on nobody but the vault and the jobs themselves has the secrets.
  using processes = watchProcesses()
  const pulled = await there.submit('run-feature-pipeline')
  expect([pulled.code, pulled.summary['error']]).toEqual([0, undefined])
  expect(pulled.summary['jobs'][0]).toMatchObject({
    outcome: 'succeeded',
    summary: { pipeline: 'feature', stations: [{ station: 'beijing', reading: { new: true } }] },
    url: expect.stringContaining('https://ml.azure.com/runs/feature-pipeline-'),
  })
  const [job] = there.azure.jobs
  const properties = job?.properties as Record<string, any>
  expect(properties['command']).toBe(
    'feature-pipeline config.yaml --aqi-token @kv:AQI-TOKEN --fs-api-key @kv:FS-API-KEY' +
      ' --fs-project-name airq --now 2026-03-06T04:25:00.000Z --degraded-exit 0',
  )
  expect(properties['environmentId']).toMatch(/\/environments\/feature-app\/versions\/sha-a1b2c3d4e5f6$/)
  expect(properties['environmentVariables']).toMatchObject({
    AQI_TOKEN: '@kv:AQI-TOKEN',
    AZURE_KEY_VAULT_URL: there.azure.vaultUrl,
    AIRQ_JOB_NAME: job?.name,
  })

  const trained = await there.submit('run-training-pipeline')
  expect([trained.code, trained.summary['error']]).toEqual([0, undefined])
  expect(trained.summary['jobs'][0].summary).toMatchObject({ pipeline: 'training', ok: true })
  const forecast = await there.submit('run-inference-pipeline')
  expect([forecast.code, forecast.summary['error']]).toEqual([0, undefined])
  expect(forecast.summary['jobs'][0].summary.forecasts).toMatchObject([{ station: 'beijing', new: true }])

  // The secrets were read, and used.
  const asked = (server: string) => there.azure.requests.filter((request) => request.server === server)
  expect(asked('vault').map(({ path }) => path)).toEqual(
    expect.arrayContaining(['/secrets/AQI-TOKEN', '/secrets/FS-API-KEY', '/secrets/COMET-API-KEY']),
  )
  expect(asked('identity').length).toBeGreaterThan(0)
  expect(there.store.requests.some(({ headers }) => headers.authorization?.includes(FS_KEY))).toBe(true)
  expect(processes.seen.size).toBeGreaterThan(20)
  expectNoSecret([...there.exposed(), ...processes.seen])
}, 240_000)
