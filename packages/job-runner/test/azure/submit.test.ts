import { expect, test } from 'vitest'

import type { AzureMlRunnerOptions } from '../../src/azure-ml/index.ts'
import type { JobSpec } from '../../src/index.ts'
import { type FakeAzureOptions, startFakeAzure } from '../../src/testing/index.ts'
import { runSubmitter } from '../support/killed.ts'
import { azureRunner } from '../support/runners.ts'

const image = `ghcr.io/airq/feature-app@sha256:${'a1b2c3d4e5f6'.padEnd(64, '0')}`
const spec: JobSpec = {
  name: 'feature-app-20261123T2200Z-1a2b3c4-1',
  app: 'feature-app',
  image,
  command: ['feature-pipeline', 'config.yaml', '--station', "Xi'an"],
  environment: { NODE_ENV: 'production' },
  secrets: { AQI_TOKEN: '@kv:aqi-token' },
  limits: { timeoutMs: 5_400_000 },
  tags: { sha: '1a2b3c4' },
  identity: { kind: 'managed', clientId: '00000000-0000-4000-8000-0000000000ff' },
}
const PATIENCE = { timeoutMs: 25_000 }

async function started(fakeOptions: FakeAzureOptions = {}, options: Partial<AzureMlRunnerOptions> = {}) {
  const fake = await startFakeAzure(fakeOptions)
  const puts = () => fake.requests.filter(({ method, path }) => method === 'PUT' && path.includes('/jobs/'))
  return { fake, puts, runner: azureRunner(fake, options), [Symbol.asyncDispose]: () => fake.close() }
}

