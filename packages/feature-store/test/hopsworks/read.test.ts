import { describe, expect, test } from 'vitest'

import type { HopsworksProgress, HopsworksStore } from '../../src/hopsworks/index.ts'
import { failure, readAll } from '../../src/testing/harness.ts'
import { daily, dailyRow, dailyRows, forecastRow, forecasts } from './groups.ts'
import { asked, closing, filesOf, startHopsworks, type Opened } from './opened.ts'

const timing = { startMs: 6000, runMs: 9000, onlineLagMs: 2500 }
const query = { keys: { station: 'beijing' }, from: dailyRow(0).day_start, to: dailyRow(364).day_start }

describe('the way rows are read', () => {
  test('is the online server where it answers and keys can be named', async () => {
    await using hopsworks = await withRows()
    await using store = await closing(hopsworks.open())
    const before = hopsworks.fake.requests.length
    expect(await readAll(store, daily, query)).toEqual(dailyRows(365))
    const requests = asked(hopsworks.fake).slice(before)
    // 365 days and one on either side, for zones; a hundred keys a request.
    expect(requests.filter((request) => request.endsWith('/batch_feature_store'))).toHaveLength(4)
    expect(requests.some((request) => request.includes('trainingdatasets'))).toBe(false)
    expect(said(hopsworks.events, 'read-mode')).toMatch(/^by the online server 127\.0\.0\.1:\d+ where keys/)
  })

  test('is the export where no key can be named', async () => {
    await using hopsworks = await withRows()
    await using store = await closing(hopsworks.open())
    expect(await readAll(store, daily)).toEqual(dailyRows(365))
    expect(said(hopsworks.events, 'export')).toMatch(
      /^job city_daily_\d+_\d+_create_fv_td_\d+ exports the rows$/,
    )
  })

  test('is the export where keys are too many to look up, even of who reads online', async () => {
    await using hopsworks = await withRows()
    const station = Array.from({ length: 200_000 }, (_, i) => `station-${String(i)}`)
    const keyDomains = { station: [...station, 'beijing'] }
    await using store = await closing(hopsworks.open({ read: 'online', keyDomains }))
    expect(await readAll(store, daily, { from: query.from, to: query.to })).toEqual(dailyRows(365))
    expect(said(hopsworks.events, 'online')).toContain('too many keys to look up')
  })

  test('is the online server for all stations where they are told', async () => {
    await using hopsworks = await withRows()
    await using store = await closing(hopsworks.open({ keyDomains: { station: ['beijing', 'bangkok'] } }))
    const { from, to } = query
    expect(await readAll(store, daily, { from, to })).toEqual(dailyRows(365))
    expect(said(hopsworks.events, 'export')).toBe('')
  })

  test('is the export where the cluster tells of no online server', async () => {
    await using hopsworks = await withRows()
    hopsworks.fake.set({ behaviours: { onlineServer: 'hidden' } })
    await using store = await closing(hopsworks.open())
    expect(await readAll(store, daily, query)).toEqual(dailyRows(365))
    expect(said(hopsworks.events, 'read-mode')).toBe(
      'by export, because of the online server: the cluster does not tell of an online server',
    )
  })

  test('is the export where the online server does not answer', async () => {
    await using hopsworks = await withRows()
    await using store = await closing(hopsworks.open({ onlinePort: 9 }))
    expect(await readAll(store, daily, query)).toEqual(dailyRows(365))
    expect(said(hopsworks.events, 'read-mode')).toMatch(/^by export, because of the online server: .*refused/)
  })

  test('is an error where the online server must be used and cannot', async () => {
    await using hopsworks = await withRows()
    await using store = await closing(hopsworks.open({ read: 'online', onlinePort: 9 }))
    const error = await failure('unavailable', readAll(store, daily, query))
    expect(error.hint).toContain('onlineHost')
    await failure('bad-query', readAll(store, daily))
  })
})

