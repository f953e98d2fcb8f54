import { expect, test } from 'vitest'

import type { JobSpec } from '../../src/index.ts'
import { type FakeAzure, startFakeAzure } from '../../src/testing/index.ts'
import { azureRunner } from '../support/runners.ts'

const spec: JobSpec = {
  name: 'job',
  app: 'feature-app',
  image: `a/b@sha256:${'b'.repeat(64)}`,
  command: ['feature-pipeline'],
  secrets: { AQI_TOKEN: '@kv:aqi-token' },
  limits: { timeoutMs: 60_000 },
}

async function tokenFor({ jobEnv }: FakeAzure, resource: string): Promise<string> {
  const url = `${jobEnv['MSI_ENDPOINT'] ?? ''}?resource=${encodeURIComponent(resource)}&api-version=2017-09-01`
  const answer = await fetch(url, { headers: { secret: jobEnv['MSI_SECRET'] ?? '' } })
  return ((await answer.json()) as { access_token: string }).access_token
}

async function ask({ vaultUrl }: FakeAzure, path: string, token: string): Promise<[number, unknown]> {
  const answer = await fetch(`${vaultUrl}${path}`, { headers: { authorization: `Bearer ${token}` } })
  return [answer.status, await answer.json()]
}

test("the fake's vault gives its secrets to the job's identity, by name in any case", async () => {
  await using fake = await startFakeAzure({ vault: { 'aqi-token': 'invented' } })
  const token = await tokenFor(fake, 'https://vault.azure.net')
  expect(await ask(fake, '/secrets/AQI-TOKEN?api-version=7.4', token)).toMatchObject([
    200,
    { value: 'invented' },
  ])
  expect((await ask(fake, '/secrets/other?api-version=7.4', token))[0]).toBe(404)
  expect((await ask(fake, '/secrets/aqi-token', token))[0]).toBe(400)
  const forOther = await tokenFor(fake, 'https://management.azure.com')
  expect((await ask(fake, '/secrets/aqi-token?api-version=7.4', forOther))[0]).toBe(401)
  fake.set({ vaultReadable: false })
  expect((await ask(fake, '/secrets/aqi-token?api-version=7.4', token))[0]).toBe(403)
})

test.each([
  ['http://127.0.0.1:8200', null],
  ['https://airq.vault.azure.net', null],
  ['http://airq.vault.azure.net', 'bad-settings'],
  ['https://airq.vault.azure.net/secrets', 'bad-settings'],
])('a job may be told of the vault %s: %s', async (keyVaultUrl, code) => {
  await using fake = await startFakeAzure()
  const dryRun = () => azureRunner(fake, { keyVaultUrl }).dryRun(spec)
  if (code === null) {
    const { environmentVariables } = dryRun().body.properties as {
      environmentVariables: Record<string, string>
    }
    expect(environmentVariables['AZURE_KEY_VAULT_URL']).toBe(keyVaultUrl)
  } else {
    expect(dryRun).toThrow(expect.objectContaining({ code }))
  }
})
