import { describe, expect, test } from 'vitest'

import { failure, readAll } from '../../src/testing/harness.ts'
import { daily, dailyRow, dailyRows, forecastRow, forecasts } from './groups.ts'
import { asked, closing, fastClock, filesOf, startHopsworks } from './opened.ts'

const timing = { startMs: 6000, runMs: 9000 }

describe('a write', () => {
  test('is a folder, one CSV, one job begun as text, its end awaited, and the traces removed', async () => {
    await using hopsworks = await startHopsworks({ timing })
    const { fake } = hopsworks
    await using store = await closing(hopsworks.open({ read: 'export' }))
    await store.ensure(daily)
    const before = fake.requests.length
    expect(await store.upsert(daily, dailyRows(3))).toEqual({ written: 3, unchanged: null })
    expect(asked(fake).slice(before)).toEqual([
      'GET /project/119/dataset//Projects/airq/Ingestion',
      'POST /project/119/featurestores/67/featuregroups/N/ingestion',
      'POST /project/119/dataset/upload//Projects/airq/Ingestion/city_daily_T0',
      // Whether another write was given the same job.
      'GET /project/119/dataset//Projects/airq/Ingestion/city_daily_T0',
      'GET /project/119/dataset//Projects/airq/Ingestion',
      'POST /project/119/jobs/city_daily_1_insert_fg_T0/executions',
      'GET /project/119/jobs/city_daily_1_insert_fg_T0/executions/N',
      'GET /project/119/jobs/city_daily_1_insert_fg_T0/executions/N',
      'GET /project/119/jobs/city_daily_1_insert_fg_T0/executions/N',
      'DELETE /project/119/dataset//Projects/airq/Ingestion/city_daily_T0',
      'DELETE /project/119/jobs/city_daily_1_insert_fg_T0',
    ])
    const start = fake.requests.find(({ path, method }) => method === 'POST' && path.endsWith('/executions'))
    expect(start?.contentType).toBe('text/plain')
    expect(fake.rows('offline', 'city_daily')).toEqual(dailyRows(3))
    expect(fake.rows('online', 'city_daily')).toEqual(dailyRows(3))
    expect(filesOf(hopsworks)).toEqual(['Resources/', 'Ingestion/'])
  })

  test.each([2, 3, 5])('of %i processes at the same time comes whole, of each', async (writers) => {
    const clock = fastClock()
    await using hopsworks = await startHopsworks({ timing, clock })
    const options = { read: 'export', clock } as const
    const stores = await Promise.all(Array.from({ length: writers }, () => hopsworks.open(options)))
    await using all = new AsyncDisposableStack()
    for (const store of stores) all.defer(() => store.close())
    await stores[0]?.ensure(daily)
    await Promise.all(
      stores.map(async (store, i) => {
        await store.ensure(daily)
        expect(await store.upsert(daily, dailyRows(40).slice(i * 8, i * 8 + 8))).toMatchObject({ written: 8 })
      }),
    )
    const written = hopsworks.fake.rows('offline', 'city_daily')
    expect(written).toHaveLength(8 * writers)
    expect(written).toEqual(expect.arrayContaining(dailyRows(8 * writers)))
    expect(filesOf(hopsworks)).toEqual(['Resources/', 'Ingestion/'])
  })

  test('again replaces by key and begins a job of its own', async () => {
    await using hopsworks = await startHopsworks({ timing })
    const { fake } = hopsworks
    await using store = await closing(hopsworks.open({ read: 'export' }))
    await store.ensure(daily)
    await store.upsert(daily, dailyRows(2))
    await store.upsert(daily, [dailyRow(1, { aqi: null })])
    expect(fake.rows('offline', 'city_daily')).toEqual([dailyRow(0), dailyRow(1, { aqi: null })])
    expect(fake.executions()).toHaveLength(2)
  })

  test('tells of each state of its job with the minutes so far', async () => {
    await using hopsworks = await startHopsworks({ timing: { startMs: 60_000, runMs: 60_000 } })
    await using store = await closing(hopsworks.open({ read: 'export', pollIntervalMs: 20_000 }))
    await store.ensure(daily)
    await store.upsert(daily, dailyRows(1))
    const seen = hopsworks.events.filter(({ state }) => state !== undefined)
    expect(seen.map(({ state, elapsedMs }) => [state, elapsedMs])).toEqual([
      ['INITIALIZING', 0],
      ['INITIALIZING', 20_000],
      ['ACCEPTED', 40_000],
      ['RUNNING', 60_000],
      ['RUNNING', 80_000],
      ['RUNNING', 100_000],
    ])
    expect(seen.every(({ group }) => group === 'city_daily v1')).toBe(true)
  })

  test('of more bytes than a chunk takes comes in several, whole', async () => {
    await using hopsworks = await startHopsworks({ timing })
    await using store = await closing(hopsworks.open({ read: 'export', uploadChunkBytes: 1000 }))
    await store.ensure(daily)
    await store.upsert(daily, dailyRows(100))
    const chunks = hopsworks.fake.requests.filter(
      ({ method, path }) => method === 'POST' && path.includes('/upload/'),
    )
    expect(chunks.length).toBeGreaterThan(5)
    expect(hopsworks.fake.rows('offline', 'city_daily')).toEqual(dailyRows(100))
  })

  test('of texts with commas, quotes, line breaks and edges comes back as it went', async () => {
    await using hopsworks = await startHopsworks({ timing })
    await using store = await closing(hopsworks.open({ read: 'export' }))
    const notes = ['a,b', 'say "no"', 'a\nb', ' edges ', '', 'back\\slash', '100 %', '北京', null]
    const rows = notes.map((note, index) => forecastRow(index, { note }))
    await store.ensure(forecasts)
    await store.upsert(forecasts, rows)
    expect(await readAll(store, forecasts)).toEqual(rows)
  })

  test('of a text too long for its online column is refused before anything is sent', async () => {
    await using hopsworks = await startHopsworks()
    await using store = await closing(hopsworks.open({ read: 'export', textLengths: { note: 20 } }))
    await store.ensure(forecasts)
    const error = await failure(
      'bad-row',
      store.upsert(forecasts, [forecastRow(0, { note: 'x'.repeat(21) })]),
    )
    expect(error.message).toContain('row 0, column "note": 21 bytes, its online column takes 20')
    expect(hopsworks.fake.executions()).toEqual([])
  })

  test('removes its job where the account may do so', async () => {
    await using hopsworks = await startHopsworks()
    const { fake } = hopsworks
    fake.keys.set(fake.apiKey, {
      scopes: ['PROJECT', 'FEATURESTORE', 'JOB', 'DATASET_VIEW', 'DATASET_CREATE', 'DATASET_DELETE'],
      role: 'HOPS_USER',
      projectRole: 'Data owner',
    })
    await using store = await closing(hopsworks.open({ read: 'export' }))
    await store.ensure(daily)
    await store.upsert(daily, dailyRows(1))
    expect(fake.requests.at(-1)).toMatchObject({ method: 'DELETE', status: 204 })
  })

  test('waits its turn while the project runs as many jobs as it may', async () => {
    await using hopsworks = await startHopsworks({ timing, quotas: { parallelExecutions: 1 } })
    const { fake, clock } = hopsworks
    await using store = await closing(hopsworks.open({ read: 'export' }))
    await store.ensure(daily)
    await store.ensure(forecasts)
    // Another program's job of fifteen seconds.
    const other = await hopsworks.open({ read: 'export' })
    const began = clock.now()
    await Promise.all([store.upsert(daily, dailyRows(1)), other.upsert(forecasts, [forecastRow(0)])])
    expect(clock.now() - began).toBeGreaterThanOrEqual(30_000)
    expect(hopsworks.events.some(({ message }) => message.startsWith('waiting: the project runs'))).toBe(true)
    expect(fake.executions()).toHaveLength(2)
  })
})

