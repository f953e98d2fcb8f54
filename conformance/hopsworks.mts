import assert from 'node:assert/strict'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { defineGroup } from '@airq/feature-store'
import { openHopsworksStore, type HopsworksStore } from '@airq/feature-store/hopsworks'
import { startFakeHopsworks, type FakeHopsworks } from '@airq/feature-store/testing'
import { loopbackCertificate } from './support/certificate.mts'
import { clientSteps } from './support/client-steps.mts'
import { shown } from './support/outcome.mts'
import { pythonWith } from './support/python.mts'

// The official Python client and our adapter against one fake Hopsworks: each reads what the other wrote.

const CLIENT = 'hopsworks[python]==5.2.1'
const columns = {
  station: { type: 'string', description: 'Station.' },
  day: { type: 'string', description: 'Local day, YYYY-MM-DD.' },
  day_start: { type: 'bigint', description: 'Local midnight, epoch ms.' },
  known_at: { type: 'bigint', description: 'Known from, epoch ms.' },
  aqi: { type: 'int', nullable: true, description: 'Daily AQI.' },
  pm25: { type: 'double', nullable: true, description: 'Sub-index of PM2.5.' },
} as const
const base = {
  version: 1,
  description: 'Days.',
  primaryKey: ['station', 'day'],
  eventTime: 'day_start',
} as const
const daily = defineGroup({ ...base, name: 'city_daily', columns })
const twin = defineGroup({ ...base, name: 'twin', columns })
const rows = [1, 2, 3].map((day) => ({
  station: 'beijing',
  day: `2026-01-0${String(day)}`,
  day_start: Date.UTC(2026, 0, day),
  known_at: Date.UTC(2026, 0, day + 1),
  aqi: day === 2 ? null : 50 + day,
  pm25: day / 3,
}))

const python = pythonWith('hopsworks-5.2.1', [CLIENT])
const tls = loopbackCertificate()
setDefaultCACertificates([...getCACertificates('default'), tls.cert])
await using fake = await startFakeHopsworks({
  tls,
  timing: { startMs: 300, runMs: 300, onlineLagMs: 200 },
  behaviours: { version: '5.2.0' },
})
allowEverything(fake)
const store = await openHopsworksStore({
  baseUrl: fake.baseUrl,
  onlinePort: fake.onlinePort,
  project: fake.project,
  apiKey: fake.apiKey,
  pollIntervalMs: 200,
  timeTravelFormat: 'HUDI',
})
await store.ensure(daily)
await store.upsert(daily, rows)
await makeTwin(fake)

const seen = await stepsAt(fake)
assert.notEqual(seen.get('refused'), 'not refused')
assert.ok(fake.requests.some(({ status }) => status === 401))
shown('a wrong secret is refused')
assert.deepEqual(seen.get('login'), { project: fake.project, store: `${fake.project}_featurestore` })
assert.equal(seen.get('absent'), null)
shown('login; a group nobody made is none')
const created = Object(seen.get('created')) as Record<string, unknown>
assert.deepEqual(created['primaryKey'], ['station', 'day'])
assert.equal(created['precombineKey'], 'station')
shown('create a feature group')
assert.deepEqual((Object(seen.get('inserted')) as Record<string, unknown>)['commits'], [rows.length])
assert.deepEqual(await readAll(store), rows)
shown('insert by ingestion job (Parquet), read by our adapter')
assert.deepEqual(
  seen.get('vectors'),
  rows.map((row) => Object.values(row)),
)
shown('feature vectors of what our adapter wrote (CSV), through its feature view')
assert.deepEqual(seen.get('files'), {
  path: 'Resources/note.txt',
  listed: ['/Resources/note.txt'],
  text: 'hello',
  left: [],
})
shown('upload, list, download, remove')
assert.ok((seen.get('jobs') as string[]).some((name) => name.startsWith('twin_1_insert_fg_')))
shown('list jobs')
await store.close()

function allowEverything({ keys, apiKey }: FakeHopsworks): void {
  const { scopes } = keys.get(apiKey)!
  keys.set(apiKey, { scopes: [...scopes, 'KAFKA', 'USER'], role: 'HOPS_USER', projectRole: 'Data owner' })
}

/** Offline only: with an online copy the client would write to Kafka. */
async function makeTwin({ baseUrl, apiKey }: FakeHopsworks): Promise<void> {
  const features = Object.entries(columns).map(([name, { type }]) => ({
    name,
    type,
    primary: name === 'station' || name === 'day',
    hudiPrecombineKey: name === 'day_start',
  }))
  const { name, version, description, eventTime } = twin
  const common = { type: 'cachedFeaturegroupDTO', timeTravelFormat: 'HUDI', onlineEnabled: false }
  const { status } = await fetch(`${baseUrl}/hopsworks-api/api/project/119/featurestores/67/featuregroups`, {
    method: 'POST',
    headers: { authorization: `ApiKey ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...common, name, version, description, eventTime, features }),
  })
  assert.equal(status, 201)
}

/** What each step of the client gave, by its name. */
async function stepsAt({
  baseUrl,
  onlinePort,
  project,
  apiKey,
}: FakeHopsworks): Promise<Map<string, unknown>> {
  return clientSteps(python, join(import.meta.dirname, 'hopsworks_client.py'), {
    PORT: new URL(baseUrl).port,
    ONLINE_PORT: String(onlinePort),
    PROJECT: project,
    API_KEY: apiKey,
    ROWS: JSON.stringify(rows),
    KEYS: JSON.stringify(rows.map(({ station, day }) => ({ station, day }))),
    VIEW_VERSION: String(1000 + Object.keys(columns).length),
  })
}

async function readAll(from: HopsworksStore): Promise<unknown[]> {
  const all: unknown[] = []
  for await (const batch of from.read(twin)) all.push(...batch)
  return all
}
