import { expect, test } from 'vitest'

import type { JobSpec } from '../../src/index.ts'
import { type AzureFaultEffect, type FakeAzureOptions, startFakeAzure } from '../../src/testing/index.ts'
import { azureRunner } from '../support/runners.ts'

const spec: JobSpec = {
  name: 'job-1',
  app: 'feature-app',
  image: `ghcr.io/airq/feature-app@sha256:${'a'.repeat(64)}`,
  command: ['feature-pipeline'],
  limits: { timeoutMs: 60_000 },
}
const PATIENCE = { timeoutMs: 25_000 }

async function started(options: FakeAzureOptions = {}) {
  const fake = await startFakeAzure(options)
  const pauses: number[] = []
  /** Notes what it is asked to sleep, and does not. */
  const clock = {
    now: () => Date.now(),
    sleep: (ms: number) => {
      pauses.push(ms)
      return new Promise<void>((resolve) => setImmediate(resolve))
    },
  }
  return { fake, pauses, runner: azureRunner(fake, { clock }), [Symbol.asyncDispose]: () => fake.close() }
}

/** Every call that a submit and its wait make. */
const CALLS = [
  ['GET', '/jobs/'],
  ['GET', '/environments/'],
  ['PUT', '/environments/'],
  ['PUT', '/jobs/'],
  ['GET', '/github'],
  ['GET', '/entra'],
  ['POST', '/entra'],
] as const
const PASSING: readonly (readonly [string, AzureFaultEffect])[] = [
  ['503', { status: 503 }],
  ['429 with Retry-After', { status: 429, code: 'TooManyRequests', retryAfter: '0' }],
  ['429 without', { status: 429, code: 'TooManyRequests' }],
  ['a cut before it took effect', { cut: 'before' }],
  ['a cut after it took effect', { cut: 'after' }],
]

for (const on of CALLS) {
  test.each(PASSING)(
    `${on.join(' ')} goes wrong once with %s: there is one job, and it is told of`,
    async (_, effect) => {
      await using azure = await started()
      azure.fake.fail({ on, effect })
      // What passes is retried within the call, or by who submits again: MSAL asks Entra again only later.
      const job = await azure.runner.submit(spec).catch((error: unknown) => {
        expect(error).toMatchObject({ name: 'JobRunnerError', retryable: true })
        return azureRunner(azure.fake).submit(spec)
      })
      expect((await azureRunner(azure.fake).wait(job, PATIENCE)).outcome).toBe('succeeded')
      expect(azure.fake.jobs).toHaveLength(1)
    },
  )
}

test.each([
  [{ status: 503 }, 'unavailable', true],
  [{ status: 500, code: 'InternalServerError' }, 'unavailable', true],
  [{ status: 429, code: 'TooManyRequests' }, 'rate-limited', true],
  [{ status: 403, code: 'AuthorizationFailed' }, 'forbidden', false],
  [{ status: 401, code: 'InvalidAuthenticationToken' }, 'unauthorized', false],
  [{ status: 400, code: 'UserError' }, 'refused', false],
  [{ status: 409, code: 'QuotaExceeded' }, 'quota', false],
  [
    { status: 400, code: 'UserError', message: 'Exceeds the approved Total Regional Cores quota.' },
    'quota',
    false,
  ],
  [{ cut: 'before' }, 'unavailable', true],
] as const)('a submit that goes wrong for good with %j is explained', async (effect, code, retryable) => {
  await using azure = await started()
  azure.fake.fail({ on: ['PUT', '/jobs/'], effect, times: 100 })
  await expect(azure.runner.submit(spec)).rejects.toMatchObject({
    ...{ name: 'JobRunnerError', code, retryable },
    where: expect.stringContaining('submit job job-1'),
  })
  expect(azure.fake.jobs).toEqual([])
})

test('where it is told to slow down without being told how long, it waits longer each time, then gives up', async () => {
  await using azure = await started()
  azure.fake.fail({ on: ['GET', '/jobs/'], effect: { status: 429, code: 'TooManyRequests' }, times: 100 })
  await expect(azure.runner.attach('job-1')).rejects.toMatchObject({ code: 'rate-limited', retryable: true })
  expect(azure.pauses).toHaveLength(4)
  azure.fake.heal()
  azure.fake.set({ perSecond: 0, retryAfter: null })
  await expect(azure.runner.attach('job-1')).rejects.toMatchObject({ code: 'rate-limited' })
})

test.each([
  [
    { subscriptionId: '00000000-0000-4000-8000-00000000ffff' },
    /SubscriptionNotFound/,
    /AZURE_SUBSCRIPTION_ID/,
  ],
  [{ resourceGroup: 'other' }, /ResourceGroupNotFound/, /jobs\.resourceGroup/],
  [{ workspace: 'other' }, /ResourceNotFound/, /jobs\.workspace/],
])('what is missing around the job is named: %j', async (set, message, hint) => {
  await using azure = await started()
  azure.fake.set(set)
  for (const call of [azure.runner.submit(spec), azure.runner.attach('job-1')]) {
    await expect(call).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    })
  }
})