test('the job on the wire is exactly this, and what a dry run shows', async () => {
  await using azure = await started()
  const dry = azure.runner.dryRun(spec)
  expect(azure.fake.requests).toEqual([])
  const job = await azure.runner.submit(spec)
  expect(job).toMatchObject({ created: true, status: 'waiting', detail: 'NotStarted' })
  expect(job.url).toMatch(/^https:\/\/ml\.azure\.com\/runs\/feature-app-2026/)
  const [put] = azure.puts()
  const root =
    '/subscriptions/00000000-0000-4000-8000-00000000ab01/resourceGroups/airq' +
    '/providers/Microsoft.MachineLearningServices/workspaces/airq-ml'
  expect(`${put!.method} ${put!.path}?${put!.query}`).toBe(
    `PUT ${root}/jobs/${spec.name}?api-version=2022-10-01`,
  )
  expect(JSON.parse(put!.body)).toEqual({
    properties: {
      jobType: 'Command',
      displayName: spec.name,
      experimentName: 'feature-app',
      command: `feature-pipeline config.yaml --station 'Xi'\\''an'`,
      environmentId: `${root}/environments/feature-app/versions/sha-a1b2c3d4e5f6`,
      computeId: `${root}/computes/cpu`,
      environmentVariables: {
        NODE_ENV: 'production',
        AZURE_KEY_VAULT_URL: 'https://airq.vault.azure.net',
        AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential',
        DEFAULT_IDENTITY_CLIENT_ID: '00000000-0000-4000-8000-0000000000ff',
        AQI_TOKEN: '@kv:aqi-token',
      },
      identity: { identityType: 'Managed', clientId: '00000000-0000-4000-8000-0000000000ff' },
      limits: { jobLimitsType: 'Command', timeout: 'PT1H30M' },
      tags: {
        sha: '1a2b3c4',
        app: 'feature-app',
        image,
        'airq-spec': expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    },
  })
  expect(dry).toEqual({ method: 'PUT', path: `${put!.path}?${put!.query}`, body: JSON.parse(put!.body) })
})

test('a dry run hides what a secret is, wherever one was let pass', async () => {
  const secret = 'marked-secret'
  await using azure = await started(
    {},
    { env: { AQI_TOKEN: secret }, secretsVia: 'environment', allowInsecureArgv: true },
  )
  const command = ['x', '--fs-api-key', secret, `--comet-api-key=${secret}`]
  const dry = azure.runner.dryRun({ ...spec, command, secrets: { AQI_TOKEN: '@env:AQI_TOKEN' } })
  expect(JSON.stringify(dry)).not.toContain(secret)
  expect(dry.body.properties).toMatchObject({
    command: "x --fs-api-key '***' '--comet-api-key=***'",
    environmentVariables: { AQI_TOKEN: '***' },
  })
})

test('without a compute the job is serverless', async () => {
  await using azure = await started()
  const { body } = azureRunner(azure.fake, { compute: undefined, instanceType: 'Standard_DS3_v2' }).dryRun(
    spec,
  )
  expect(body.properties).not.toHaveProperty('computeId')
  expect(body.properties['resources']).toEqual({ instanceCount: 1, instanceType: 'Standard_DS3_v2' })
})

test.each([
  ['no Key Vault', { keyVaultUrl: undefined }, {}, /none is named/],
  ['a secret of the submitter', {}, { secrets: { AQI_TOKEN: '@env:AQI_TOKEN' } }, /readable in the job/],
  ['serverless, no identity', { compute: undefined }, { identity: undefined }, /no identity of its own/],
  ['an odd compute', { compute: 'a/b' }, {}, /can't be a compute/],
  ['an image without digest', {}, { image: 'ghcr.io/airq/app:latest' }, /has no digest/],
  ['no image', {}, { image: undefined }, /has no image/],
  ['an odd environment', { environment: 'feature-app' }, {}, /names no environment/],
])('%s is refused, and nothing is sent', async (_, options, part, message) => {
  await using azure = await started({}, options)
  await expect(azure.runner.submit({ ...spec, ...part } as JobSpec)).rejects.toThrow(message)
  expect(azure.fake.requests).toEqual([])
})

test('secrets go into the job only where that is asked for, with a warning', async () => {
  const warnings: string[] = []
  const onWarning = (message: string) => warnings.push(message)
  await using azure = await started()
  const env = { ...azure.fake.env, AQI_TOKEN: 'invented' }
  const runner = azureRunner(azure.fake, { env, secretsVia: 'environment', onWarning })
  await runner.submit({ ...spec, secrets: { AQI_TOKEN: '@env:AQI_TOKEN' } })
  const sent = JSON.parse(azure.puts()[0]!.body) as { properties: Record<string, unknown> }
  expect(sent.properties['environmentVariables']).toEqual({
    NODE_ENV: 'production',
    AQI_TOKEN: 'invented',
  })
  expect(warnings).toEqual([expect.stringContaining('can be read by everyone')])
})

test.each([409, 400] as const)('a name that is taken is told so (%i)', async (duplicateJob) => {
  await using azure = await started({ duplicateJob })
  await azure.runner.submit(spec)
  const other = { ...spec, command: ['other'] }
  await expect(azure.runner.submit(other)).rejects.toMatchObject({ code: 'job-conflict' })
  expect(azure.puts()).toHaveLength(1)
  // Two at once: both find the name free.
  const race = { ...spec, name: 'race' }
  const ends = await Promise.allSettled([
    azure.runner.submit(race),
    azureRunner(azure.fake).submit({ ...race, command: ['other'] }),
  ])
  expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
})

test('a submit that was cut off after it took effect finds its job', async () => {
  await using azure = await started()
  azure.fake.fail({ on: ['PUT', '/jobs/'], effect: { cut: 'after' } })
  await azure.runner.submit(spec)
  expect(azure.fake.jobs).toHaveLength(1)
  expect(await azure.runner.wait(spec, PATIENCE)).toMatchObject({ outcome: 'succeeded', exitCode: null })
})

test('a submitter that was killed finds its job again, and the job ran once', async () => {
  let end = (_code: number): void => undefined
  const execute = () => new Promise<number>((resolve) => (end = resolve))
  await using azure = await started({ execute })
  const orders = {
    spec: { ...spec, secrets: {}, limits: { timeoutMs: 60_000 } },
    endpoint: azure.fake.baseUrl,
    ca: azure.fake.ca,
  }
  expect((await runSubmitter(orders, azure.fake.env, 'running')).slice(0, 1)).toEqual(['created true'])
  end(0)
  const said = await runSubmitter(orders, azure.fake.env)
  expect(said[0]).toBe('created false')
  expect(said.at(-1)).toBe('succeeded')
  expect(azure.fake.job(spec.name)).toMatchObject({ runs: 1, status: 'Completed' })
})
