import { defineGroup, type FeatureStore, type RowOf } from '@airq/feature-store'
import { openHopsworksStore } from '@airq/feature-store/hopsworks'
import { startFakeHopsworks } from '@airq/feature-store/testing'
import type { Logger } from '@airq/pipeline'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CollectingStore } from '../src/run/collecting-store.ts'

const DAY_MS = 86_400_000
const text = { type: 'string', description: 'Text.' } as const
const instant = { type: 'bigint', description: 'Epoch ms.' } as const
const value = { type: 'double', nullable: true, description: 'A number.' } as const
const daily = defineGroup({
  name: 'city_days',
  version: 1,
  description: 'Days of a city.',
  primaryKey: ['station', 'day'],
  eventTime: 'day_start',
  columns: { station: text, day: text, day_start: instant, aqi: value, known_at: instant },
})
type Row = RowOf<typeof daily.columns>

const row = (index: number, aqi: number | null = index, station = 'beijing'): Row => ({
  station,
  day: new Date(index * DAY_MS).toISOString().slice(0, 10),
  day_start: index * DAY_MS,
  aqi,
  known_at: (index + 1) * DAY_MS,
})
const rows = (count: number): Row[] => Array.from({ length: count }, (_, index) => row(index))

/** Sleeping moves it on: jobs take no time. */
const clock = {
  at: Date.UTC(2026, 0, 2),
  now: () => clock.at,
  async sleep(ms: number) {
    await new Promise((resolve) => setImmediate(resolve))
    clock.at += ms
  },
}
let fake: Awaited<ReturnType<typeof startFakeHopsworks>>
let logged: string[]

beforeEach(async () => {
  logged = []
  fake = await startFakeHopsworks({ clock, timing: { startMs: 1000, runMs: 1000, onlineLagMs: 100 } })
})
afterEach(() => fake.close())

async function open(read: 'online' | 'export' = 'online'): Promise<CollectingStore> {
  const { baseUrl, onlinePort, project, apiKey } = fake
  const tell = (message: string) => logged.push(message)
  const logger: Logger = { trace: tell, debug: tell, info: tell, warn: tell, error: tell }
  const keyDomains = { day: rows(400).map(({ day }) => day) }
  const options = { baseUrl, onlinePort, project, apiKey, clock, read, keyDomains, writes: 'staged' as const }
  return new CollectingStore(await openHopsworksStore(options), logger)
}

async function all(store: FeatureStore, query: { from?: number; to?: number } = {}): Promise<Row[]> {
  const found: Row[] = []
  for await (const batch of store.read(daily, { keys: { station: 'beijing' }, ...query }))
    found.push(...batch)
  return found
}

test('a run writes one job a group, and the same run again writes nothing', async () => {
  const first = await open()
  await first.ensure(daily)
  expect(await first.upsert(daily, rows(300))).toEqual({ written: 300, unchanged: 0 })
  expect(await first.upsert(daily, [row(300)])).toEqual({ written: 1, unchanged: 0 })
  expect(fake.executions()).toHaveLength(0)
  await first.flush({})
  await first.close()
  expect(fake.executions()).toHaveLength(1)

  const second = await open()
  await second.ensure(daily)
  expect(await second.upsert(daily, rows(301))).toEqual({ written: 0, unchanged: 301 })
  await second.flush({})
  await second.close()
  expect(fake.executions()).toHaveLength(1)
})

test('rows that changed are written, and they alone', async () => {
  const store = await open()
  await store.ensure(daily)
  await store.upsert(daily, rows(10))
  await store.flush({})
  const later = await open()
  const changed = [...rows(9), row(9, null), row(10)]
  expect(await later.upsert(daily, changed)).toEqual({ written: 2, unchanged: 9 })
  expect(await all(later)).toEqual(changed)
  await later.flush({})
  expect(await all(await open())).toEqual(changed)
})

test('what was read is not read again, also after a write of its own; ranges are part of it', async () => {
  const store = await open('export')
  await store.ensure(daily)
  await store.upsert(daily, rows(5))
  await store.flush({})
  const reader = await open('export')
  const jobs = fake.executions().length
  expect(await all(reader)).toEqual(rows(5))
  await reader.upsert(daily, [row(2, 99), row(5)])
  expect(await all(reader)).toEqual([row(0), row(1), row(2, 99), row(3), row(4), row(5)])
  expect(await all(reader, { from: DAY_MS, to: 2 * DAY_MS })).toEqual([row(1), row(2, 99)])
  expect(fake.executions().length - jobs).toBe(1)
})

test('stations of one write are told apart', async () => {
  const store = await open('export')
  await store.ensure(daily)
  const both = [row(1, 1, 'beijing'), row(1, 2, 'paris')]
  expect(await store.upsert(daily, both)).toEqual({ written: 2, unchanged: 0 })
  expect(await store.upsert(daily, [row(1, 1, 'beijing'), row(1, 3, 'paris')])).toEqual({
    written: 1,
    unchanged: 1,
  })
})

test('what was not flushed is dropped at the end, and that is said', async () => {
  const store = await open()
  await store.ensure(daily)
  await store.upsert(daily, rows(3))
  await store.close()
  expect(logged.join('\n')).toContain('3 of city_days v1')
  expect(fake.executions()).toHaveLength(0)
})
