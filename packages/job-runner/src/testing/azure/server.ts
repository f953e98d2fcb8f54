import { randomBytes } from 'node:crypto'

import { createFaultLine } from '@airq/http/testing'

import { answerArm } from './arm-routes.ts'
import { makeCertificate } from './certificate.ts'
import { type Asked, listen, type Outcome } from './listener.ts'
import { armError, page, type Reply } from './reply.ts'
import { answerIdentity, answerVault, IDENTITY_PATH } from './key-vault.ts'
import { answerEntra, answerGithub, GITHUB_PATH } from './sign-in.ts'
import { createState, type JobRecord, requestCancel } from './state.ts'
import { tokenMint } from './tokens.ts'
import type {
  AzureFaultEffect,
  FakeAzure,
  FakeAzureOptions,
  FakeAzureSettings,
  FakeJob,
  SeenAzureRequest,
} from './types.ts'

const SUBJECT = 'repo:airq/airq:ref:refs/heads/main'
const DEFAULTS: FakeAzureSettings = {
  subscriptionId: '00000000-0000-4000-8000-00000000ab01',
  resourceGroup: 'airq',
  workspace: 'airq-ml',
  tenantId: '00000000-0000-4000-8000-00000000ab02',
  clientId: '00000000-0000-4000-8000-00000000ab03',
  clientSecret: null,
  subject: SUBJECT,
  federatedSubject: SUBJECT,
  role: 'contributor',
  tokenSeconds: 3_600,
  assertionSeconds: 300,
  environmentConflict: 400,
  duplicateJob: 409,
  perSecond: null,
  retryAfter: 0,
  outcome: 'Completed',
  vault: {},
  vaultReadable: true,
  execute: null,
}

/**
 * As much of Azure as a submitter of jobs meets, on loopback and in memory: the resource manager of Azure ML (http),
 * Entra (https, with a certificate made on the spot), and the server of identity tokens that workflows of GitHub have.
 */
export async function startFakeAzure(options: FakeAzureOptions = {}): Promise<FakeAzure> {
  const { clock = { now: () => Date.now() }, port = 0, ...given } = options
  let settings: FakeAzureSettings = { ...DEFAULTS, ...given }
  const state = createState(() => clock.now())
  const mint = tokenMint(() => clock.now())
  const requestToken = randomBytes(18).toString('base64url')
  const requests: SeenAzureRequest[] = []
  const faults = createFaultLine<AzureFaultEffect>()
  const orFault = (prefix: string, answer: (asked: Asked) => Reply) => (asked: Asked) => {
    const effect = faults.take(asked.method, prefix + asked.path)
    return effect === undefined ? answer(asked) : faulty(effect, () => answer(asked))
  }
  const tls = await makeCertificate()
  const identitySecret = randomBytes(18).toString('base64url')
  const [arm, entra, github, vault, identity] = await Promise.all([
    listen(
      'arm',
      requests,
      orFault('', (asked) => answerArm(state, settings, mint, asked)),
      { port },
    ),
    listen(
      'entra',
      requests,
      orFault('/entra', (asked) => answerEntra(asked, settings, mint, clock.now())),
      { tls },
    ),
    listen(
      'github',
      requests,
      orFault('/github', (asked) => answerGithub(asked, requestToken, settings, mint)),
    ),
    listen(
      'vault',
      requests,
      orFault('/vault', (asked) => answerVault(asked, settings, mint)),
    ),
    listen(
      'identity',
      requests,
      orFault('/identity', (asked) => answerIdentity(asked, identitySecret, settings, mint, clock.now())),
    ),
  ])
  const close = async (): Promise<void> => {
    for (const { controller } of state.jobs.values()) controller.abort()
    await Promise.all([arm, entra, github, vault, identity].map((server) => server.close()))
  }
  return {
    baseUrl: arm.baseUrl,
    ca: tls.cert,
    vaultUrl: vault.baseUrl,
    jobEnv: { MSI_ENDPOINT: `${identity.baseUrl}${IDENTITY_PATH}`, MSI_SECRET: identitySecret },
    get env() {
      return {
        AZURE_SUBSCRIPTION_ID: settings.subscriptionId,
        AZURE_TENANT_ID: settings.tenantId,
        AZURE_CLIENT_ID: settings.clientId,
        AZURE_AUTHORITY_HOST: entra.baseUrl,
        AZURE_RESOURCE_MANAGER_URL: arm.baseUrl,
        ACTIONS_ID_TOKEN_REQUEST_URL: `${github.baseUrl}${GITHUB_PATH}?api-version=2.0`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken,
      }
    },
    requests,
    job: (name) => {
      const job = state.jobs.get(name)
      return job === undefined ? undefined : shownJob(job)
    },
    get jobs() {
      return [...state.jobs.values()].map(shownJob)
    },
    cancelInPortal(name) {
      const job = state.jobs.get(name)
      if (job === undefined) throw new RangeError(`there is no job ${name}`)
      requestCancel(job)
      if (job.runs === 0) job.status = 'Canceled'
    },
    revokeTokens: () => {
      mint.revoke()
    },
    fail: (fault) => {
      faults.add(fault)
    },
    heal: () => {
      faults.clear()
    },
    set: (changes) => {
      settings = { ...settings, ...changes }
    },
    goOffline: () => arm.close(),
    comeBack: () => arm.reopen(),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function shownJob({ name, properties, status, runs }: JobRecord): FakeJob {
  return { name, properties, status, runs }
}

function faulty(effect: AzureFaultEffect, answer: () => Reply): Outcome {
  if ('silent' in effect) return 'silent'
  if ('cut' in effect) {
    if (effect.cut === 'after') answer()
    return 'cut'
  }
  const { status, code, message = 'A fault of the fake.', retryAfter } = effect
  const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': retryAfter }
  return code === undefined ? page(status, headers) : armError(status, code, message, headers)
}
