/** What a user of the libraries might write, for ESM; TypeScript's strict check reads the same text. */
export const ESM_CONSUMER = `
import { AqiError, categoryOf } from '@airq/aqi-client'
import { endpointsBehind } from '@airq/aqi-client/open-meteo'
import { simulateWorld } from '@airq/aqi-client/simulator'
import { startFakeWaqi } from '@airq/aqi-client/testing'
import { createWaqiClient, safe } from '@airq/aqi-client/waqi'
import { defineGroup } from '@airq/feature-store'
import { openSqliteStore } from '@airq/feature-store/sqlite'
import { featureStoreContract } from '@airq/feature-store/testing'
import { createHttpClient, expectOk } from '@airq/http'
import { dailySeries, dayOfYear, defaultRecipe } from '@airq/model'
import { backtestInParallel } from '@airq/model/node'
import { contentSha256 } from '@airq/model-registry'
import { openLocalRegistry } from '@airq/model-registry/local'
import { modelRegistryContract } from '@airq/model-registry/testing'

await using fake = await startFakeWaqi()
const client = createWaqiClient({ token: fake.token, baseUrl: fake.baseUrl })
const { stationId } = await client.latest({ uid: 1451 })
const missing = await safe(() => client.latest({ city: 'atlantis' }))
const wrongToken = createWaqiClient({ token: 'no', baseUrl: fake.baseUrl }).latest({ uid: 1 })
const refusal = await wrongToken.then(() => 'none', (error) => AqiError.isInstance(error) && error.code)
const { status } = await createHttpClient().call({ url: fake.baseUrl + '/nothing' }, (response) => response)

const string = { type: 'string', description: 'Station.' } as const
const bigint = { type: 'bigint', description: 'Epoch ms.' } as const
const group = defineGroup({
  name: 'city',
  version: 1,
  description: 'A city.',
  primaryKey: ['station'],
  eventTime: 'at',
  columns: { station: string, at: bigint, known_at: bigint },
})
const store = await openSqliteStore({ path: 'esm.db', clock: { now: () => 0 } })
await store.ensure(group)
const written = await store.upsert(group, [{ station: 'a', at: 1, known_at: 2 }])
const rows = []
for await (const batch of store.read(group)) rows.push(...batch.map((row) => row.station))
await store.close()

const registry = await openLocalRegistry({ path: 'esm-models', clock: { now: () => 0 } })
const model = { weight: 0.5 }
const lineage = { gitCommit: null, trainingRowsSha256: '0'.repeat(64), featureGroups: {}, seed: 1 }
const pkg = { model, schema: {}, metrics: {}, params: {}, lineage }
const { version } = await registry.publish(pkg, { name: 'm' })
await registry.close()

const values = Array.from({ length: 300 }, (_, i) => 50 + 20 * Math.sin(i * i))
const job = { matrix: dailySeries(values, '2024-01-01').matrix, recipes: [defaultRecipe('ridge')] }
const [threaded] = await backtestInParallel([{ ...job, options: { testDays: 30, seed: 1 } }], { threads: 1 })

const contracts = [featureStoreContract, modelRegistryContract, simulateWorld, endpointsBehind, expectOk]
console.log(
  JSON.stringify({
    category: categoryOf(50.4, 'us-epa-2015').key,
    stationId,
    missing: missing.ok ? null : missing.error.code,
    refusal,
    status,
    written: written.written,
    rows,
    version: version.version,
    digest: contentSha256({ model, schema: {} }).length,
    recipe: defaultRecipe('ridge').id,
    day: dayOfYear(0),
    refits: threaded?.refits,
    functions: contracts.every((each) => typeof each === 'function'),
  }),
)
`

