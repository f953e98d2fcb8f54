import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { binPath, buildApps } from '../scripts/built-apps.mts'
import { median, medianAndRange } from './median.mts'
import { timed } from './node-process.mts'
import { pythonWith } from './python-peers.mts'
import { tableLines } from './table.mts'

// How fast models are fitted: beside other libraries, by rows and features, on threads, and in one cold training.

const HELP = `Usage: npx --yes pnpm@12.21.0 exec node bench/speed.mts [--rounds 5] [--only fits,scaling,threads,training]

Fits of boosted trees beside ml-xgboost, ml-cart and ml-random-forest, and beside LightGBM and
scikit-learn (PyPI; skipped where they cannot be installed). Seconds are of the processor, on one
thread, so that other work on the machine counts little; only threads and training are wall time.
`
const PEERS = ['lightgbm==4.7.0', 'scikit-learn==1.9.1']
const SHAPE = { rows: 3000, columns: 40, trees: 200 }
const GOALS = { fitSeconds: 0.6, besideLightgbm: 2, twoCores: 1.8 }
const PARTS = ['fits', 'scaling', 'threads', 'training'] as const

interface Fit {
  /** Processor seconds: the best of several fits in one process, the first of them, and a forecast of all rows. */
  readonly fit: number
  readonly first: number
  readonly predict: number
}

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: PARTS.join(',') },
  },
})
const rounds = Number(values.rounds)

function verdict(name: string, figure: string, isMet: boolean): void {
  console.log(`${name}: ${figure}, ${isMet ? 'met' : 'MISSED'}`)
}

function lastLine(stdout: string): unknown {
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
}

const CONDITION = '--conditions=@airq/source'

function fitInNode(learner: string, shape: Partial<typeof SHAPE> = {}, repeats = 3): Fit {
  const script = join(import.meta.dirname, 'speed-fit.mts')
  const numbers = Object.entries({ ...SHAPE, ...shape, repeats }).flatMap(([name, value]) => [
    `--${name}`,
    String(value),
  ])
  return lastLine(timed([CONDITION, script, '--learner', learner, ...numbers]).stdout) as Fit
}

function fitInPython(python: string, learner: string): Fit {
  const script = join(import.meta.dirname, 'speed_peers.py')
  const args = [script, learner, ...[SHAPE.rows, SHAPE.columns, SHAPE.trees, 3].map(String)]
  const child = spawnSync(python, args, { encoding: 'utf8', env: { ...process.env, OMP_NUM_THREADS: '1' } })
  if (child.status !== 0) throw new Error(`python ${args.join(' ')} failed:\n${child.stderr}`)
  return lastLine(child.stdout) as Fit
}

/** Rounds of all learners in turn, so that each has the same neighbours. */
function measureFits(folder: string): void {
  const python = pythonWith(PEERS, folder, 'LightGBM and scikit-learn')
  const learners: Readonly<Record<string, () => Fit>> = {
    '@airq/model boosting': () => fitInNode('airq'),
    'ml-xgboost, depth 5': () => fitInNode('xgboost', {}, 1),
    ...(python === undefined
      ? {}
      : {
          'LightGBM, 32 leaves': () => fitInPython(python, 'lightgbm'),
          'scikit-learn HistGradientBoosting': () => fitInPython(python, 'sklearn'),
        }),
  }
  const runs = new Map<string, Fit[]>(Object.keys(learners).map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const [name, fit] of Object.entries(learners)) runs.get(name)?.push(fit())
  }
  const rows = Array.from(runs, ([name, fits]) => [
    name,
    medianAndRange(
      fits.map(({ fit }) => fit),
      2,
    ),
    median(fits.map(({ first }) => first)).toFixed(2),
    median(fits.map(({ predict }) => predict * 1000)).toFixed(0),
  ])
  for (const [name, learner, trees] of [
    ['ml-cart, one tree of depth 5', 'cart', 1],
    ['ml-random-forest, two trees', 'forest', 2],
  ] as const) {
    const { fit, predict } = fitInNode(learner, { trees }, 1)
    rows.push([name, fit.toFixed(2), fit.toFixed(2), (predict * 1000).toFixed(0)])
  }
  const { rows: n, columns, trees } = SHAPE
  console.log(`Fits of ${String(n)} × ${String(columns)}, ${String(trees)} trees; processor, one thread\n`)
  console.log(`${tableLines(['learner', 'fit s', 'first fit s', 'predict ms'], rows).join('\n')}\n`)
  const of = (name: string) => (runs.get(name) ?? []).map(({ fit }) => fit)
  const ours = of('@airq/model boosting')
  verdict(
    `Goal at most ${String(GOALS.fitSeconds)} s`,
    median(ours).toFixed(2),
    median(ours) <= GOALS.fitSeconds,
  )
  const theirs = of('LightGBM, 32 leaves')
  if (theirs.length === 0) return
  const ratio = median(ours.map((seconds, round) => seconds / (theirs[round] ?? Number.NaN)))
  verdict(
    `Goal at most ${String(GOALS.besideLightgbm)} × LightGBM, median of the rounds' ratios`,
    ratio.toFixed(2),
    ratio <= GOALS.besideLightgbm,
  )
}

