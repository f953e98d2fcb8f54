import { defineGroup, type RowOf } from '@airq/feature-store'
import { openHopsworksStore, type HopsworksStoreOptions } from '@airq/feature-store/hopsworks'
import { startFakeHopsworks } from '@airq/feature-store/testing'
import { tableLines } from './table.mts'

// What writes and reads of a Hopsworks cost: requests, bytes and jobs, counted by the fake, which the clock leaps for.
// A job takes two minutes here; each minute of it is twelve requests, which ask for its state.

const JOB = { startMs: 60_000, runMs: 60_000, onlineLagMs: 2000 }
const DAY_MS = 86_400_000
const FIRST_DAY = Date.UTC(2014, 0, 1)
const TWELVE_YEARS = 4400

const subIndex = { type: 'double', nullable: true, description: 'Sub-index.' } as const
const text = (description: string) => ({ type: 'string', description }) as const
const daily = defineGroup({
  name: 'aqi_daily',
  version: 1,
  description: 'Daily air quality of a station.',
  primaryKey: ['station', 'day'],
  eventTime: 'day_start',
  columns: {
    ...{ station: text('Station.'), day: text('Local day.'), time_zone: text('IANA time zone.') },
    day_start: { type: 'bigint', description: 'Local midnight, epoch ms.' },
    known_at: { type: 'bigint', description: 'Known from, epoch ms.' },
    ...{
      pm25: subIndex,
      pm10: subIndex,
      o3: subIndex,
      no2: subIndex,
      so2: subIndex,
      co: subIndex,
      aqi: subIndex,
    },
    ...{
      status: text('final …'),
      origin: text('csv …'),
      unit: text('sub-index.'),
      scale: text('Index scale.'),
    },
  },
})

function rowsOf(stations: number, days: number): RowOf<typeof daily.columns>[] {
  return Array.from({ length: stations * days }, (_, index) => {
    const start = FIRST_DAY + (index % days) * DAY_MS
    const values = {
      pm25: 30 + (index % 170),
      pm10: 20 + (index % 90),
      o3: index % 60,
      no2: 12.5,
      so2: null,
      co: 4,
    }
    return {
      station: `station-${String(Math.floor(index / days))}`,
      day: new Date(start).toISOString().slice(0, 10),
      ...{
        day_start: start,
        known_at: start + DAY_MS,
        time_zone: 'Asia/Shanghai',
        ...values,
        aqi: values.pm25,
      },
      ...{ status: 'final', origin: 'csv', unit: 'sub-index', scale: 'us-epa-2015' },
    }
  })
}

/** Sleeping moves it on. */
function leapingClock() {
  let now = Date.UTC(2026, 0, 2)
  return {
    now: () => now,
    async sleep(ms: number) {
      await new Promise((resolve) => setImmediate(resolve))
      now += ms
    },
  }
}

async function costs(stations: number, days: number): Promise<string[][]> {
  const clock = leapingClock()
  await using fake = await startFakeHopsworks({ clock, timing: JOB })
  const { baseUrl, onlinePort, project, apiKey } = fake
  const rows = rowsOf(stations, days)
  const open = (read: NonNullable<HopsworksStoreOptions['read']>) =>
    openHopsworksStore({ baseUrl, onlinePort, project, apiKey, clock, read })
  const measured = async (what: string, call: () => Promise<unknown>): Promise<string[]> => {
    const [from, jobs, began] = [fake.requests.length, fake.executions().length, clock.now()]
    await call()
    const seen = fake.requests.slice(from)
    const sum = (of: (request: (typeof seen)[number]) => number): number =>
      seen.reduce((total, request) => total + of(request), 0)
    return [
      what,
      String(seen.length),
      kilobytes(sum(({ bytesIn }) => bytesIn)),
      kilobytes(sum(({ bytesOut }) => bytesOut)),
      String(fake.executions().length - jobs),
      ((clock.now() - began) / 60_000).toFixed(1),
    ]
  }
  const count = `${rows.length.toLocaleString('en')} rows, ${String(stations)} station${stations === 1 ? '' : 's'}`
  const store = await open('auto')
  const exporting = await open('export')
  const query = { keys: { station: 'station-0' }, from: FIRST_DAY, to: FIRST_DAY + (days - 1) * DAY_MS }
  const reading = (from: typeof store) => async () => {
    let found = 0
    for await (const batch of from.read(daily, query)) found += batch.length
    if (found !== days) throw new Error(`found ${String(found)} of ${String(days)} rows`)
  }
  const first = await measured(`first write: ${count}`, async () => {
    await store.ensure(daily)
    await store.upsert(daily, rows)
  })
  const later = await measured(`a day more: ${count}`, () => store.upsert(daily, rows.slice(0, stations)))
  const online = await measured(`one station online: ${count}`, reading(store))
  const exported = await measured(`one station by export: ${count}`, reading(exporting))
  return [first, later, online, exported]
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toLocaleString('en', { maximumFractionDigits: 0 })
}

const head = ['what', 'requests', 'kB sent', 'kB received', 'jobs', 'minutes of jobs and waits']
const rows: string[][] = []
for (const [stations, days] of [
  [1, 10_000],
  [1, TWELVE_YEARS],
  [20, TWELVE_YEARS],
] as const) {
  rows.push(...(await costs(stations, days)))
}
process.stdout.write(`${tableLines(head, rows).join('\n')}\n`)
