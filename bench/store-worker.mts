import type { AnyFeatureGroup, Columns, FeatureGroupDefinition, RowOf } from '@airq/feature-store'
import { openSqliteStore } from '@airq/feature-store/sqlite'
import { daily, dailyRow, narrow, narrowRow, TEN_YEARS } from './store-rows.mts'

// One step of the store's bench in a process of its own; prints the rows, the seconds they took (by the clock, and of the processor) and the peak memory.

/** Stations an upsert holds: a backfill goes on station by station. */
const STATIONS_A_CALL = 10

const [step = '', path = '', stations = '0', columns = ''] = process.argv.slice(2)
const count = Number(stations)
const { group, rowsOf } = columns === '5' ? tableOf(narrow, narrowRow) : tableOf(daily, dailyRow)
const store = await openSqliteStore({ path, clock: Date, readOnly: step === 'scan' })
let rows = 0
let seconds = 0
let cpuSeconds = 0

async function timed(work: () => Promise<number>): Promise<void> {
  const started = performance.now()
  const before = process.cpuUsage()
  rows += await work()
  seconds += (performance.now() - started) / 1000
  const { user, system } = process.cpuUsage(before)
  cpuSeconds += (user + system) / 1e6
}

/** A group, and rows of its stations from one to another, by station and then by day. */
function tableOf<C extends Columns>(
  group: FeatureGroupDefinition<C>,
  rowOf: (station: number, day: number) => RowOf<C>,
): {
  readonly group: AnyFeatureGroup
  readonly rowsOf: (first: number, stations: number, firstDay: number, days: number) => RowOf<Columns>[]
} {
  return {
    group,
    rowsOf: (first, stations, firstDay, days) =>
      Array.from({ length: stations * days }, (_, at) =>
        rowOf(first + Math.floor(at / days), firstDay + (at % days)),
      ),
  }
}

async function upsert(batch: readonly RowOf<Columns>[]): Promise<void> {
  await timed(async () => (await store.upsert(group, batch)).written)
}

async function scan(): Promise<void> {
  await timed(async () => {
    let seen = 0
    for await (const batch of store.read(group)) seen += batch.length
    return seen
  })
}

if (step === 'scan') await scan()
else await store.ensure(group)
if (step === 'fill') {
  for (let first = 0; first < count; first += STATIONS_A_CALL) {
    await upsert(rowsOf(first, STATIONS_A_CALL, 0, TEN_YEARS))
  }
}
// The next day of every station, as a daily run over all of them writes it.
if (step === 'next-day') await upsert(rowsOf(0, count, TEN_YEARS, 1))
if (step === 'one-transaction') await upsert(rowsOf(0, count, 0, TEN_YEARS))
await store.close()
const peakMiB = process.resourceUsage().maxRSS / 1024
process.stdout.write(`${JSON.stringify({ rows, seconds, cpuSeconds, peakMiB })}\n`)
