import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { startFakeWaqi } from '@airq/aqi-client/testing'
import { startFakeHopsworks } from '@airq/feature-store/testing'
import { executeLocally, startFakeAzure } from '@airq/job-runner/testing'
import { startFakeComet } from '@airq/model-registry/testing'
import type { Bin } from '../../scripts/built-apps.mts'
import { run, type Run, workplace } from './bins.ts'
import { commandsIn, filesBelow } from './processes.ts'
import { recordingProxy } from './recording-proxy.ts'

/** The machine's processes are searched for them: other tests have others. */
const MARK = randomBytes(9).toString('hex')
export const FS_KEY = `markedPrefix.ofTheStore${MARK}`
const COMET_KEY = `markedKeyOfComet${MARK}`
const WAQI_TOKEN = `markedTokenOfWaqi${MARK}`
const SECRETS = [FS_KEY, COMET_KEY, WAQI_TOKEN]
export const NOON = '2026-03-06T12:25:00+08:00'
export const DIGEST = 'a1b2c3d4e5f6'.padEnd(64, '0')
const QUICK = { timing: { startMs: 30, runMs: 30, onlineLagMs: 30 } }

const CONFIG = (vault: string, onlinePort: number) => `
stations:
  - { id: beijing, name: Beijing, timeZone: Asia/Shanghai, location: { latitude: 39.95, longitude: 116.47 }, source: { kind: waqi, feed: '@1451' } }
weather: { kind: none }
training: { candidates: [ridge], testDays: 60 }
featureStore: { kind: hopsworks, pollIntervalMs: 20, onlineHost: 127.0.0.1, onlinePort: ${String(onlinePort)} }
modelRegistry: { kind: comet, project: air }
jobs: { kind: azure-ml, resourceGroup: airq, workspace: airq-ml, compute: cpu, keyVaultUrl: '${vault}', pollIntervalMs: 20 }
`

/** Azure, the vendors, and a folder; everything that is sent, written or started can be searched. */
export async function azureWorld() {
  const stack = new AsyncDisposableStack()
  const place = stack.use(await workplace(''))
  const azure = stack.use(
    await startFakeAzure({
      vault: { 'AQI-TOKEN': WAQI_TOKEN, 'FS-API-KEY': FS_KEY, 'COMET-API-KEY': COMET_KEY },
    }),
  )
  const hopsworks = stack.use(await startFakeHopsworks({ apiKey: FS_KEY, ...QUICK }))
  const comet = stack.use(await startFakeComet({ apiKey: COMET_KEY }))
  const waqi = stack.use(await startFakeWaqi({ token: WAQI_TOKEN, seed: 3 }))
  waqi.setNow(Date.parse(NOON))
  const store = stack.use(await recordingProxy(hopsworks.baseUrl))
  const registry = stack.use(await recordingProxy(comet.baseUrl))
  const ca = await place.file('ca.pem', azure.ca)
  await place.file('config.yaml', CONFIG(azure.vaultUrl, hopsworks.onlinePort))
  const names = { FS_PROJECT_NAME: hopsworks.project, COMET_WORKSPACE: 'airq' }
  const vendors = { HOPSWORKS_BASE_URL: store.baseUrl, COMET_URL_OVERRIDE: registry.baseUrl }
  const [work, logs] = [join(place.dir, 'work'), join(place.dir, 'logs')]
  await mkdir(work)
  await mkdir(logs)
  azure.set({
    execute: executeLocally({
      env: {
        PATH: `${await commandsIn(join(place.dir, 'bin'))}:${process.env['PATH'] ?? ''}`,
        ...vendors,
        WAQI_BASE_URL: waqi.baseUrl,
        ...azure.jobEnv,
      },
      directory: work,
      logs,
    }),
  })
  const runs: Run[] = []
  return {
    ...{ place, azure, store, registry, logs },
    /** As a workflow of GitHub's would: no secret in its environment. */
    async submit(bin: Bin, ...more: string[]): Promise<Run> {
      const args = [place.config, '--state', place.state, '--now', NOON, '--json', ...more]
      const done = await run(bin, args, { ...azure.env, ...names, ...vendors, NODE_EXTRA_CA_CERTS: ca })
      runs.push(done)
      return done
    },
    /** On this machine, with the secrets at hand. */
    here: (bin: Bin, ...more: string[]) =>
      run(bin, [place.config, '--state', place.state, '--now', NOON, '--json', ...more], {
        ...names,
        ...vendors,
        FS_API_KEY: FS_KEY,
      }),
    async deploy() {
      for (const app of ['feature-app', 'training-app', 'inference-app']) {
        const image = `ghcr.io/airq/${app}@sha256:${DIGEST}`
        const done = await this.submit('deploy-environment', '--app', app, '--image', image)
        if (done.code !== 0) throw new Error(`${app} could not be registered: ${done.stderr}`)
      }
    },
    /** Every text in which a secret could be. Headers of authorization are where they belong. */
    exposed(): string[] {
      const vendorsAsked = [store, registry].flatMap(({ requests }) =>
        requests.map(({ url, body, headers: { authorization: _, 'x-api-key': _online, ...headers } }) =>
          [decodeURIComponent(url), body, JSON.stringify(headers)].join('\n'),
        ),
      )
      return [
        ...vendorsAsked,
        ...azure.requests.map((request) => JSON.stringify(request)),
        ...azure.jobs.map((job) => JSON.stringify(job)),
        ...filesBelow(place.dir).map((path) => readFileSync(path, 'latin1')),
        ...runs.flatMap(({ stdout, stderr }) => [stdout, stderr]),
      ]
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

export function expectNoSecret(texts: readonly string[]): void {
  for (const secret of SECRETS) {
    const found = texts.find((text) => text.includes(secret))
    if (found !== undefined) throw new Error(`a secret is in ${found.slice(0, 400)}`)
  }
}