/** CommonJS beside ESM: one process with both copies of each library. */
export const CJS_CONSUMER = `
const { AqiError, localDay } = require('@airq/aqi-client')
const { createWaqiClient } = require('@airq/aqi-client/waqi')
const { FeatureStoreError } = require('@airq/feature-store')
const { openSqliteStore } = require('@airq/feature-store/sqlite')
const { HttpError } = require('@airq/http')
const { dailySeries, defaultRecipe, ModelError } = require('@airq/model')
const { backtestInParallel } = require('@airq/model/node')
const { ModelRegistryError } = require('@airq/model-registry')
const { openLocalRegistry } = require('@airq/model-registry/local')

/** Two classes, each of which knows the errors of the other and of nobody else. */
function agree(name, ofCjs, ofEsm) {
  const [mine, other] = [new ofCjs('a', 'b'), new ofEsm('a', 'b')]
  const areTwo = ofCjs !== ofEsm && !(other instanceof ofCjs)
  const know = ofCjs.isInstance(other) && ofEsm.isInstance(mine)
  const stranger = Object.assign(new Error('x'), { name })
  return areTwo && know && ![ofCjs, ofEsm].some((each) => each.isInstance(stranger) || each.isInstance(null))
}

async function main() {
  const errors = {
    AqiError: agree('AqiError', AqiError, (await import('@airq/aqi-client')).AqiError),
    FeatureStoreError: agree('FeatureStoreError', FeatureStoreError, (await import('@airq/feature-store')).FeatureStoreError),
    HttpError: agree('HttpError', HttpError, (await import('@airq/http')).HttpError),
    ModelError: agree('ModelError', ModelError, (await import('@airq/model')).ModelError),
    ModelRegistryError: agree('ModelRegistryError', ModelRegistryError, (await import('@airq/model-registry')).ModelRegistryError),
  }
  const { startFakeWaqi } = require('@airq/aqi-client/testing')
  const fake = await startFakeWaqi()
  const { stationId } = await createWaqiClient({ token: fake.token, baseUrl: fake.baseUrl }).latest({ uid: 1451 })
  await fake.close()
  const store = await openSqliteStore({ path: 'cjs.db', clock: { now: () => 0 } })
  await store.close()
  const registry = await openLocalRegistry({ path: 'cjs-models', clock: { now: () => 0 } })
  await registry.close()
  const values = Array.from({ length: 300 }, (_, i) => 50 + 20 * Math.sin(i * i))
  const job = { matrix: dailySeries(values, '2024-01-01').matrix, recipes: [defaultRecipe('ridge')] }
  const [threaded] = await backtestInParallel([{ ...job, options: { testDays: 30, seed: 1 } }], { threads: 1 })
  console.log(JSON.stringify({ errors, stationId, day: localDay('2024-02-29'), refits: threaded.refits }))
}
main()
`

/** Types as a CommonJS file sees them. */
export const CTS_CONSUMER = `
import client = require('@airq/aqi-client')
import waqi = require('@airq/aqi-client/waqi')
import store = require('@airq/feature-store/sqlite')
import http = require('@airq/http')
import model = require('@airq/model')
import threads = require('@airq/model/node')
import registry = require('@airq/model-registry/local')

const key: client.CategoryKey = client.categoryOf(12, 'us-epa-2024').key
const latest = (token: string): Promise<client.Observation> => waqi.createWaqiClient({ token }).latest({ here: true })
const transport: http.Transport = http.axiosTransport()
const matrix: Pick<model.TrainingMatrix, 'columns'> = { columns: [] }
// @ts-expect-error a client needs a token
waqi.createWaqiClient({})
export = { key, latest, transport, matrix, open: [store.openSqliteStore, registry.openLocalRegistry, threads.startWorkers] }
`

/** Prints every file loaded beside Node's own, one a line, when the process ends. */
export const LOAD_TRACE = `
import { registerHooks } from 'node:module'
const loaded = new Set()
registerHooks({
  load(url, context, nextLoad) {
    loaded.add(url)
    return nextLoad(url, context)
  },
})
process.on('exit', () => {
  for (const url of loaded) if (url.startsWith('file:')) console.log(url)
})
`
