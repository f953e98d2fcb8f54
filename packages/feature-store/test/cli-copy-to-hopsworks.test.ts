import { afterAll, beforeAll, expect, test } from 'vitest'

import { startFakeHopsworks, type FakeHopsworks } from '../src/testing/index.ts'
import { ledgerGroup, sampleGroup, sampleRow } from '../src/testing/sample-groups.ts'
import { airqStore } from './support/command.ts'
import { temporaryStore } from './support/stores.ts'

let fake: FakeHopsworks
let env: Record<string, string>
beforeAll(async () => {
  fake = await startFakeHopsworks({ timing: { startMs: 0, runMs: 0, onlineLagMs: 0 } })
  env = { HOPSWORKS_BASE_URL: fake.baseUrl, HOPSWORKS_API_KEY: fake.apiKey }
})
afterAll(() => fake.close())

test('every group that has rows is there afterwards, one job each, long texts and all', async () => {
  const { store, path } = await temporaryStore()
  const rows = [sampleRow(1), sampleRow(2, { label: '北京 '.repeat(60) }), sampleRow(3, { label: null })]
  await store.ensure(sampleGroup)
  await store.ensure(ledgerGroup)
  await store.upsert(sampleGroup, rows)
  const command = ['copy', path, `hopsworks:${fake.project}`, '--poll-ms', '10']
  const { code, json, stderr } = await airqStore([...command, '--json'], { env })
  expect([code, json()]).toEqual([
    0,
    expect.objectContaining({
      ok: true,
      groups: [{ name: 'contract_rows', version: 1, rows: 3, written: 3 }],
    }),
  ])
  expect(fake.executions()).toHaveLength(1)
  expect(fake.rows('offline', 'contract_rows')).toHaveLength(3)
  expect(stderr).toContain('contract_rows v1: created')
  expect(stderr).not.toContain(fake.apiKey)

  // Again, it finds its own write done.
  await airqStore(command, { env })
  expect(fake.rows('offline', 'contract_rows')).toHaveLength(3)
}, 30_000)

test.each<[string, Record<string, string | undefined>, number, string]>([
  ['no key', { HOPSWORKS_API_KEY: '' }, 2, 'HOPSWORKS_API_KEY'],
  ['no host', { HOPSWORKS_BASE_URL: '' }, 2, 'HOPSWORKS_HOST'],
  ['a host nobody trusts', { HOPSWORKS_BASE_URL: 'https://collector.example' }, 2, 'trustedHosts'],
  ['a pause that is none', { POLL: 'soon' }, 2, 'pollIntervalMs'],
])('%s is told', async (_, changes, code, words) => {
  const { store, path } = await temporaryStore()
  await store.ensure(sampleGroup)
  await store.upsert(sampleGroup, [sampleRow(1)])
  const given = Object.fromEntries(
    Object.entries({ ...env, ...changes }).map(([name, value]) => [name, value ?? '']),
  )
  const poll = changes['POLL'] ?? '10'
  const run = await airqStore(['copy', path, 'hopsworks:airq', '--poll-ms', poll], { env: given })
  expect(run.code).toBe(code)
  expect(run.stderr).toContain(words)
})
