import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import { type FakeAzure, startFakeAzure } from '@airq/job-runner/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runProbe, workDirectory } from './support/run-probe.ts'

const TOKEN = 'markedTokenInTheVault'

let azure: FakeAzure
/** What a job on Azure has. */
let env: Record<string, string>

beforeAll(async () => {
  azure = await startFakeAzure({ vault: { 'aqi-token': TOKEN, empty: '', chain: '@kv:aqi-token' } })
  env = {
    ...azure.jobEnv,
    AZURE_KEY_VAULT_URL: azure.vaultUrl,
    AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential',
    DEFAULT_IDENTITY_CLIENT_ID: '00000000-0000-4000-8000-0000000000ff',
  }
})
beforeEach(() => {
  azure.set({ vaultReadable: true })
  azure.heal()
})
afterAll(() => azure.close())

const asked = (server: string) => azure.requests.filter((request) => request.server === server)

describe('a secret of the Key Vault, by', () => {
  test.each<[string, readonly string[], Readonly<Record<string, string>>]>([
    ['its flag', ['--aqi-token', '@kv:AQI-TOKEN'], {}],
    ['its variable', [], { AQI_TOKEN: '@kv:aqi-token' }],
    ['the variable that its flag names', ['--aqi-token', '@env:MINE'], { MINE: '@kv:aqi-token' }],
    ['nothing: under the name of its variable', [], {}],
  ])('%s', async (_, flags, more) => {
    const run = await runProbe('secret', ['config.yaml', ...flags], { env: { ...env, ...more } })
    expect([run.code, run.stderr]).toEqual([0, expect.stringContaining('asking Key Vault')])
    expect(run.stdout).toContain(`a token of ${String(TOKEN.length)} characters: ***`)
    expect(run.stdout + run.stderr).not.toContain(TOKEN)
    expect(asked('identity').at(-1)?.query).toContain('00000000-0000-4000-8000-0000000000ff')
  })

  test('a .env beside the configuration', async () => {
    const cwd = workDirectory()
    writeFileSync(join(cwd, '.env'), 'AQI_TOKEN=@kv:aqi-token\n')
    const run = await runProbe('secret', ['config.yaml'], { cwd, env })
    expect(run.code).toBe(0)
  })

  test('the vault of the configuration, where the environment names none', async () => {
    const cwd = workDirectory()
    const { AZURE_KEY_VAULT_URL: url = '', ...others } = env
    const jobs = `jobs: { kind: azure-ml, resourceGroup: g, workspace: www, keyVaultUrl: '${url}' }\n`
    const station = 'stations: [{ id: a, name: A, timeZone: Asia/Tokyo, source: { kind: aqicn-csv } }]\n'
    writeFileSync(join(cwd, 'config.yaml'), station + jobs)
    expect((await runProbe('secret', ['config.yaml'], { cwd, env: others })).code).toBe(0)
  })
})

test('what is at hand goes before the vault, which is not asked', async () => {
  const before = azure.requests.length
  const run = await runProbe('secret', ['config.yaml'], { env: { ...env, AQI_TOKEN: 'at-hand' } })
  expect([run.code, azure.requests.length]).toEqual([0, before])
})

test('a vault that is busy is asked again', async () => {
  azure.fail({ on: ['GET', '/vault/secrets/aqi-token'], effect: { status: 503, retryAfter: '0' } })
  expect((await runProbe('secret', ['config.yaml'], { env })).code).toBe(0)
})

describe('is refused with what to do, and never taken for the secret itself', () => {
  test.each<[string, Readonly<Record<string, string>>, string, number]>([
    ['a name that is not there', { AQI_TOKEN: '@kv:nothing' }, 'bad-secret', 2],
    ['a name that none can have', { AQI_TOKEN: '@kv:a_b' }, 'bad-secret', 2],
    ['an empty secret', { AQI_TOKEN: '@kv:empty' }, 'bad-secret', 2],
    ['a secret that refers to another', { AQI_TOKEN: '@kv:chain' }, 'bad-secret', 2],
    ['another kind of reference', { AQI_TOKEN: '@file:/etc/hostname' }, 'bad-secret', 2],
    ['no vault', { AQI_TOKEN: '@kv:aqi-token', AZURE_KEY_VAULT_URL: '' }, 'no-key-vault', 2],
    ['a vault that is none of Azure', { AZURE_KEY_VAULT_URL: 'https://vault.example' }, 'untrusted-host', 2],
    ['a name no vault has', { AZURE_KEY_VAULT_URL: 'https://a--b.vault.azure.net' }, 'untrusted-host', 2],
    ['a vault over plain http', { AZURE_KEY_VAULT_URL: 'http://airq.vault.azure.net' }, 'untrusted-host', 2],
    ['a path', { AZURE_KEY_VAULT_URL: 'https://airq.vault.azure.net/secrets' }, 'bad-key-vault', 2],
    ['an identity that is refused', { MSI_SECRET: 'wrong' }, 'key-vault-sign-in', 1],
  ])('%s', async (_, more, code, exit) => {
    const run = await runProbe('secret', ['config.yaml', '--json'], { env: { ...env, ...more } })
    const { error } = JSON.parse(run.stdout) as { error: { code: string; hint: string } }
    expect([run.code, error.code]).toEqual([exit, code])
    expect(error.hint.length).toBeGreaterThan(10)
  })

  test('an identity without the right, by the name of the right', async () => {
    azure.set({ vaultReadable: false })
    const run = await runProbe('secret', ['config.yaml', '--json'], { env })
    const { error } = JSON.parse(run.stdout) as { error: { code: string; message: string; hint: string } }
    expect([run.code, error.code]).toEqual([1, 'key-vault-forbidden'])
    expect(error.message).toContain('Microsoft.KeyVault/vaults/secrets/getSecret/action')
    expect(error.hint).toContain('Key Vault Secrets User')
  })
})