describe('staged writes', () => {
  test('of several groups and calls are one job a group, when they are flushed', async () => {
    await using hopsworks = await startHopsworks({ timing })
    const { fake } = hopsworks
    await using store = await closing(hopsworks.open({ read: 'export', writes: 'staged' }))
    await store.ensure(daily)
    await store.ensure(forecasts)
    for (const row of dailyRows(5)) {
      expect(await store.upsert(daily, [row])).toEqual({ written: 0, unchanged: null, staged: 1 })
    }
    await store.upsert(daily, [dailyRow(2, { aqi: 7 })])
    await store.upsert(forecasts, [forecastRow(5)])
    expect(fake.executions()).toEqual([])
    expect(await store.flush()).toEqual({
      groups: [
        { group: 'city_daily v1', written: 5 },
        { group: 'city_forecasts v1', written: 1 },
      ],
    })
    expect(fake.executions()).toHaveLength(2)
    expect(fake.rows('offline', 'city_daily')).toContainEqual(dailyRow(2, { aqi: 7 }))
    expect(await store.flush()).toEqual({ groups: [] })
  })

  test('are seen by reads of the same store before they are flushed', async () => {
    await using hopsworks = await startHopsworks({ timing })
    const plain = await hopsworks.open({ read: 'export' })
    await plain.ensure(daily)
    await plain.upsert(daily, dailyRows(2))
    const store = await hopsworks.open({ read: 'export', writes: 'staged' })
    await store.upsert(daily, [dailyRow(1, { aqi: 7 }), dailyRow(2)])
    expect(await readAll(store, daily)).toEqual([dailyRow(0), dailyRow(1, { aqi: 7 }), dailyRow(2)])
    expect(await readAll(plain, daily)).toEqual(dailyRows(2))
    await store.flush()
    await store.close()
  })

  test('stay staged where a job fails, and a second flush begins where the first stopped', async () => {
    await using hopsworks = await startHopsworks({ timing })
    const { fake } = hopsworks
    await using store = await closing(hopsworks.open({ read: 'export', writes: 'staged' }))
    await store.ensure(daily)
    await store.ensure(forecasts)
    await store.upsert(daily, dailyRows(1))
    await store.upsert(forecasts, [forecastRow(0)])
    fake.nextJobs('as-usual')
    fake.nextJobs('fails')
    await failure('job-failed', store.flush())
    expect(await store.flush()).toEqual({ groups: [{ group: 'city_forecasts v1', written: 1 }] })
    expect(fake.rows('offline', 'city_forecasts')).toEqual([forecastRow(0)])
    expect(fake.executions().map(({ finalStatus }) => finalStatus)).toEqual([
      'SUCCEEDED',
      'FAILED',
      'SUCCEEDED',
    ])
  })

  test('nobody flushed are told when the store is closed', async () => {
    await using hopsworks = await startHopsworks()
    const store = await hopsworks.open({ writes: 'staged' })
    await store.ensure(daily)
    await store.upsert(daily, dailyRows(2))
    const error = await failure('unflushed', store.close())
    expect(error.message).toContain('2 of city_daily v1')
    expect(error.hint).toContain('flush()')
    expect(hopsworks.fake.executions()).toEqual([])
  })
})
