import { inspect } from 'node:util'

import { expect, test } from 'vitest'

import { azureMlRunner, credentialFor, resolveAzureContext } from '../../src/azure-ml/index.ts'
import type { JobSpec } from '../../src/index.ts'
import { type FakeAzure, type FakeAzureOptions, startFakeAzure } from '../../src/testing/index.ts'
import { azureRunner } from '../support/runners.ts'

const place = { resourceGroup: 'airq', workspace: 'airq-ml' }
const SCOPE = 'https://management.azure.com/.default'

async function signIn(fake: FakeAzure, env: Readonly<Record<string, string | undefined>> = fake.env) {
  const credential = await credentialFor(env, resolveAzureContext(env, place), { ca: fake.ca })
  return credential.getToken(SCOPE)
}

test('all that is missing or malformed is named at once', () => {
  const env = { AZURE_SUBSCRIPTION_ID: 'mine', AZURE_CLIENT_SECRET: 'x' }
  expect(() => resolveAzureContext(env, { workspace: 'airq-ml' })).toThrow(
    expect.objectContaining({
      code: 'bad-settings',
      message:
        "Azure ML can't be used: AZURE_SUBSCRIPTION_ID is malformed; AZURE_TENANT_ID is missing; " +
        'AZURE_CLIENT_ID is missing; jobs.resourceGroup is missing.',
    }),
  )
})

test('who has signed in with az needs neither tenant nor client', () => {
  const subscriptionId = '00000000-0000-4000-8000-00000000ab01'
  expect(resolveAzureContext({ AZURE_SUBSCRIPTION_ID: subscriptionId }, place)).toEqual({
    subscriptionId,
    ...place,
  })
})

test('a workflow of GitHub signs in with an identity token for Entra', async () => {
  await using fake = await startFakeAzure()
  expect((await signIn(fake))?.token).toMatch(/^eyJ/)
  const github = fake.requests.filter(({ server }) => server === 'github')
  expect(github.map(({ query }) => query)).toEqual(
    github.map(() => 'api-version=2.0&audience=api%3A%2F%2FAzureADTokenExchange'),
  )
  const exchange = fake.requests.find(({ server, method }) => server === 'entra' && method === 'POST')
  expect(Object.fromEntries(new URLSearchParams(exchange!.body))).toMatchObject({
    client_id: fake.env['AZURE_CLIENT_ID'],
    grant_type: 'client_credentials',
    scope: expect.stringContaining(SCOPE),
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  })
})

test('a client secret signs in too', async () => {
  await using fake = await startFakeAzure({ clientSecret: 'invented-secret' })
  const { ACTIONS_ID_TOKEN_REQUEST_URL: _url, ...env } = fake.env
  expect((await signIn(fake, { ...env, AZURE_CLIENT_SECRET: 'invented-secret' }))?.token).toMatch(/^eyJ/)
  await expect(signIn(fake, { ...env, AZURE_CLIENT_SECRET: 'wrong-secret' })).rejects.toMatchObject({
    code: 'unauthorized',
    where: 'AADSTS7000215',
    message: expect.not.stringContaining('wrong-secret'),
  })
})

test.each<[FakeAzureOptions, string]>([
  [{ federatedSubject: 'repo:other/other:ref:refs/heads/main' }, 'AADSTS700213'],
  [{ assertionSeconds: -10 }, 'AADSTS700024'],
])('what Entra refuses is explained: %j', async (options, where) => {
  await using fake = await startFakeAzure(options)
  await expect(signIn(fake)).rejects.toMatchObject({ code: 'unauthorized', where, hint: expect.any(String) })
})

test.each([
  [{ AZURE_CLIENT_ID: '00000000-0000-4000-8000-00000000ffff' }, 'AADSTS700016'],
  [{ AZURE_TENANT_ID: '00000000-0000-4000-8000-00000000ffff' }, undefined],
  [{ ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'stale' }, 'ACTIONS_ID_TOKEN_REQUEST_URL'],
])('with %j there is no sign-in', async (part, where) => {
  await using fake = await startFakeAzure()
  await expect(signIn(fake, { ...fake.env, ...part })).rejects.toMatchObject(
    where === undefined ? { name: 'JobRunnerError' } : { code: 'unauthorized', where },
  )
})

