import { randomBytes } from 'node:crypto'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { startFakeOpenMeteo, startFakeWaqi } from '@airq/aqi-client/testing'
import { startFakeHopsworks } from '@airq/feature-store/testing'
import { azureMlRunner, resolveAzureContext } from '@airq/job-runner/azure-ml'
import { startFakeAzure } from '@airq/job-runner/testing'
import { startFakeComet } from '@airq/model-registry/testing'
import { run, type Run, workplace } from './bins.ts'

const MARK = randomBytes(9).toString('hex')
const FS_KEY = `markedPrefix.ofTheStore${MARK}`
const COMET_KEY = `markedKeyOfComet${MARK}`
const WAQI_TOKEN = `markedTokenOfWaqi${MARK}`
/** What must stand nowhere. */
const SECRETS = [FS_KEY, COMET_KEY, WAQI_TOKEN, MARK]

export interface CheckResult {
  readonly id: string
  readonly status: string
  readonly message: string
  readonly where: string
  readonly next: { readonly kind: string; readonly command?: string; readonly text?: string } | null
}

const CONFIG = (vault: string) => `
stations:
  - id: beijing
    name: Beijing
    timeZone: Asia/Shanghai
    location: { latitude: 39.95, longitude: 116.47 }
    source: { kind: waqi, feed: '@1451' }
featureStore: { kind: hopsworks, project: airq }
modelRegistry: { kind: comet, workspace: airq, project: air }
jobs:
  kind: azure-ml
  resourceGroup: airq
  workspace: airq-ml
  keyVaultUrl: '${vault}'
`

/** Every service that a configuration can name, all well, and a folder with the secrets in a `.env`. */
export async function doctorWorld() {
  const stack = new AsyncDisposableStack()
  const place = stack.use(await workplace(''))
  const azure = stack.use(
    await startFakeAzure({
      vault: { 'AQI-TOKEN': WAQI_TOKEN, 'FS-API-KEY': FS_KEY, 'COMET-API-KEY': COMET_KEY },
    }),
  )
  const hopsworks = stack.use(await startFakeHopsworks({ apiKey: FS_KEY }))
  const comet = stack.use(await startFakeComet({ apiKey: COMET_KEY }))
  const waqi = stack.use(await startFakeWaqi({ token: WAQI_TOKEN, seed: 3 }))
  const openMeteo = stack.use(await startFakeOpenMeteo({ seed: 3, clock: { now: () => Date.now() } }))
  const ca = await place.file('ca.pem', azure.ca)
  await place.file('config.yaml', CONFIG(azure.vaultUrl))
  const dotEnv = `AQI_TOKEN=${WAQI_TOKEN}\nFS_API_KEY=${FS_KEY}\nCOMET_API_KEY=${COMET_KEY}\n`
  await place.file('.env', dotEnv)
  await registerEnvironments(azure)
  chmodSync(join(place.dir, '.env'), 0o600)
  /** Of the doctor's process. */
  const env = {
    ...azure.env,
    WAQI_BASE_URL: waqi.baseUrl,
    OPEN_METEO_BASE_URL: openMeteo.baseUrl,
    HOPSWORKS_BASE_URL: hopsworks.baseUrl,
    COMET_URL_OVERRIDE: comet.baseUrl,
    NODE_EXTRA_CA_CERTS: ca,
  }
  return {
    ...{ place, azure, hopsworks, comet, waqi, openMeteo, env },
    /** Runs the doctor, and makes sure that it told no secret. */
    async examine(args: readonly string[] = [], more: Readonly<Record<string, string>> = {}) {
      const all = [place.config, '--state', place.state, '--json', ...args]
      const done = noSecretIn(await run('airq-doctor', all, { ...env, ...more }))
      const checks = done.summary['checks'] as CheckResult[]
      return { ...done, checks, failed: checks.filter(({ status }) => status === 'failed') }
    },
    /** All is well again. */
    heal(): void {
      for (const fake of [azure, hopsworks, comet]) fake.heal()
      waqi.faults.clear()
      azure.set({ role: 'contributor', vaultReadable: true, perSecond: null })
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

export function noSecretIn(done: Run): Run {
  for (const secret of SECRETS) {
    if (`${done.stdout}${done.stderr}`.includes(secret)) throw new Error('a secret was told')
  }
  return done
}

async function registerEnvironments({ env, baseUrl, ca }: Awaited<ReturnType<typeof startFakeAzure>>) {
  const context = resolveAzureContext(env, { resourceGroup: 'airq', workspace: 'airq-ml' })
  const azure = azureMlRunner({ context, env, ca, endpoint: baseUrl })
  for (const app of ['feature-app', 'training-app', 'inference-app']) {
    await azure.ensureEnvironmentVersion(app, `ghcr.io/airq/${app}@sha256:${'a1'.repeat(32)}`)
  }
}