test('who may only read is told which right is missing', async () => {
  await using azure = await started({ role: 'reader' })
  await expect(azure.runner.submit(spec)).rejects.toMatchObject({
    code: 'forbidden',
    message: expect.stringContaining('Microsoft.MachineLearningServices/workspaces/environments/write'),
  })
})

test('a wait goes on through a network that is cut', async () => {
  await using azure = await started()
  const job = await azure.runner.submit(spec)
  const seen: string[] = []
  let moved = Promise.resolve()
  const result = await azure.runner.wait(job, {
    ...PATIENCE,
    onStatus: ({ detail }) => {
      seen.push(detail)
      if (detail === 'Preparing') moved = azure.fake.goOffline()
      if (detail.includes('no answer')) moved = moved.then(() => azure.fake.comeBack())
    },
  })
  await moved
  expect(result.outcome).toBe('succeeded')
  expect(seen).toContain('Preparing, no answer at present: unavailable')
})

test('a wait goes on through tokens that expire, with a new one of GitHub’s each time', async () => {
  let now = Date.now()
  await using azure = await started({ clock: { now: () => now } })
  const job = await azure.runner.submit(spec)
  const identityTokens = () => azure.fake.requests.filter(({ server }) => server === 'github').length
  const before = identityTokens()
  const result = await azure.runner.wait(job, {
    ...PATIENCE,
    // Past the end of Entra's token, and of the one of GitHub's that it was given for.
    onStatus: ({ detail }) => {
      if (detail === 'Preparing' || detail === 'Running') now += 2 * 3_600_000
    },
  })
  expect(result.outcome).toBe('succeeded')
  expect(identityTokens()).toBeGreaterThanOrEqual(before + 2)
})

test('a wait whose sign-in is refused ends, and says why', async () => {
  await using azure = await started()
  const job = await azure.runner.submit(spec)
  azure.fake.set({ federatedSubject: 'repo:other/other:ref:refs/heads/main' })
  azure.fake.revokeTokens()
  await expect(azure.runner.wait(job, PATIENCE)).rejects.toMatchObject({
    code: 'unauthorized',
    where: 'AADSTS700213',
  })
})

test('a job that is cancelled in the portal is told so', async () => {
  await using azure = await started({ outcome: 'Hangs' })
  const job = await azure.runner.submit(spec)
  const result = await azure.runner.wait(job, {
    ...PATIENCE,
    onStatus: ({ status }) => {
      if (status === 'running') azure.fake.cancelInPortal('job-1')
    },
  })
  expect(result).toMatchObject({ outcome: 'cancelled', detail: 'Canceled' })
  expect(result.url).toContain('https://ml.azure.com/')
})

test('a job that hangs does not hold the wait longer than it may last', async () => {
  await using azure = await started({ outcome: 'Hangs' })
  const job = await azure.runner.submit(spec)
  await expect(azure.runner.wait(job, { timeoutMs: 300 })).rejects.toMatchObject({ code: 'wait-timeout' })
})

test('a failed job is told with the page where the reason stands', async () => {
  await using azure = await started()
  const job = await azure.runner.submit({ ...spec, tags: { 'airq-fake-outcome': 'Failed' } })
  const result = await azure.runner.wait(job, PATIENCE)
  expect(result).toMatchObject({ outcome: 'failed', url: job.url })
})

test('an answer that does not come ends with the caller', async () => {
  await using azure = await started()
  azure.fake.fail({ on: ['GET', '/jobs/'], effect: { silent: true } })
  await expect(azure.runner.attach('job-1', { signal: AbortSignal.timeout(200) })).rejects.toMatchObject({
    code: 'aborted',
  })
})

test('cancelling goes on through what passes, and tells what does not', async () => {
  await using azure = await started({ outcome: 'Hangs' })
  await azure.runner.submit(spec)
  azure.fake.fail({ on: ['POST', '/cancel'], effect: { status: 503 } })
  azure.fake.fail({ on: ['GET', '/mfeOperationResults/'], effect: { cut: 'before' } })
  await azure.runner.cancel(spec)
  expect(azure.fake.job('job-1')?.status).toBe('Canceled')
  await azure.runner.submit({ ...spec, name: 'job-2' })
  azure.fake.fail({ on: ['POST', '/cancel'], effect: { status: 403, code: 'AuthorizationFailed' }, times: 9 })
  const interrupted = azure.runner.wait({ name: 'job-2' }, { ...PATIENCE, signal: AbortSignal.abort() })
  await expect(interrupted).rejects.toMatchObject({
    code: 'aborted',
    message: expect.stringContaining('could not be cancelled'),
  })
})