function measureScaling(): void {
  const scale = (of: 'rows' | 'columns', sizes: readonly number[]) => {
    const fits = sizes.map((size) => fitInNode('airq', { [of]: size }).fit)
    return sizes.map((size, i) => {
      const fit = fits[i] ?? Number.NaN
      return [`${String(size)} ${of}`, fit.toFixed(2), ((fit / size) * 1e6).toFixed(0)]
    })
  }
  const lines = [...scale('rows', [1000, 3000, 10_000, 30_000]), ...scale('columns', [10, 40, 160])]
  console.log('\nThe same fit by rows (40 columns) and by columns (3000 rows)\n')
  console.log(tableLines(['size', 'fit s', 'µs a row or column'], lines).join('\n'))
}

interface Threaded {
  readonly wall: number
  readonly cpu: number
}

const execute = promisify(execFile)

async function backtestOn(stations: number, threads: number): Promise<Threaded> {
  const script = join(import.meta.dirname, 'speed-threads.mts')
  const args = [CONDITION, script, String(stations), String(threads)]
  return lastLine((await execute(process.execPath, args)).stdout) as Threaded
}

/** Seconds of four stations on one thread, on two, and on two processes of one thread and two stations each. */
async function measurePair(): Promise<readonly [one: number, two: number, processes: number]> {
  const one = await backtestOn(4, 1)
  const two = await backtestOn(4, 2)
  const halves = await Promise.all([backtestOn(2, 1), backtestOn(2, 1)])
  return [one.wall, two.wall, Math.max(...halves.map(({ wall }) => wall))]
}

async function measureThreads(): Promise<void> {
  const runs: (readonly [number, number, number])[] = []
  for (let round = 0; round < rounds; round++) runs.push(await measurePair())
  const seconds = (k: 0 | 1 | 2) =>
    medianAndRange(
      runs.map((run) => run[k]),
      1,
    )
  const ratio = median(runs.map(([one, two]) => one / two))
  const ceiling = median(runs.map(([one, , processes]) => one / processes))
  console.log('\nBacktest of the blend: four made-up stations, six years each, the last of them forecast\n')
  console.log(`1 thread ${seconds(0)} s, 2 threads ${seconds(1)} s, 2 processes side by side ${seconds(2)} s`)
  console.log(
    `Two processes, which share nothing, are ${ceiling.toFixed(2)} times as fast: what the machine has to give`,
  )
  verdict(
    `Goal at least ${String(GOALS.twoCores)} times as fast on two cores`,
    ratio.toFixed(2),
    ratio >= GOALS.twoCores,
  )
  const lines: string[][] = []
  for (const stations of [1, 2, 4, 8]) {
    const { wall, cpu } = await backtestOn(stations, 2)
    lines.push([String(stations), wall.toFixed(1), (cpu / stations).toFixed(2)])
  }
  console.log(`\n${tableLines(['stations', 'wall s, 2 threads', 'CPU s a station'], lines).join('\n')}`)
}

const CONFIG = `
stations:
  - id: made-up
    name: Made Up
    timeZone: Asia/Shanghai
    source: { kind: simulator, seed: 1, years: 12 }
`

function measureTraining(folder: string): void {
  buildApps()
  const config = join(folder, 'config.yaml')
  writeFileSync(config, CONFIG)
  const frame = (run: number) => [config, '--state', join(folder, `state-${String(run)}`), '--json']
  const walls = Array.from({ length: rounds }, (_, run) => {
    timed([binPath('batch-feature-pipeline'), ...frame(run)])
    return timed([binPath('training-pipeline'), ...frame(run)]).wallMs / 1000
  })
  console.log(`\nOne cold training process on twelve simulated years: ${medianAndRange(walls, 2)} s`)
}

async function measure(folder: string): Promise<void> {
  const wanted = values.only.split(',')
  if (wanted.includes('fits')) measureFits(folder)
  if (wanted.includes('scaling')) measureScaling()
  if (wanted.includes('threads')) await measureThreads()
  if (wanted.includes('training')) measureTraining(folder)
}

if (values.help) process.stdout.write(HELP)
else {
  const folder = mkdtempSync(join(tmpdir(), 'airq-bench-'))
  try {
    await measure(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
