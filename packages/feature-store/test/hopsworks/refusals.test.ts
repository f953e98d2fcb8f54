import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

import { describe, expect, test } from 'vitest'

import { openHopsworksStore } from '../../src/hopsworks/index.ts'
import type { HopsworksStoreOptions } from '../../src/hopsworks/index.ts'
import { defineGroup } from '../../src/index.ts'
import { failure } from '../../src/testing/harness.ts'
import type { FakeKey, Scope } from '../../src/testing/index.ts'
import { daily, dailyRows } from './groups.ts'
import { closing, leapingClock, startHopsworks } from './opened.ts'

const ALL: readonly Scope[] = [
  'PROJECT',
  'FEATURESTORE',
  'JOB',
  'DATASET_VIEW',
  'DATASET_CREATE',
  'DATASET_DELETE',
]
const key: FakeKey = { scopes: ALL, role: 'HOPS_SERVICE_USER', projectRole: 'Data owner' }

describe('a key', () => {
  test.each([
    ['of another account', 'other.secret'],
    ['with a wrong secret', 'fakePrefix.wrong'],
    ['that is cut', 'fakePrefix'],
  ])('%s is unauthorized, and is not told', async (_, apiKey) => {
    await using hopsworks = await startHopsworks()
    const error = await failure('unauthorized', hopsworks.open({ apiKey }))
    expect(error).toMatchObject({
      fault: 'input',
      retryable: false,
      where: 'GET /project/getProjectInfo/airq',
    })
    expect(error.hint).toContain('Make a new API key')
    expect(`${error.message}${error.hint ?? ''}`).not.toContain(apiKey)
  })

  test('that is empty is an error of the configuration', async () => {
    await using hopsworks = await startHopsworks()
    await failure('bad-config', hopsworks.open({ apiKey: ' ' }))
    expect(hopsworks.fake.requests).toEqual([])
  })

  test.each(['blocked', 'deactivated'] as const)(
    'of an account that is %s sends to the administrator',
    async (account) => {
      await using hopsworks = await startHopsworks()
      hopsworks.fake.keys.set(hopsworks.fake.apiKey, { ...key, account })
      const error = await failure('unauthorized', hopsworks.open())
      expect(error.hint).toContain('administrator')
    },
  )

  test.each(ALL.filter((scope) => scope !== 'DATASET_DELETE'))(
    'without the scope %s names it',
    async (lacking) => {
      await using hopsworks = await startHopsworks()
      const { fake } = hopsworks
      fake.keys.set(fake.apiKey, { ...key, scopes: ALL.filter((scope) => scope !== lacking) })
      const call = async (): Promise<unknown> => {
        await using store = await closing(hopsworks.open({ read: 'export' }))
        await store.ensure(daily)
        return await store.upsert(daily, dailyRows(1))
      }
      const error = await failure('missing-scope', call())
      expect(error.message).toContain(`The API key lacks the scope ${lacking}.`)
      expect(error).toMatchObject({ fault: 'input', retryable: false })
      expect(fake.rows('offline', 'city_daily')).toEqual([])
    },
  )

  test('without the scope DATASET_DELETE writes all the same, and its files stay', async () => {
    await using hopsworks = await startHopsworks()
    const { fake, events } = hopsworks
    fake.keys.set(fake.apiKey, { ...key, scopes: ALL.filter((scope) => scope !== 'DATASET_DELETE') })
    await using store = await closing(hopsworks.open({ read: 'export' }))
    await store.ensure(daily)
    await store.upsert(daily, dailyRows(1))
    expect(fake.rows('offline', 'city_daily')).toEqual(dailyRows(1))
    expect(events.find(({ step }) => step === 'clean-up')?.message).toContain('DATASET_DELETE')
  })

  test('does not appear in an error, also where the server says it', async () => {
    await using hopsworks = await startHopsworks()
    const { fake } = hopsworks
    const usrMsg = `the key ${fake.apiKey} is fine`
    fake.fail({ on: ['GET', '/getProjectInfo'], effect: { status: 400, code: 120002, usrMsg } })
    const error = await failure('remote-failed', hopsworks.open())
    expect(error.message).toContain('400/120002')
    expect(JSON.stringify([error.message, error.stack, error.hint, error.cause])).not.toContain('fakeSecret')
  })
})

describe('a project', () => {
  test('nobody knows is not found', async () => {
    await using hopsworks = await startHopsworks()
    const error = await failure('project-not-found', hopsworks.open({ project: 'nowhere' }))
    expect(error.message).toContain('Looking up project nowhere')
    expect(error.hint).toContain('name of the project')
  })

  test('of others is forbidden', async () => {
    await using hopsworks = await startHopsworks()
    const error = await failure('forbidden', hopsworks.open({ project: 'not_mine' }))
    expect(error).toMatchObject({ fault: 'input' })
    expect(error.hint).toContain('owner')
  })

  test('in which the user is no owner lets no group be made', async () => {
    await using hopsworks = await startHopsworks()
    hopsworks.fake.keys.set(hopsworks.fake.apiKey, { ...key, projectRole: 'Data scientist' })
    await using store = await closing(hopsworks.open())
    const error = await failure('forbidden', store.ensure(daily))
    expect(error.message).toContain('Creating group city_daily v1')
    expect(error.hint).toContain('data owner')
  })
})

