import assert from 'node:assert/strict'
import { join } from 'node:path'
import { openCometRegistry } from '@airq/model-registry/comet'
import { samplePackage, startFakeComet, type FakeComet } from '@airq/model-registry/testing'
import { clientSteps } from './support/client-steps.mts'
import { shown } from './support/outcome.mts'
import { pythonWith } from './support/python.mts'

// Comet's own Python client against our fake: it reads what our adapter published, and writes a run of its own. The
// service itself needs an account, so what the fake assumes of it stays unconfirmed.

const VERSION = '3.58.8'
const MODEL = 'north-evening'
const python = pythonWith(`comet-${VERSION}`, [`comet_ml==${VERSION}`])

await using fake = await startFakeComet({ hiddenReads: 0 })
await publishTwo(fake)
const { baseUrl, apiKey } = fake
const script = join(import.meta.dirname, 'comet_client.py')
const seen = await clientSteps(python, script, { URL: baseUrl, KEY: apiKey, MODEL })

function expect(step: string, value: unknown): void {
  assert.deepEqual(seen.get(step), value, step)
  seen.delete(step)
  shown(`the official client sees ${step}`)
}

expect('workspaces', ['airq'])
expect('projects', ['aqi'])
expect('registry models', [MODEL])
expect('registry count', 1)
expect('versions', ['1.0.0', '1.1.0'])
expect('stages', { '1.0.0': ['candidate'], '1.1.0': ['production'] })
expect('download by version', await digestsOf('1.0.0'))
expect('download by stage', await digestsOf('1.1.0'))
expect('times', [1000, 2000, false])
expect('parameters', {
  depth: '4',
  features: '["lag1","lag7"]',
  nested: '{"on":true,"off":null}',
})
expect('metrics', {
  mae: '21.5',
  'coverage-90': '0.91',
  backtest_actual: '60',
  backtest_forecast: '58',
})
expect('backtest', [
  [0, '52'],
  [1, '58'],
])
const others = seen.get('others') as Record<string, string>
assert.equal(others['content_sha256']?.length, 64)
assert.ok(Object.keys(others).some((key) => key.startsWith('airq_change_')))
seen.delete('others')
expect('tags', [MODEL, 'monthly'])
expect('git', { user: '', root: '', branch: 'main', parent: '', origin: 'https://example.org/airq.git' })
expect('assets', [...packageFiles(), ...charts()].sort())
expect('models of the run', [MODEL])
expect("download of the run's model", await digestsOf('1.1.0'))
expect('notes', 'seen')
assert.deepEqual([...seen.keys()], [])

const mine = fake.experiments().find(({ name }) => name === 'by the client')
assert.deepEqual(mine?.parameters, { depth: '7' })
assert.deepEqual(mine.metrics, { mae: [{ step: 3, value: '1.5' }] })
assert.equal(mine.others['from'], 'python')
assert.deepEqual([mine.tags, mine.startTimeMillis, mine.endTimeMillis], [['by-hand'], 1000, 2000])
shown('the fake takes what the official client writes')

/** Two versions: the first a candidate, the second in production. */
async function publishTwo({ baseUrl, workspace, apiKey }: FakeComet): Promise<void> {
  const registry = await openCometRegistry({ baseUrl, workspace, project: 'aqi', apiKey })
  await registry.publish(samplePackage(1), { name: MODEL })
  const { version } = await registry.publish(samplePackage(2), {
    name: MODEL,
    backtest: { days: ['2026-01-01', '2026-01-02'], actual: [50, 60], forecast: [52, 58] },
    run: {
      startedAt: 1000,
      endedAt: 2000,
      tags: ['monthly'],
      git: { branch: 'main', origin: 'https://example.org/airq.git' },
    },
  })
  await registry.promote({ name: MODEL, version: '1.0.0' }, 'candidate', { reason: 'first' })
  await registry.promote(version, 'production', { reason: 'better' })
}

/** SHA-256 of each file of a version, as they were uploaded. */
async function digestsOf(version: string): Promise<Record<string, string>> {
  const run = fake.experiments().find(({ name }) => name === `${MODEL} ${version}`)
  const files = (run?.assets ?? []).filter(({ type }) => type === 'model-element')
  const entries = await Promise.all(
    files.map(async ({ fileName, bytes }) => {
      const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(bytes))
      return [fileName, Buffer.from(digest).toString('hex')] as const
    }),
  )
  return Object.fromEntries(entries)
}

function packageFiles(): string[] {
  return [
    'MLmodel',
    'lineage.json',
    'manifest.json',
    'metrics.json',
    'model-card.md',
    'model.json',
    'model.schema.json',
    'params.json',
  ]
}

function charts(): string[] {
  return ['forecast-and-outcome', 'outcome-by-forecast', 'reliability', 'residuals'].map(
    (name) => `charts/${name}.svg`,
  )
}
