import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { report, type ReportQuestion, type StationFacts } from '../packages/report/src/index.ts'
import { days, ledger, question, station } from '../packages/report/test/support/sample.ts'
import { Browser, CHROMIUM } from '../packages/report/test/support/browser.ts'
import { median, medianAndRange } from './median.mts'

// The page and the feed: one station with twelve years of days and of forecasts, and many stations. Then that page in
// Chromium, from a file: its largest paint, what it asks for, what the browser complains of.

const YEARS = 12 * 365
const ROUNDS = 7
const WANTED_MS = 1000
const WANTED_BYTES = 300_000
const WANTED_PAINT_MS = 1000

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

/** Milliseconds from the navigation to the largest paint so far. */
const LARGEST_PAINT = `new Promise((resolve) =>
  new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime))
    .observe({ type: 'largest-contentful-paint', buffered: true }))`

async function paint(): Promise<void> {
  if (CHROMIUM === undefined) {
    console.log('largest paint: skipped, there is no Chromium')
    return
  }
  const folder = mkdtempSync(join(tmpdir(), 'airq-bench-report-'))
  try {
    for (const { path, content } of report(question({ stations: one, publishObservations: true })).files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), content)
    }
    const page = pathToFileURL(join(folder, 'index.html')).href
    await using browser = await Browser.start()
    for (const width of [390, 1280]) await paintOn(browser, page, width)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function paintOn(browser: Browser, page: string, width: number): Promise<void> {
  const paints: number[] = []
  let [requests, complaints] = [0, 0]
  for (let round = 0; round < ROUNDS; round++) {
    await browser.open(page, { width, height: 844, scheme: 'light' })
    paints.push(Number(await browser.evaluate(LARGEST_PAINT)))
    requests += browser.requests.filter((url) => url !== page && !url.startsWith('data:')).length
    complaints += browser.complaints.length
  }
  const met = median(paints) <= WANTED_PAINT_MS && requests === 0 && complaints === 0
  console.log(
    `${`12 years in Chromium, ${String(width)} px`.padEnd(44)} largest paint ${medianAndRange(paints, 0)} ms; ${String(requests)} other requests, ${String(complaints)} complaints; goal ${String(WANTED_PAINT_MS)} ms, 0 and 0: ${met ? 'met' : 'MISSED'}`,
  )
}

await paint()