describe('the online copy', () => {
  test('is waited for by who writes, so that the next process sees the rows', async () => {
    await using hopsworks = await startHopsworks({ timing })
    const writer = await hopsworks.open()
    await writer.ensure(daily)
    await writer.upsert(daily, dailyRows(3))
    await writer.close()
    await using reader = await closing(hopsworks.open({ read: 'online' }))
    expect(await readAll(reader, daily, query)).toEqual(dailyRows(3))
  })

  test('that shows a changed row late is waited for too', async () => {
    await using hopsworks = await withRows()
    await using store = await closing(hopsworks.open())
    await store.upsert(daily, [dailyRow(7, { aqi: null })])
    const [row] = await readAll(store, daily, {
      ...query,
      from: dailyRow(7).day_start,
      to: dailyRow(7).day_start,
    })
    expect(row?.aqi).toBeNull()
  })

  test('that nothing fills is found out when rows are written, after a minute, and by who only reads', async () => {
    await using hopsworks = await startHopsworks({ timing, behaviours: { cachedOnline: 'never-filled' } })
    await using writer = await closing(hopsworks.open())
    await writer.ensure(daily)
    const began = hopsworks.clock.now()
    expect(await writer.upsert(daily, dailyRows(3))).toEqual({ written: 3, unchanged: null })
    expect(hopsworks.clock.now() - began).toBeLessThan(100_000)
    expect(said(hopsworks.events, 'online')).toContain('does not show what was written')
    expect(await readAll(writer, daily, query)).toEqual(dailyRows(3))

    await using reader = await closing(hopsworks.open())
    expect(await readAll(reader, daily, query)).toEqual(dailyRows(3))
    expect(said(hopsworks.events, 'online')).toContain('is empty and the offline one is not')
    await using strict = await closing(hopsworks.open({ read: 'online' }))
    const error = await failure('unavailable', readAll(strict, daily, query))
    expect(error.hint).toContain('groupType: stream')
  })

  test('of a group of the type stream is filled on such a cluster', async () => {
    await using hopsworks = await startHopsworks({ timing, behaviours: { cachedOnline: 'never-filled' } })
    await using store = await closing(hopsworks.open({ read: 'online', groupType: 'stream' }))
    await store.ensure(daily)
    await store.upsert(daily, dailyRows(3))
    expect(await readAll(store, daily, query)).toEqual(dailyRows(3))
  })

  test('that cannot be looked at does not make a write fail', async () => {
    await using hopsworks = await startHopsworks({ timing })
    await using store = await closing(hopsworks.open())
    await store.ensure(daily)
    hopsworks.fake.fail({ on: ['POST', '/batch_feature_store'], effect: { status: 400 }, times: Infinity })
    expect(await store.upsert(daily, dailyRows(3))).toEqual({ written: 3, unchanged: null })
    expect(said(hopsworks.events, 'online')).toContain('whether the online copy shows it is not known')
  })

  test('holds every revision of a forecast: asked until one is missing', async () => {
    await using hopsworks = await startHopsworks({ timing })
    await using store = await closing(hopsworks.open())
    const rows = [
      ...Array.from({ length: 21 }, (_, revision) => forecastRow(0, { revision, aqi: 40 + revision })),
      forecastRow(1),
    ]
    await store.ensure(forecasts)
    await store.upsert(forecasts, rows)
    const read = await readAll(store, forecasts, {
      keys: query.keys,
      from: query.from,
      to: dailyRow(1).day_start,
    })
    expect(read).toEqual(rows)
    expect(said(hopsworks.events, 'export')).toBe('')
  })

  test('is asked again after a burst of failures', async () => {
    await using hopsworks = await withRows()
    await using store = await closing(hopsworks.open({ read: 'online' }))
    hopsworks.fake.fail({ on: ['POST', '/batch_feature_store'], effect: { status: 503 }, times: 2 })
    expect(await readAll(store, daily, query)).toEqual(dailyRows(365))
  })

  test('refuses a key that the API takes: unauthorized, with what to do', async () => {
    await using hopsworks = await withRows()
    await using store = await closing(hopsworks.open({ read: 'online' }))
    hopsworks.fake.fail({ on: ['POST', '/batch_feature_store'], effect: { status: 401 } })
    const error = await failure('unauthorized', readAll(store, daily, query))
    expect(error.hint).toContain('FEATURESTORE')
  })
})

