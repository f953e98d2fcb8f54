import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { ROOT } from '../scripts/built-apps.mts'
import { buildPackages } from '../scripts/built-packages.mts'
import { median, medianAndRange } from './median.mts'
import { timed } from './node-process.mts'
import { tableLines } from './table.mts'

// How fast aqi-client starts, reads answers of WAQI, and reads a download.

const HELP = `Usage: npx --yes pnpm@12.21.0 exec node bench/aqi-client.mts

Cold import of each entry, 10,000 answers of WAQI parsed and validated, and twelve years of a
download (../shared/data/aqicn/beijing.csv, else a simulated one) parsed and aligned.
`
const DATA = '../shared/data/aqicn/beijing.csv'
const ENTRIES = ['index', 'simulator', 'open-meteo', 'waqi', 'testing']
const PAIRS = 15
const ROUNDS = 9
const ANSWERS = 10_000
const HOUR = 3_600_000

const { values } = parseArgs({ options: { help: { type: 'boolean', default: false } } })
if (values.help) {
  process.stdout.write(HELP)
  process.exit(0)
}

function measureImports(): void {
  const rows = ENTRIES.map((entry) => {
    const url = pathToFileURL(join(ROOT, 'packages/aqi-client/dist', `${entry}.js`)).href
    const importing = ['--input-type=module', '--eval', `import ${JSON.stringify(url)}`]
    const bare: number[] = []
    const cold: number[] = []
    timed(importing) // fills the file cache
    for (let pair = 0; pair < PAIRS; pair++) {
      bare.push(timed(['-e', '0']).wallMs)
      cold.push(timed(importing).wallMs)
    }
    const ratio = median(cold) / median(bare)
    return [entry, medianAndRange(cold, 0), medianAndRange(bare, 0), ratio.toFixed(2)]
  })
  console.log(`Cold import, median (least…most) of ${String(PAIRS)} pairs of processes\n`)
  console.log(tableLines(['entry', 'import ms', 'node -e 0 ms', 'ratio'], rows).join('\n'))
}

/** Milliseconds of each round; the first is cold. */
function rounds(body: () => void): number[] {
  return Array.from({ length: ROUNDS }, () => {
    const started = performance.now()
    body()
    return performance.now() - started
  })
}

function timesRow(name: string, times: readonly number[], amount: string): string[] {
  const [first = Number.NaN, ...rest] = times
  return [name, amount, first.toFixed(0), medianAndRange(rest, 0)]
}

/** Answers of the fake's agencies and sensors, hour by hour: all different. */
async function answers(): Promise<{ text: string; now: number }[]> {
  const { createFakeWorld, defaultStations, feedBody } = await import('@airq/aqi-client/testing')
  const stations = defaultStations(1)
  const world = createFakeWorld(stations)
  const start = Date.parse('2026-01-05T18:00:00Z')
  return Array.from({ length: ANSWERS }, (_, i) => {
    const now = start + Math.floor(i / stations.length) * HOUR
    const station = stations[i % stations.length]
    if (station === undefined) throw new Error('the fake has no stations')
    return { text: JSON.stringify(feedBody(world, station, now)), now }
  })
}

async function measureAnswers(): Promise<string[][]> {
  const { observationSchema, parseFeed } = await import('@airq/aqi-client/waqi')
  const all = await answers()
  const bytes = all.reduce((sum, { text }) => sum + text.length, 0)
  const amount = `${String(ANSWERS)} answers, ${(bytes / 1e6).toFixed(1)} MB`
  const read = rounds(() => {
    for (const { text, now } of all) parseFeed(JSON.parse(text), { fetchedAt: now })
  })
  const checked = rounds(() => {
    for (const { text, now } of all) {
      observationSchema.parse(parseFeed(JSON.parse(text), { fetchedAt: now }))
    }
  })
  return [
    timesRow('JSON.parse and parseFeed', read, amount),
    timesRow('… and observationSchema.parse', checked, amount),
  ]
}

async function measureDownload(): Promise<string[]> {
  const { alignHistory, localDay, parseHistoricalCsv } = await import('@airq/aqi-client')
  const { exportHistoricalCsv, simulateWorld } = await import('@airq/aqi-client/simulator')
  const timeZone = 'Asia/Shanghai'
  const span = { firstDay: localDay('2014-01-01'), lastDay: localDay('2025-12-31') }
  const file = join(ROOT, DATA)
  const isReal = existsSync(file)
  const text = isReal
    ? readFileSync(file, 'utf8')
    : exportHistoricalCsv(simulateWorld({ seed: 1, timeZone, ...span }), { downloadZone: 'west' })
  let days = 0
  const times = rounds(() => {
    days = alignHistory(parseHistoricalCsv(text), { timeZone, downloadZone: 'west' }).days.length
  })
  const name = `parse and align ${isReal ? 'beijing.csv' : 'a simulated download'}`
  return timesRow(name, times, `${String(days)} days, ${(text.length / 1e6).toFixed(2)} MB`)
}

buildPackages()
measureImports()
const rows = [...(await measureAnswers()), await measureDownload()]
console.log(`\nIn one process: the first round, then median (least…most) of ${String(ROUNDS - 1)} more\n`)
console.log(tableLines(['what', 'amount', 'first ms', 'ms'], rows).join('\n'))
console.log('\nPeak memory of a process that reads 200 MB\n')
console.log(timed([join(import.meta.dirname, 'csv-memory.mts')]).stdout.trimEnd())