describe('a quota', () => {
  test('of feature groups is told when one is made', async () => {
    await using hopsworks = await startHopsworks({ quotas: { featureGroups: 0 } })
    await using store = await closing(hopsworks.open())
    const error = await failure('quota', store.ensure(daily))
    expect(error.message).toContain('quotas_featuregroups_online_enabled')
  })

  test('of credits is told when a job is begun; with credits the write goes on', async () => {
    await using hopsworks = await startHopsworks({ quotas: { credits: false } })
    await using store = await closing(hopsworks.open({ read: 'export' }))
    await store.ensure(daily)
    const error = await failure('quota', store.upsert(daily, dailyRows(2)))
    expect(error.hint).toContain('out of credits')
    hopsworks.fake.set({ quotas: { credits: true } })
    await store.upsert(daily, dailyRows(2))
    expect(hopsworks.fake.requests.filter(({ path }) => path.endsWith('/ingestion'))).toHaveLength(1)
    expect(hopsworks.fake.rows('offline', 'city_daily')).toEqual(dailyRows(2))
  })

  test('of jobs at a time is waited for until the deadline', async () => {
    await using hopsworks = await startHopsworks({ quotas: { parallelExecutions: 0 } })
    await using store = await closing(hopsworks.open({ read: 'export', jobTimeoutMs: 60_000 }))
    await store.ensure(daily)
    const began = hopsworks.clock.now()
    await failure('quota', store.upsert(daily, dailyRows(2)))
    expect(hopsworks.clock.now() - began).toBeGreaterThanOrEqual(50_000)
  })

  test('of training datasets is told when rows are exported', async () => {
    await using hopsworks = await startHopsworks({ quotas: { trainingDatasets: 0 } })
    await using store = await closing(hopsworks.open({ read: 'export' }))
    await store.ensure(daily)
    const error = await failure('quota', store.describe(daily))
    expect(error.message).toContain('quotas_training_datasets')
  })
})

describe('a server', () => {
  test('that is no Hopsworks gives an answer that cannot be read', async () => {
    const server = createServer((_, response) => {
      response.end('<html>welcome</html>')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const error = await failure('bad-answer', openAt({ baseUrl: `http://127.0.0.1:${String(port)}` }))
    expect(error.hint).toContain('host and port')
    server.close()
  })

  test('nobody answers for is unavailable', async () => {
    const error = await failure('unavailable', openAt({ baseUrl: 'http://127.0.0.1:9' }))
    expect(error).toMatchObject({ fault: 'run', retryable: true })
  })

  test('without the ingestion endpoint is told as one whose version may lack it', async () => {
    await using hopsworks = await startHopsworks({ behaviours: { ingestion: 'gone' } })
    await using store = await closing(hopsworks.open())
    await store.ensure(daily)
    const error = await failure('remote-failed', store.upsert(daily, dailyRows(1)))
    expect(error.hint).toContain('its version may lack')
  })

  test('that holds the group otherwise names every difference', async () => {
    await using hopsworks = await startHopsworks()
    await using store = await closing(hopsworks.open())
    await store.ensure(daily)
    const { station, day, day_start, known_at } = daily.columns
    const changed = defineGroup({
      ...{
        name: daily.name,
        version: 1,
        description: '',
        primaryKey: ['station', 'day'],
        eventTime: 'day_start',
      },
      columns: {
        station,
        day,
        day_start,
        known_at,
        aqi: { type: 'double', description: 'Now with digits.' },
      },
    })
    const error = await failure('schema-mismatch', store.ensure(changed))
    expect(error.message).toContain('column "pm25" is missing')
    expect(error.message).toContain('column "aqi" was int and is double')
  })
})

describe('an address', () => {
  test.each<[string, Partial<HopsworksStoreOptions>]>([
    ['that is missing', {}],
    [
      'that is given twice',
      { host: 'eu-west.cloud.hopsworks.ai', baseUrl: 'https://eu-west.cloud.hopsworks.ai' },
    ],
    ['with a path', { baseUrl: 'https://eu-west.cloud.hopsworks.ai/p/119' }],
    ['with a user', { baseUrl: 'https://me:secret@eu-west.cloud.hopsworks.ai' }],
    ['in plain http', { baseUrl: 'http://eu-west.cloud.hopsworks.ai' }],
    ['that is a URL where a host is asked for', { host: 'https://eu-west.cloud.hopsworks.ai' }],
    ['and a project by its number and path', { host: 'eu-west.cloud.hopsworks.ai', project: '../119' }],
  ])('%s is an error of the configuration', async (_, options) => {
    const error = await failure('bad-config', openAt(options))
    expect(error).toMatchObject({ fault: 'input', where: 'hopsworks' })
    expect(error.message).not.toContain('secret')
  })

  test('that is neither the vendor’s nor trusted gets no key', async () => {
    const error = await failure('untrusted-host', openAt({ host: 'hopsworks.example' }))
    expect(error.hint).toContain('trust')
  })
})

function openAt(options: Partial<HopsworksStoreOptions>) {
  return openHopsworksStore({ project: 'airq', apiKey: 'a.secret', clock: leapingClock(), ...options })
}