test('in a workflow without the right to identity tokens, that is what is told', async () => {
  const env = {
    PATH: '/nowhere',
    GITHUB_ACTIONS: 'true',
    AZURE_SUBSCRIPTION_ID: '00000000-0000-4000-8000-00000000ab01',
  }
  const credential = await credentialFor(env, resolveAzureContext(env, place))
  await expect(credential.getToken(SCOPE)).rejects.toMatchObject({
    code: 'unauthorized',
    hint: expect.stringContaining('id-token: write'),
  })
})

test.each(['a workflow', 'a client secret'])(
  '%s that Entra slowed down may ask again at once',
  async (who) => {
    await using fake = await startFakeAzure({ clientSecret: 'invented-secret' })
    const { ACTIONS_ID_TOKEN_REQUEST_URL: _url, ...elsewhere } = fake.env
    const env = who === 'a workflow' ? fake.env : { ...elsewhere, AZURE_CLIENT_SECRET: 'invented-secret' }
    const credential = await credentialFor(env, resolveAzureContext(env, place), { ca: fake.ca })
    const slowed = { status: 429, code: 'temporarily_unavailable', retryAfter: '0' }
    fake.fail({ on: ['POST', '/oauth2/v2.0/token'], effect: slowed, times: Infinity })
    await expect(credential.getToken(SCOPE)).rejects.toMatchObject({ code: 'unavailable', retryable: true })
    fake.heal()
    expect((await credential.getToken(SCOPE))?.token).toMatch(/^eyJ/)
  },
)

test('an authority that nobody vouches for is told nothing', async () => {
  await using fake = await startFakeAzure()
  const env = { ...fake.env, AZURE_AUTHORITY_HOST: 'https://login.example' }
  await expect(signIn(fake, env)).rejects.toMatchObject({ code: 'untrusted-host' })
  const plain = {
    ...fake.env,
    AZURE_AUTHORITY_HOST: fake.env['AZURE_AUTHORITY_HOST']!.replace('https', 'http'),
  }
  await expect(signIn(fake, plain)).rejects.toMatchObject({ code: 'untrusted-host' })
})

test.each([
  ['http://azure.example', 'untrusted-host'],
  ['https://azure.example', 'untrusted-host'],
  ['http://management.azure.com', 'untrusted-host'],
  ['management.azure.com', 'bad-settings'],
  ['https://management.azure.com/x', 'bad-settings'],
])('no token goes to %s', (endpoint, code) => {
  const subscriptionId = '00000000-0000-4000-8000-00000000ab01'
  expect(() => azureMlRunner({ context: { subscriptionId, ...place }, env: {}, endpoint })).toThrow(
    expect.objectContaining({ code, where: 'jobs.endpoint' }),
  )
})

test('tokens and secrets stand only where they belong, and in no error', async () => {
  await using fake = await startFakeAzure({ outcome: 'Hangs' })
  const runner = azureRunner(fake)
  const spec: JobSpec = {
    ...{ name: 'job', app: 'app', command: ['x'], image: `a/b@sha256:${'b'.repeat(64)}` },
    ...{ secrets: { AQI_TOKEN: '@kv:aqi' }, limits: { timeoutMs: 5_000 } },
  }
  await runner.submit(spec)
  const bearer = fake.requests.find(({ server }) => server === 'arm')!.headers['authorization']!.slice(7)
  const assertion = fake.requests
    .filter(({ body }) => body.includes('client_assertion='))
    .map(({ body }) => new URLSearchParams(body).get('client_assertion')!)[0]!
  const requestToken = fake.env['ACTIONS_ID_TOKEN_REQUEST_TOKEN']!
  const errors: unknown[] = []
  for (const status of [400, 401, 403, 404, 429, 500]) {
    const message = `You sent Bearer ${bearer} and ${assertion}`
    fake.fail({ on: ['PUT', '/jobs/'], effect: { status, code: 'Odd', message, retryAfter: '0' }, times: 9 })
    errors.push(
      await runner.submit({ ...spec, name: `job-${String(status)}` }).catch((error: unknown) => error),
    )
    fake.heal()
  }
  expect(errors).toHaveLength(6)
  for (const error of errors) {
    const all =
      inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error) + String((error as Error).stack)
    for (const secret of [bearer, assertion, requestToken]) expect(all).not.toContain(secret)
  }
  for (const { server, headers, ...rest } of fake.requests) {
    const { authorization, ...others } = headers
    const text = JSON.stringify([rest, others])
    expect(text).not.toContain(bearer)
    expect(text).not.toContain(requestToken)
    if (server !== 'entra') expect(text).not.toContain(assertion)
    if (server === 'arm') expect(authorization).not.toContain(requestToken)
    if (server === 'entra') expect(authorization).toBeUndefined()
  }
})
