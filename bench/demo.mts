import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Bin, binPath, BINS, buildApps, isBin, ROOT } from '../scripts/built-apps.mts'
import { median, medianAndRange } from './median.mts'
import { peakMiB, timed } from './node-process.mts'
import { tableLines } from './table.mts'

// Time and memory of the three processes on one long history, and of every command's --help.

interface ImportSummary {
  stations: { lastDayKnownAt: string }[]
}

const HELP = `Usage: npx --yes pnpm@12.21.0 exec node bench/demo.mts [FILE]

Wall time and peak memory of import, training and inference on FILE (default
../shared/data/aqicn/beijing.csv), as three processes; then the start of every command.
`
const DATA = '../shared/data/aqicn/beijing.csv'
const RUNS = 7
const PAIRS = 15
const GOALS = { totalSeconds: 3, peakMiB: 250, helpRatio: 2.5 }

const { values, positionals } = parseArgs({
  options: { help: { type: 'boolean', default: false } },
  allowPositionals: true,
})
if (values.help) {
  process.stdout.write(HELP)
  process.exit(0)
}
const [given] = positionals
const file = given === undefined ? join(ROOT, DATA) : resolve(process.env['INIT_CWD'] ?? process.cwd(), given)

const STEPS = ['batch-feature-pipeline', 'training-pipeline', 'inference-pipeline'] as const

function command(bin: Bin, state: string, args: readonly string[]): string[] {
  const frame = [join(ROOT, 'config.yaml'), '--state', state, '--json', '--log-level', 'silent']
  return [binPath(bin), ...frame, ...args]
}

/** Runs `body` on a state directory of its own. */
function withState<T>(body: (state: string) => T): T {
  const state = mkdtempSync(join(tmpdir(), 'airq-bench-'))
  try {
    return body(state)
  } finally {
    rmSync(state, { recursive: true, force: true })
  }
}

const importArgs = ['--csv', file, '--as', 'beijing', '--download-zone', 'west']

/** The instant from which the last imported day is known: training and inference run as if at it. */
function instantAfterImport(): string {
  return withState((state) => {
    const { stdout } = timed(command('batch-feature-pipeline', state, importArgs))
    const summary = JSON.parse(stdout) as ImportSummary
    return summary.stations[0]?.lastDayKnownAt ?? ''
  })
}

/** One figure a step, from a fresh state. */
function pass(now: string, measure: (args: readonly string[]) => number): number[] {
  return withState((state) =>
    STEPS.map((bin) => {
      const args = bin === 'batch-feature-pipeline' ? importArgs : ['--now', now]
      return measure(command(bin, state, args))
    }),
  )
}

function measureProcesses(): void {
  if (!existsSync(file)) {
    console.log(`Three processes: skipped, there is no ${given ?? DATA}. Name one as argument.`)
    return
  }
  const now = instantAfterImport()
  const seconds = (args: readonly string[]) => timed(args).wallMs / 1000
  pass(now, seconds) // warms the file cache and Node's compile cache
  const times = Array.from({ length: RUNS }, () => pass(now, seconds))
  const peaks = Array.from({ length: RUNS }, () => pass(now, peakMiB))
  const totals = times.map((step) => step.reduce((sum, each) => sum + each, 0))
  const column = (table: readonly (readonly number[])[], i: number) =>
    table.map((row) => row[i] ?? Number.NaN)
  const rows = STEPS.map((bin, i) => [
    bin,
    medianAndRange(column(times, i), 2),
    medianAndRange(column(peaks, i), 0),
  ])
  console.log(`Three processes, median (least…most) of ${String(RUNS)} runs after a warm-up\n`)
  const head = ['process', 'wall s', 'peak MiB']
  console.log(tableLines(head, [...rows, ['total', medianAndRange(totals, 2), '']]).join('\n'))
  const largest = Math.max(...STEPS.map((_, i) => median(column(peaks, i))))
  console.log(`\n${goal(`total ≤ ${String(GOALS.totalSeconds)} s`, median(totals) <= GOALS.totalSeconds)}`)
  console.log(`${goal(`each ≤ ${String(GOALS.peakMiB)} MiB`, largest <= GOALS.peakMiB)}\n`)
}

function measureHelp(): void {
  const bins = Object.keys(BINS).filter(isBin)
  const measured = bins.map((bin) => {
    const bare: number[] = []
    const help: number[] = []
    timed([binPath(bin), '--help']) // warms up
    for (let pair = 0; pair < PAIRS; pair++) {
      bare.push(timed(['-e', '0']).wallMs)
      help.push(timed([binPath(bin), '--help']).wallMs)
    }
    return { bin, bare, help, ratio: median(help) / median(bare) }
  })
  const rows = measured.map(({ bin, bare, help, ratio }) => [
    bin,
    medianAndRange(help, 0),
    medianAndRange(bare, 0),
    ratio.toFixed(2),
  ])
  console.log(`Start, median (least…most) of ${String(PAIRS)} pairs\n`)
  console.log(tableLines(['command', '--help ms', 'node -e 0 ms', 'ratio'], rows).join('\n'))
  const met = measured.every(({ ratio }) => ratio <= GOALS.helpRatio)
  console.log(`\n${goal(`ratio ≤ ${String(GOALS.helpRatio)}`, met)}`)
}

function goal(what: string, met: boolean): string {
  return `Goal ${what}: ${met ? 'met' : 'MISSED'}`
}

buildApps()
measureProcesses()
measureHelp()
