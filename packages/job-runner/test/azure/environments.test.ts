import { AzureMachineLearningWorkspaces } from '@azure/arm-machinelearning'
import { expect, test } from 'vitest'

import { boundTo, endpointOf } from '../../src/azure-ml/endpoint.ts'
import { startFakeAzure } from '../../src/testing/index.ts'
import { azureRunner } from '../support/runners.ts'

const imageOf = (digit: string, registry = 'ghcr.io/airq') =>
  `${registry}/feature-app@sha256:${digit.repeat(64)}`

test('an image is registered once; another image is another version', async () => {
  await using fake = await startFakeAzure()
  const runner = azureRunner(fake)
  const first = await runner.ensureEnvironmentVersion('feature-app', imageOf('1'), { tags: { sha: 'x' } })
  expect(first).toEqual({
    id: expect.stringMatching(/\/environments\/feature-app\/versions\/sha-111111111111$/),
    version: 'sha-111111111111',
    created: true,
  })
  const puts = () => fake.requests.filter(({ method, server }) => method === 'PUT' && server === 'arm')
  expect(JSON.parse(puts()[0]!.body)).toEqual({
    properties: {
      ...{ image: imageOf('1'), osType: 'Linux', tags: { sha: 'x' } },
      ...{ isAnonymous: false, autoRebuild: 'Disabled' },
    },
  })
  expect((await runner.ensureEnvironmentVersion('feature-app', imageOf('1'))).created).toBe(false)
  expect(puts()).toHaveLength(1)
  expect(await runner.ensureEnvironmentVersion('feature-app', imageOf('2'))).toMatchObject({
    version: 'sha-222222222222',
    created: true,
  })
})

test.each([400, 409] as const)(
  'a version that is another image already is refused (%i)',
  async (environmentConflict) => {
    await using fake = await startFakeAzure({ environmentConflict })
    const runner = azureRunner(fake)
    const version = '1.4.2'
    await runner.ensureEnvironmentVersion('feature-app', imageOf('1'), { version })
    const other = runner.ensureEnvironmentVersion('feature-app', imageOf('2'), { version })
    await expect(other).rejects.toMatchObject({
      code: 'environment-conflict',
      hint: expect.stringContaining('new version'),
    })
    // Two at once: who comes second compares once more.
    const race = { version: '1.4.3' }
    const same = await Promise.all(
      [runner, azureRunner(fake)].map((one) =>
        one.ensureEnvironmentVersion('feature-app', imageOf('3'), race),
      ),
    )
    expect(same.every(({ version: made }) => made === '1.4.3')).toBe(true)
    const ends = await Promise.allSettled([
      runner.ensureEnvironmentVersion('feature-app', imageOf('4'), { version: '1.4.4' }),
      azureRunner(fake).ensureEnvironmentVersion('feature-app', imageOf('5'), { version: '1.4.4' }),
    ])
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  },
)

test.each([
  ['AzureML-x', imageOf('1'), {}],
  ['two words', imageOf('1'), {}],
  ['feature-app', 'ghcr.io/airq/feature-app:latest', {}],
  ['feature-app', imageOf('1'), { version: 'a b' }],
])('%s with %s is refused before anything is sent', async (name, image, options) => {
  await using fake = await startFakeAzure()
  await expect(azureRunner(fake).ensureEnvironmentVersion(name, image, options)).rejects.toMatchObject({
    code: 'bad-settings',
    fault: 'input',
  })
  expect(fake.requests).toEqual([])
})

test('a job names its environment by version, by latest, or by id', async () => {
  await using fake = await startFakeAzure()
  const { id } = await azureRunner(fake).ensureEnvironmentVersion('feature-app', imageOf('1'))
  const forms = ['feature-app:sha-111111111111', 'feature-app@latest', 'azureml:feature-app@latest', id]
  for (const [index, environment] of forms.entries()) {
    const name = `job-${String(index)}`
    await azureRunner(fake, { environment }).submit({
      name,
      app: 'app',
      command: ['x'],
      limits: { timeoutMs: 5_000 },
    })
    expect(fake.job(name)?.properties['environmentId']).toBe(id)
  }
  const none = azureRunner(fake, { environment: 'other-app@latest' })
  const spec = { name: 'none', app: 'app', command: ['x'], limits: { timeoutMs: 5_000 } }
  await expect(none.submit(spec)).rejects.toMatchObject({ code: 'not-found' })
})

test('nothing is sent to where an answer points, unless it is the endpoint', async () => {
  await using fake = await startFakeAzure()
  const sent: string[] = []
  const inner = {
    sendRequest: (request: { url: string }) => {
      sent.push(request.url)
      return Promise.reject(new Error('sent'))
    },
  }
  const client = new AzureMachineLearningWorkspaces(
    { getToken: () => Promise.resolve({ token: 'invented', expiresOnTimestamp: Date.now() + 3_600_000 }) },
    'subscription',
    {
      httpClient: boundTo(endpointOf(fake.baseUrl), inner),
      endpoint: 'https://elsewhere.example',
      retryOptions: { maxRetries: 0 },
    },
  )
  await expect(client.jobs.get('g', 'w', 'j')).rejects.toThrow(/points to elsewhere\.example/)
  expect(sent).toEqual([])
})

test('jobs are listed by tag, page by page', async () => {
  await using fake = await startFakeAzure()
  const runner = azureRunner(fake)
  for (const name of ['a', 'b', 'c', 'd']) {
    await runner.submit({
      ...{ name, app: 'app', command: ['x'], image: imageOf('1'), limits: { timeoutMs: 5_000 } },
      tags: { odd: name === 'd' ? 'no' : 'yes' },
    })
  }
  const { createDefaultHttpClient } = await import('@azure/core-rest-pipeline')
  const token = fake.requests.find(({ server }) => server === 'arm')!.headers['authorization']!.slice(7)
  const client = new AzureMachineLearningWorkspaces(
    { getToken: () => Promise.resolve({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) },
    fake.env['AZURE_SUBSCRIPTION_ID']!,
    { httpClient: boundTo(endpointOf(fake.baseUrl), createDefaultHttpClient()) },
  )
  const names: (string | undefined)[] = []
  for await (const job of client.jobs.list('airq', 'airq-ml', { tag: 'odd=yes' })) names.push(job.name)
  expect(names).toEqual(['a', 'b', 'c'])
})
