import { report, type ReportQuestion, type StationFacts } from '../packages/report/src/index.ts'
import { days, ledger, question, station } from '../packages/report/test/support/sample.ts'
import { median } from './median.mts'

// The page and the feed: one station with twelve years of days and of forecasts, and many stations.

const YEARS = 12 * 365
const ROUNDS = 7
const WANTED_MS = 1000
const WANTED_BYTES = 300_000

interface Measured {
  readonly ms: number
  readonly bytes: number
  /** The largest page. */
  readonly page: number
}

function measure(asked: ReportQuestion): Measured {
  const started = performance.now()
  const { files } = report(asked)
  const ms = performance.now() - started
  const sizes = files.map(({ path, content }) => [path, Buffer.byteLength(content)] as const)
  return {
    ms,
    bytes: sizes.reduce((sum, [, size]) => sum + size, 0),
    page: Math.max(...sizes.flatMap(([path, size]) => (path.endsWith('.html') ? [size] : []))),
  }
}

function line(name: string, stations: readonly StationFacts[], publishObservations: boolean): Measured {
  const asked = question({ stations, publishObservations })
  // The first is told too: a command starts cold.
  const first = measure(asked)
  const rounds = Array.from({ length: ROUNDS }, () => measure(asked))
  const warm = median(rounds.map(({ ms }) => ms))
  const each = warm / stations.length
  console.log(
    `${name.padEnd(44)} first ${first.ms.toFixed(0).padStart(6)} ms, then ${warm.toFixed(0).padStart(6)} ms, ${each.toFixed(1).padStart(6)} ms a station; largest page ${(first.page / 1000).toFixed(0)} KB, all files ${(first.bytes / 1e6).toFixed(2)} MB`,
  )
  return first
}

const long = { days: days(YEARS), ledger: ledger(YEARS - 5) }
const one = [station(long)]
const open = line('1 station, 12 years, observations published', one, true)
const closed = line('1 station, 12 years, observations private', one, false)
for (const count of [10, 50, 200]) {
  const shared = { days: days(2 * 365), ledger: ledger(2 * 365 - 5) }
  const stations = Array.from({ length: count }, (_, i) => station({ ...shared, id: `station-${String(i)}` }))
  line(`${String(count)} stations, 2 years`, stations, false)
}
const slowest = Math.max(open.ms, closed.ms)
const largest = Math.max(open.page, closed.page)
console.log(
  `goal: ${slowest <= WANTED_MS && largest <= WANTED_BYTES ? 'met' : 'MISSED'} (${String(WANTED_MS)} ms and ${String(WANTED_BYTES / 1000)} KB for one station of 12 years, both languages and the feed)`,
)
