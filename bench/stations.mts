import { fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildPackages } from '../scripts/built-packages.mts'
import { median, medianAndRange } from './median.mts'
import { tableLines } from './table.mts'

// 10,000 stations pulled from one server on loopback: our WAQI client beside aiowaqi, in turn.

const HELP = `Usage: npx --yes pnpm@12.21.0 exec node bench/stations.mts [--stations 10000] [--parallel 50] [--pairs 5]

Wall time and peak memory of a process that pulls stations from a fake WAQI on loopback, so many at
a time: our client and aiowaqi (PyPI) in turn. Needs Python 3.11 with venv, and PyPI.
`
const AIOWAQI = 'aiowaqi==3.1.0'
const GOAL = 3
const TOKEN = 'bench-token'
const FIRST_STATION = 100_000

interface Pull {
  readonly seconds: number
  readonly peakMiB: number
}

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    stations: { type: 'string', default: '10000' },
    parallel: { type: 'string', default: '50' },
    pairs: { type: 'string', default: '5' },
  },
})

/** The Python of a fresh environment with aiowaqi in `folder`; undefined, with a line why, where that can't be had. */
function pythonWithAiowaqi(folder: string): string | undefined {
  const python = join(folder, 'venv', 'bin', 'python')
  const steps: readonly (readonly [string, readonly string[]])[] = [
    ['python3', ['-m', 'venv', join(folder, 'venv')]],
    [python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', AIOWAQI]],
  ]
  for (const [command, args] of steps) {
    const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
    if (status === 0) continue
    const why = (error?.message ?? stderr).trim().split('\n').at(-1) ?? ''
    console.log(`aiowaqi: skipped, ${AIOWAQI} cannot be installed (${why}).\n`)
    return undefined
  }
  return python
}

/** One process that pulls all stations, from before its start to after its end. */
function pull(command: string, script: string, baseUrl: string): Pull {
  const args = [baseUrl, TOKEN, values.stations, String(FIRST_STATION), values.parallel]
  const started = performance.now()
  const child = spawnSync(command, [join(import.meta.dirname, script), ...args], { encoding: 'utf8' })
  const seconds = (performance.now() - started) / 1000
  if (child.status !== 0) throw new Error(`${script} ended with ${String(child.status)}:\n${child.stderr}`)
  const { pulled, peakMiB } = JSON.parse(child.stdout) as { pulled: number; peakMiB: number }
  if (pulled !== Number(values.stations)) throw new Error(`${script} pulled ${String(pulled)} stations`)
  return { seconds, peakMiB }
}

function row(name: string, pulls: readonly Pull[]): string[] {
  const seconds = pulls.map((each) => each.seconds)
  const perSecond = Number(values.stations) / median(seconds)
  const peaks = pulls.map((each) => each.peakMiB)
  return [name, medianAndRange(seconds, 2), perSecond.toFixed(0), medianAndRange(peaks, 0)]
}

async function measure(folder: string): Promise<void> {
  const python = pythonWithAiowaqi(folder)
  const server = fork(join(import.meta.dirname, 'stations-server.mts'), [
    values.stations,
    String(FIRST_STATION),
    TOKEN,
  ])
  try {
    const [baseUrl] = (await once(server, 'message')) as [string]
    const ours = () => pull(process.execPath, 'stations-client.mts', baseUrl)
    const theirs = () => (python === undefined ? [] : [pull(python, 'stations_aiowaqi.py', baseUrl)])
    ours()
    theirs() // both warm up
    const pairs = Array.from({ length: Number(values.pairs) }, () => ({ ours: ours(), theirs: theirs() }))
    report(
      pairs.map((pair) => pair.ours),
      pairs.flatMap((pair) => pair.theirs),
    )
  } finally {
    server.disconnect()
  }
}

function report(ours: readonly Pull[], theirs: readonly Pull[]): void {
  console.log(
    `${values.stations} stations, ${values.parallel} at a time, median (least…most) of ${values.pairs} runs in turn after a warm-up\n`,
  )
  const rows = [row('@airq/aqi-client', ours), ...(theirs.length > 0 ? [row(AIOWAQI, theirs)] : [])]
  console.log(tableLines(['client', 'wall s', 'stations/s', 'peak MiB'], rows).join('\n'))
  if (theirs.length === 0) return
  const ratio = median(theirs.map(({ seconds }) => seconds)) / median(ours.map(({ seconds }) => seconds))
  const isMet = ratio >= GOAL
  console.log(`\naiowaqi's wall time is ${ratio.toFixed(2)} times ours.`)
  console.log(`Goal at least ${String(GOAL)}: ${isMet ? 'met' : 'MISSED'}`)
}

if (values.help) process.stdout.write(HELP)
else {
  buildPackages()
  const folder = mkdtempSync(join(tmpdir(), 'airq-bench-'))
  try {
    await measure(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
