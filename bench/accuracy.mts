import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildApps, ROOT, runBin } from '../scripts/built-apps.mts'
import { downloads, DOWNLOADS } from './downloads.mts'
import { mean } from './median.mts'
import { meanRelMaeOf, type Peers, readPeers } from './peers.mts'
import { tableLines } from './table.mts'

// Scores on real downloads of aqicn.org: the blends beside persistence, the ridge and what others reached.

interface Scores {
  mae: number
  relMae: number
  coverage90: number
  winkler90: number
  f1: Record<string, number | null>
  f1Interval: Record<string, [number, number] | null>
  slices: Record<string, { n: number; coverage90: number }>
}
interface Series {
  name: string
  n: number
  firstDay: string
  lastDay: string
  cpuSeconds: number
  models: Record<string, Scores>
}
interface Summary {
  ok: boolean
  error?: { message: string; hint?: string }
  series?: Series[]
}

const HELP = `Usage: npx --yes pnpm@12.21.0 exec node bench/accuracy.mts [--final] [FILES…]

Backtests persistence, ridge, blend and global-blend (which learns from all the files) on downloads from aqicn.org, by default on all files of
../shared/data/aqicn. The test days are the 365 before the last year, on which recipes are developed.
--final judges the last 365 days instead, shows what others reached on them (../shared/data/peers.csv),
and adds the line for the record in bench/README.md.
`
/** What is judged; the others stand beside it. */
const BEST = 'global-blend'
/** Fewer days above 100 say nothing of warnings. */
const LEAST_BAD_DAYS = 10

const { values, positionals } = parseArgs({
  options: { final: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  allowPositionals: true,
})
if (values.help) {
  process.stdout.write(HELP)
  process.exit(0)
}

const files = downloads(positionals)
if (files.length === 0) {
  console.log(`Accuracy: skipped, there is no ${DOWNLOADS}. Name files as arguments.`)
  process.exit(0)
}

async function backtest(): Promise<Series[]> {
  const args = [join(ROOT, 'config.yaml'), '--csv', ...files, '--models', 'ridge,blend,global-blend']
  const end = values.final ? [] : ['--test-end', '365']
  const { exitCode, stdout } = await runBin('backtest', [...args, ...end, '--json', '--log-level', 'silent'])
  const summary = JSON.parse(stdout) as Summary
  if (summary.ok && summary.series !== undefined) return summary.series
  console.error(`${summary.error?.message ?? 'backtest failed'}\n${summary.error?.hint ?? ''}`.trimEnd())
  process.exit(exitCode)
}

function scoresOf({ models }: Series, name: string): Scores {
  const scores = models[name]
  if (scores === undefined) throw new Error(`the backtest has no ${name}`)
  return scores
}

const share = (value: number | undefined) => value?.toFixed(3) ?? '–'

function rowOf(each: Series, peers: Peers | null): string[] {
  const [persistence, ridge, blend] = [
    scoresOf(each, 'persistence'),
    scoresOf(each, 'ridge'),
    scoresOf(each, 'blend'),
  ]
  const best = scoresOf(each, BEST)
  const others = peers?.get(each.name)
  return [
    each.name,
    String(each.n),
    each.lastDay,
    persistence.mae.toFixed(2),
    best.mae.toFixed(2),
    best.relMae.toFixed(3),
    blend.relMae.toFixed(3),
    ridge.relMae.toFixed(3),
    ...(peers === null ? [] : [share(others?.bestSingle), share(others?.bestBlend)]),
    best.coverage90.toFixed(3),
    best.winkler90.toFixed(1),
    each.cpuSeconds.toFixed(1),
  ]
}

function summaryLines(series: readonly Series[], peers: Peers | null): string[] {
  const of = (name: string) => series.map((each) => scoresOf(each, name))
  const relMae = (name: string) => mean(of(name).map((scores) => scores.relMae)).toFixed(4)
  const best = of(BEST)
  const coverages = best.map(({ coverage90 }) => coverage90)
  const bad = series.filter((each) => (scoresOf(each, BEST).slices['above']?.n ?? 0) >= LEAST_BAD_DAYS)
  const f1 = (name: string) => mean(bad.map((each) => scoresOf(each, name).f1['100'] ?? 0)).toFixed(3)
  const ends = bad.map((each): [number, number] => scoresOf(each, BEST).f1Interval['100'] ?? [0, 1])
  const held = bad.map((each) => scoresOf(each, BEST).slices['above']?.coverage90 ?? 0)
  const lines = [
    `Mean relMae of ${String(series.length)} files: ${BEST} ${relMae(BEST)}, blend ${relMae('blend')}, ridge ${relMae('ridge')}`,
    `90 % intervals of ${BEST}: mean Winkler score ${mean(best.map(({ winkler90 }) => winkler90)).toFixed(1)}, holding ${Math.min(...coverages).toFixed(3)} to ${Math.max(...coverages).toFixed(3)} by file; on days above 100, mean of ${String(bad.length)} files ${mean(held).toFixed(3)}`,
    `F1 of warnings of days above 100, mean of the ${String(bad.length)} files with ${String(LEAST_BAD_DAYS)} or more: ${BEST} ${f1(BEST)} (means of the ends of the files' 90 % intervals ${mean(ends.map(([low]) => low)).toFixed(2)} to ${mean(ends.map(([, high]) => high)).toFixed(2)}), persistence ${f1('persistence')}`,
    `CPU: mean ${mean(series.map(({ cpuSeconds }) => cpuSeconds)).toFixed(1)} s a file, warm-up year, all four recipes and baselines included`,
  ]
  if (peers === null) return lines
  const better = series.filter(
    (each) => scoresOf(each, BEST).relMae < (peers.get(each.name)?.bestSingle ?? 0),
  )
  return [
    ...lines,
    `Others, mean relMae of the same files: L1 boosting ${meanRelMaeOf(peers, 'bestSingle').toFixed(4)}, their best blend ${meanRelMaeOf(peers, 'bestBlend').toFixed(4)}; ${BEST} is better than L1 boosting on ${String(better.length)} files`,
  ]
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return '–'
  }
}

buildApps()
const series = await backtest()
const peers = values.final ? readPeers(join(ROOT, '../shared/data/peers.csv')) : null
const others = peers === null ? [] : ['L1 boosting', 'best blend']
const head = [
  'city',
  'n',
  'last day',
  'persistence',
  BEST,
  'relMae',
  'blend',
  'ridge',
  ...others,
  'in 90 %',
  'Winkler',
  'CPU s',
]
console.log(
  `Accuracy: MAE in index points, decision end-of-day, lead 1, information daily; ${values.final ? 'the last year' : 'the year before the last'}\n`,
)
console.log(
  tableLines(
    head,
    series.map((each) => rowOf(each, peers)),
  ).join('\n'),
)
console.log(`\n${summaryLines(series, peers).join('\n')}`)
if (values.final) {
  const today = new Date().toISOString().slice(0, 10)
  const relMae = mean(series.map((each) => scoresOf(each, BEST).relMae)).toFixed(4)
  const beijing = series.find(({ name }) => name === 'beijing')
  const ofBeijing = beijing === undefined ? '–' : scoresOf(beijing, BEST).mae.toFixed(2)
  console.log(
    `For the record: | ${[today, commit(), String(series.length), relMae, ofBeijing].join(' | ')} |`,
  )
}
