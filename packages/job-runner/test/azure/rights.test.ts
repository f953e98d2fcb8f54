import { expect, test } from 'vitest'

import { JobRunnerError } from '../../src/index.ts'
import { startFakeAzure } from '../../src/testing/index.ts'
import { azureRunner } from '../support/runners.ts'

const JOBS = 'Microsoft.MachineLearningServices/workspaces/jobs'

async function refusal(call: Promise<unknown>): Promise<JobRunnerError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (JobRunnerError.isInstance(error)) return error
  throw new Error('it was not refused')
}

test('whoever may submit has every right; a reader is told which are missing', async () => {
  await using fake = await startFakeAzure()
  const runner = azureRunner(fake)
  await runner.checkRights([`${JOBS}/read`, `${JOBS}/write`])
  fake.set({ role: 'reader' })
  const { code, message } = await refusal(runner.checkRights([`${JOBS}/read`, `${JOBS}/write`]))
  expect([code, message]).toEqual(['forbidden', `The submitter may not: ${JOBS}/write.`])
  expect(fake.requests.every(({ server, method }) => server !== 'arm' || method === 'GET')).toBe(true)
})

test('what is taken away again is not granted', async () => {
  await using fake = await startFakeAzure()
  const compute = 'Microsoft.MachineLearningServices/workspaces/computes/write'
  const nested = 'Microsoft.MachineLearningServices/workspaces/computes/x/write'
  expect((await refusal(azureRunner(fake).checkRights([nested]))).message).toContain(nested)
  await azureRunner(fake).checkRights([compute])
})

test.each<[string, Parameters<typeof startFakeAzure>[0], string]>([
  ['a workspace that is not there', { workspace: 'other' }, 'not-found'],
  ['a subscription that is not there', { resourceGroup: 'other' }, 'not-found'],
])('%s is told as such', async (_, options, code) => {
  await using fake = await startFakeAzure(options)
  expect((await refusal(azureRunner(fake).checkRights([`${JOBS}/read`]))).code).toBe(code)
})

test('tokens that are refused are renewed once; a page of HTML is no answer', async () => {
  await using fake = await startFakeAzure()
  const runner = azureRunner(fake)
  await runner.checkRights([`${JOBS}/read`])
  fake.revokeTokens()
  await runner.checkRights([`${JOBS}/read`])
  fake.fail({ on: ['GET', 'Microsoft.Authorization'], effect: { status: 403 } })
  expect((await refusal(runner.checkRights([`${JOBS}/read`]))).code).toBe('forbidden')
})

test('the environment that jobs run in, or that there is none', async () => {
  await using fake = await startFakeAzure()
  const image = `ghcr.io/airq/feature-app@sha256:${'b'.repeat(64)}`
  const runner = azureRunner(fake, { environment: 'feature-app@latest' })
  expect((await refusal(runner.findEnvironment())).code).toBe('not-found')
  await runner.ensureEnvironmentVersion('feature-app', image)
  expect(await runner.findEnvironment()).toMatch(/\/environments\/feature-app\/versions\/sha-b{12}$/)
  expect((await refusal(azureRunner(fake).findEnvironment())).code).toBe('bad-settings')
})