describe('the export', () => {
  test('leaves nothing behind, also where its job fails or the call is aborted', async () => {
    await using hopsworks = await withRows()
    const { fake } = hopsworks
    await using store = await closing(hopsworks.open({ read: 'export' }))
    await readAll(store, daily)
    fake.nextJobs('fails')
    const error = await failure('job-failed', readAll(store, daily))
    expect(error.message).toContain('OutOfMemoryError')
    const controller = new AbortController()
    const onProgress = ({ step }: HopsworksProgress): void => {
      if (step === 'export') controller.abort()
    }
    await using stopped = await closing(hopsworks.open({ read: 'export', onProgress }))
    fake.nextJobs('never-ends')
    await failure('aborted', firstBatch(stopped, controller.signal))
    expect(filesOf(hopsworks).filter((path) => path.includes('city_daily'))).toEqual([])
  })

  test.each([
    ['making the dataset', '/trainingdatasets'],
    ['beginning the job', '/compute'],
  ])('survives a connection cut while %s, with one job', async (_, path) => {
    await using hopsworks = await withRows()
    const { fake } = hopsworks
    await using store = await closing(hopsworks.open({ read: 'export' }))
    const before = fake.executions().length
    fake.fail({ on: ['POST', path], effect: { cut: 'after' } })
    expect(await readAll(store, daily)).toEqual(dailyRows(365))
    expect(fake.executions().length - before).toBe(1)
  })

  test('of a key written with two event times gives the later one', async () => {
    await using hopsworks = await startHopsworks({ timing })
    await using store = await closing(hopsworks.open({ read: 'export' }))
    await store.ensure(daily)
    await store.upsert(daily, [dailyRow(0)])
    const moved = dailyRow(0, { day_start: dailyRow(0).day_start + 3_600_000, aqi: 9 })
    await store.upsert(daily, [moved])
    expect(hopsworks.fake.rows('offline', 'city_daily')).toHaveLength(2)
    expect(await readAll(store, daily)).toEqual([moved])
  })

  test.each(['milliseconds', 'seconds'] as const)(
    'gives the rows of a range on a server that compares event times in %s',
    async (eventTimeUnit) => {
      await using hopsworks = await withRows()
      hopsworks.fake.set({ behaviours: { eventTimeUnit } })
      await using store = await closing(hopsworks.open({ read: 'export' }))
      const from = dailyRow(360).day_start
      expect(await readAll(store, daily, { from })).toEqual(dailyRows(365).slice(360))
    },
  )
})

test('forecasts are written back, and read by a process of their own', async () => {
  await using hopsworks = await withRows()
  const inference = await hopsworks.open()
  await inference.ensure(forecasts)
  await inference.upsert(forecasts, [forecastRow(365, { note: 'lead 1' })])
  await inference.close()
  await using report = await closing(hopsworks.open())
  const day = { keys: { station: 'beijing', day: forecastRow(365).day } }
  expect(await readAll(report, forecasts, day)).toEqual([forecastRow(365, { note: 'lead 1' })])
})

/** A year of one station is there. */
async function withRows(): Promise<Opened> {
  const hopsworks = await startHopsworks({ timing })
  const store = await hopsworks.open({ read: 'export' })
  await store.ensure(daily)
  await store.upsert(daily, dailyRows(365))
  await store.close()
  hopsworks.clock.leap(60_000)
  hopsworks.events.length = 0
  return hopsworks
}

async function firstBatch(store: HopsworksStore, signal: AbortSignal): Promise<void> {
  for await (const _ of store.read(daily, {}, { signal })) return
}

/** The last message of a step, or nothing. */
function said(events: readonly HopsworksProgress[], step: HopsworksProgress['step']): string {
  return events.findLast((event) => event.step === step)?.message ?? ''
}
