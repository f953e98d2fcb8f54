import assert from 'node:assert/strict'
import { join } from 'node:path'
import { openMlflowRegistry } from '@airq/model-registry/mlflow'
import { modelRegistryContract, samplePackage, startFakeMlflow } from '@airq/model-registry/testing'
import { clientSteps } from './support/client-steps.mts'
import { cuttingClient } from './support/cutting-client.mts'
import { deleteModels, startMlflowServer } from './support/mlflow-server.mts'
import { shown } from './support/outcome.mts'
import { pythonWith } from './support/python.mts'

// Our adapter against a real MLflow server, and the official client against our fake and the real server: it must see
// the same of both.

const VERSION = '3.17.2'
const OURS = 'north-evening'
const python = pythonWith(`mlflow-${VERSION}`, [`mlflow[auth]==${VERSION}`])

await using fake = await startFakeMlflow()
await using server = await startMlflowServer(python)
const seen = { fake: await stepsAt(fake.baseUrl), server: await stepsAt(server.baseUrl) }
for (const [step, value] of seen.server) {
  assert.deepEqual(seen.fake.get(step), value, step)
  shown(`the official client sees the same of fake and server: ${step}`)
}
assert.deepEqual([...seen.fake.keys()], [...seen.server.keys()])

await deleteModels(server.baseUrl)
await contractOn(server.baseUrl)
await brokenOff(server.baseUrl)
await atOnce(server.baseUrl)
await withPassword()

/** What each step of the client gave, by its name, beside a version that our adapter published. */
async function stepsAt(baseUrl: string): Promise<Map<string, unknown>> {
  await publishOurs(baseUrl)
  return clientSteps(python, join(import.meta.dirname, 'mlflow_client.py'), { URL: baseUrl, OURS })
}

async function publishOurs(baseUrl: string): Promise<void> {
  const registry = await openMlflowRegistry({ baseUrl })
  const { lineage } = samplePackage()
  const pkg = samplePackage(1, {
    lineage: { ...lineage, gitCommit: 'c0ffee' },
    signature: {
      inputs: [
        { name: 'lag_1', type: 'double' },
        { name: 'place', type: 'string', required: false },
      ],
      outputs: [{ name: 'aqi', type: 'double' }],
    },
  })
  const backtest = { days: ['2026-01-01', '2026-01-02'], actual: [50, 60], forecast: [52, 58] }
  const { version } = await registry.publish(pkg, { name: OURS, backtest })
  await registry.promote(version, 'production', { reason: 'first' })
}

/** The published contract suite; every case begins with an empty registry and an experiment of its own. */
async function contractOn(baseUrl: string): Promise<void> {
  let count = 0
  const cases = modelRegistryContract(async () => {
    const experiment = `contract ${String((count += 1))}`
    const open = () => openMlflowRegistry({ baseUrl, experiment })
    return { registry: await open(), reopen: open, dispose: () => deleteModels(baseUrl) }
  })
  for (const { name, run, skip } of cases) {
    if (skip === undefined) await run().catch((error: unknown) => assert.fail(`${name}: ${String(error)}`))
  }
  shown(`the contract of the registry on MLflow ${VERSION}: ${String(cases.length)} cases`)
}

/** The connection is gone for good after each request of a publish; then it is run again. */
async function brokenOff(baseUrl: string): Promise<void> {
  const publish = async (name: string, requests = Infinity) => {
    const { http, sent } = cuttingClient(requests)
    const registry = await openMlflowRegistry({ baseUrl, http, experiment: name })
    const result = await registry.publish(samplePackage(), { name }).catch((error: unknown) => error)
    return { registry, result, sent: sent() }
  }
  const { sent: all } = await publish('whole')
  for (let requests = 1; requests < all; requests += 1) {
    const name = `cut-${String(requests)}`
    assert.ok((await publish(name, requests)).result instanceof Error)
    const { registry } = await publish(name)
    const versions = await registry.list(name)
    assert.deepEqual(
      versions.map(({ version }) => version),
      ['1.0.0'],
    )
    assert.deepEqual(await registry.fetch({ name, version: '1.0.0' }), samplePackage())
  }
  shown(`a publish cut off after each of its ${String(all)} requests is completed by running it again`)
}

async function atOnce(baseUrl: string): Promise<void> {
  const name = 'at-once'
  const open = () => openMlflowRegistry({ baseUrl, experiment: name })
  await Promise.all([1, 2, 3].map(async (slope) => (await open()).publish(samplePackage(slope), { name })))
  const registry = await open()
  const versions = await registry.list(name)
  assert.deepEqual(
    versions.map(({ version }) => version),
    ['1.0.0', '1.1.0', '1.2.0'],
  )
  for (const version of versions) await registry.fetch(version)
  await Promise.all([1, 2].map(async () => (await open()).publish(samplePackage(9), { name })))
  assert.equal((await registry.list(name)).length, 4)
  shown('trainers at once: a version each for different models, one for the same')
}

async function withPassword(): Promise<void> {
  const [username, password] = ['admin', 'invented-password']
  await using guarded = await startMlflowServer(python, { username, password })
  const { baseUrl } = guarded
  const right = await openMlflowRegistry({ baseUrl, username, password })
  assert.deepEqual(await right.names(), [])
  for (const options of [{}, { username, password: 'wrong' }]) {
    const registry = await openMlflowRegistry({ baseUrl, ...options })
    await assert.rejects(registry.names(), { code: 'unauthorized' })
  }
  shown('basic authentication: right, wrong and none')
  await assert.rejects(right.publish(samplePackage(), { name: 'kept-elsewhere' }), {
    code: 'registry-refused',
  })
  shown('a server that does not pass artifacts on is refused')
}
