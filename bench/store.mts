import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { ROOT } from '../scripts/built-apps.mts'
import { buildPackages } from '../scripts/built-packages.mts'
import { median, medianAndRange } from './median.mts'
import { timed } from './node-process.mts'
import { pythonWith } from './python-peers.mts'
import { daily, narrow, stationName, TEN_YEARS } from './store-rows.mts'
import { tableLines } from './table.mts'

// The embedded store: a cold read, writes, growth to 10,000 stations, and what else one might take.

const HELP = `Usage: npx --yes pnpm@12.21.0 exec node bench/store.mts [--stations 1000,10000] [--pairs 15] [--folder DIR]

Time, size and memory of the embedded store with ten years of so many stations, beside DuckDB and
Parquet (PyPI; skipped where they cannot be installed). 10,000 stations need 5 GB and some minutes.
`
const PEERS = ['duckdb==2.0.1', 'pyarrow==26.0.1']
const GOALS = { coldRatio: 1.3, upserts: 200_000, flat: 1.3 }
const MB = 1_000_000

interface Step {
  readonly rows: number
  readonly seconds: number
  /** Of the processor: the same whatever else runs on the machine. */
  readonly cpuSeconds: number
  readonly peakMiB: number
}

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    stations: { type: 'string', default: '1000,10000' },
    pairs: { type: 'string', default: '15' },
    folder: { type: 'string', default: tmpdir() },
  },
})
const pairs = Number(values.pairs)

function entryUrl(file: string): string {
  return JSON.stringify(pathToFileURL(join(ROOT, 'packages/feature-store/dist', file)).href)
}

/** Opens the store with the built package and reads ten years of one station. */
const READER = `
import { openSqliteStore } from ${entryUrl('sqlite.js')}
const [path, station, days, definition, columns] = process.argv.slice(1)
const query = { keys: { station }, ...(columns === undefined ? {} : { columns: columns.split(',') }) }
const store = await openSqliteStore({ path, clock: Date, readOnly: true })
let rows = 0
for await (const batch of store.read(JSON.parse(definition), query)) rows += batch.length
await store.close()
if (rows !== Number(days)) throw new Error('found ' + rows + ' rows')
`

/** As many columns as a forecast needs at least, and as `aqi_daily` has. */
type ColumnCount = 5 | 17

function worker(step: string, path: string, stations: number, columns: ColumnCount): Step {
  const script = join(import.meta.dirname, 'store-worker.mts')
  return JSON.parse(timed([script, step, path, String(stations), String(columns)]).stdout) as Step
}

/** Of the processor, for a row. */
function microseconds({ rows, cpuSeconds }: Step): number {
  return (cpuSeconds * 1e6) / rows
}

function verdict(name: string, figure: string, isMet: boolean): void {
  console.log(`${name}: ${figure}, ${isMet ? 'met' : 'MISSED'}`)
}

/** Rows a second of one upsert call, which is one transaction. */
function measureUpserts(folder: string): void {
  console.log(`One transaction of 100 stations, ${String(100 * TEN_YEARS)} rows, 5 runs in new files\n`)
  const lines = ([5, 17] as const).map((columns) => {
    const name = `${String(columns)} columns`
    const steps = Array.from({ length: 5 }, (_, run) =>
      worker('one-transaction', join(folder, `${name} ${String(run)}.db`), 100, columns),
    )
    const perSecond = steps.map(({ rows, seconds }) => rows / seconds)
    const perCpuSecond = steps.map(({ rows, cpuSeconds }) => rows / cpuSeconds)
    return { name, perSecond, perCpuSecond, peak: median(steps.map(({ peakMiB }) => peakMiB)) }
  })
  const cells = lines.map(({ name, perSecond, perCpuSecond, peak }) => [
    name,
    medianAndRange(perSecond, 0),
    medianAndRange(perCpuSecond, 0),
    peak.toFixed(0),
  ])
  console.log(`${tableLines(['group', 'rows/s', 'rows/s of processor', 'peak MiB'], cells).join('\n')}\n`)
  for (const { name, perSecond } of lines) {
    const rate = median(perSecond)
    verdict(`Goal at least ${String(GOALS.upserts)} rows/s, ${name}`, rate.toFixed(0), rate >= GOALS.upserts)
  }
}

interface Scale {
  readonly stations: number
  readonly columns: ColumnCount
  readonly path: string
  readonly fill: Step
  readonly scan: Step
  readonly nextDay: Step
  readonly bytes: number
}

function measureScale(folder: string, stations: number, columns: ColumnCount): Scale {
  const path = join(folder, `${String(stations)} ${String(columns)}.db`)
  const run = (step: string): Step => worker(step, path, stations, columns)
  const fill = run('fill')
  const bytes = statSync(path).size
  return { stations, columns, path, fill, bytes, scan: run('scan'), nextDay: run('next-day') }
}

function reportScale(scales: readonly Scale[]): void {
  const head = [
    'stations',
    'columns',
    'rows',
    'fill s',
    'fill µs/row',
    'scan µs/row',
    'next day µs/row',
    'MB',
    'bytes/row',
    'fill MiB',
    'scan MiB',
  ]
  const rows = scales.map(({ stations, columns, fill, scan, nextDay, bytes }) => [
    String(stations),
    String(columns),
    String(fill.rows),
    fill.seconds.toFixed(0),
    ...[fill, scan, nextDay].map((step) => microseconds(step).toFixed(2)),
    (bytes / MB).toFixed(0),
    (bytes / fill.rows).toFixed(1),
    fill.peakMiB.toFixed(0),
    scan.peakMiB.toFixed(0),
  ])
  console.log(
    `\nTen years of each station, station by station; µs of the processor\n\n${tableLines(head, rows).join('\n')}\n`,
  )
  const alike = scales.filter(({ columns }) => columns === 5)
  const [small, large] = [alike[0], alike.at(-1)]
  if (small === undefined || large === undefined || small === large) return
  const ratios = {
    'filling a row': microseconds(large.fill) / microseconds(small.fill),
    'scanning a row': microseconds(large.scan) / microseconds(small.scan),
    'a row of the next day': microseconds(large.nextDay) / microseconds(small.nextDay),
    'bytes of a row': large.bytes / large.fill.rows / (small.bytes / small.fill.rows),
    'memory of a scan': large.scan.peakMiB / small.scan.peakMiB,
  }
  for (const [name, ratio] of Object.entries(ratios)) {
    verdict(`Goal flat within ${String(GOALS.flat)}, ${name}`, ratio.toFixed(2), ratio <= GOALS.flat)
  }
}

/** Wall milliseconds of cold processes in turn, after one each to warm up. */
function inTurn(commands: readonly (() => number)[]): number[][] {
  for (const command of commands) command()
  const rounds = Array.from({ length: pairs }, () => commands.map((command) => command()))
  return commands.map((_, index) => rounds.map((round) => round[index] ?? Number.NaN))
}

function measureCold({ path, stations, columns }: Scale): void {
  const station = stationName(Math.floor(stations / 2))
  const plus = String(TEN_YEARS + 1)
  const args = [
    '--input-type=module',
    '--eval',
    READER,
    path,
    station,
    plus,
    JSON.stringify(columns === 5 ? narrow : daily),
  ]
  const [all = [], two = [], bare = []] = inTurn([
    () => timed(args).wallMs,
    () => timed([...args, 'day_start,aqi']).wallMs,
    () => timed(['-e', '0']).wallMs,
  ])
  console.log(
    `\nCold: ${plus} rows of one of ${String(stations)} stations, node -e 0 in ${medianAndRange(bare, 0)} ms`,
  )
  for (const [name, ours] of Object.entries({
    [`${String(columns)} columns`]: all,
    '2 columns of them': two,
  })) {
    const ratio = median(ours) / median(bare)
    console.log(`${name}: ${medianAndRange(ours, 0)} ms`)
    verdict(`Goal at most ${String(GOALS.coldRatio)}`, ratio.toFixed(2), ratio <= GOALS.coldRatio)
  }
}

function measurePeers(folder: string, { stations, fill, bytes }: Scale): void {
  const python = pythonWith(PEERS, folder, 'DuckDB and Parquet')
  if (python === undefined) return
  const run = (...args: string[]): { wallMs: number; stdout: string } => {
    const started = performance.now()
    const child = spawnSync(python, args, { encoding: 'utf8' })
    if (child.status !== 0) throw new Error(`python ${args.join(' ')} failed:\n${child.stderr}`)
    return { wallMs: performance.now() - started, stdout: child.stdout }
  }
  const script = join(import.meta.dirname, 'store_peers.py')
  const seconds = JSON.parse(run(script, 'fill', folder, String(stations)).stdout) as Record<string, number>
  const station = stationName(Math.floor(stations / 2))
  const kinds = ['read-duckdb', 'read-duckdb-parquet', 'read-pyarrow']
  const [bare = [], ...reads] = inTurn([
    () => run('-c', '0').wallMs,
    ...kinds.map((kind) => () => run(script, kind, folder, station).wallMs),
  ])
  const size = (file: string): string => (statSync(join(folder, file)).size / MB).toFixed(0)
  const rate = (took: number | undefined): string => (fill.rows / (took ?? Number.NaN)).toFixed(0)
  const ms = (index: number): string => medianAndRange(reads[index] ?? [], 0)
  const rows = [
    ['@airq/feature-store', rate(fill.seconds), (bytes / MB).toFixed(0), 'above'],
    ['DuckDB, its own file', rate(seconds['duckdb, upserts']), size('daily.duckdb'), ms(0)],
    [
      'DuckDB on Parquet',
      `${rate(seconds['parquet, all at once'])} (all at once)`,
      size('daily.parquet'),
      ms(1),
    ],
    ['pyarrow on Parquet', 'the same file', size('daily.parquet'), ms(2)],
  ]
  console.log(
    `\n${PEERS.join(', ')}; ${String(stations)} stations; python -c 0 takes ${medianAndRange(bare, 0)} ms\n`,
  )
  console.log(tableLines(['store', 'rows/s written', 'MB', 'one station, cold, ms'], rows).join('\n'))
}

function measure(folder: string): void {
  measureUpserts(folder)
  const counts = values.stations.split(',').map(Number)
  const scales = counts.map((stations) => measureScale(folder, stations, 5))
  const full = measureScale(folder, counts[0] ?? 0, 17)
  reportScale([...scales, full])
  for (const scale of [...scales, full]) measureCold(scale)
  measurePeers(folder, full)
}

if (values.help) process.stdout.write(HELP)
else {
  buildPackages()
  const folder = mkdtempSync(join(values.folder, 'airq-bench-'))
  try {
    measure(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
