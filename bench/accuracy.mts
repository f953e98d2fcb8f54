import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { buildApps, ROOT, runBin } from '../scripts/built-apps.mts'
import { tableLines } from './table.mts'

// Scores on real downloads of aqicn.org: the ridge beside persistence, on the last 365 test days of each file.

interface Scores {
  mae: number
  relMae: number
}
interface Series {
  name: string
  n: number
  firstDay: string
  lastDay: string
  models: Record<string, Scores>
}
interface Summary {
  ok: boolean
  error?: { message: string; hint?: string }
  series?: Series[]
}

const HELP = `Usage: npx --yes pnpm@12.21.0 exec node bench/accuracy.mts [--final] [FILES…]

Backtests the candidates of config.yaml on downloads from aqicn.org, by default on all files of
../shared/data/aqicn, and prints the errors of persistence and ridge on the last 365 test days of each.
--final adds the line for the record in bench/README.md.
`
const DATA = '../shared/data/aqicn'

const { values, positionals } = parseArgs({
  options: { final: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  allowPositionals: true,
})
if (values.help) {
  process.stdout.write(HELP)
  process.exit(0)
}

function filesOfData(): string[] {
  const folder = join(ROOT, DATA)
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith('.csv'))
    .toSorted()
    .map((name) => join(folder, name))
}

const from = process.env['INIT_CWD'] ?? process.cwd()
const files = positionals.length > 0 ? positionals.map((file) => resolve(from, file)) : filesOfData()
if (files.length === 0) {
  console.log(`Accuracy: skipped, there is no ${DATA}. Name files as arguments.`)
  process.exit(0)
}

async function backtest(): Promise<Series[]> {
  const args = [join(ROOT, 'config.yaml'), '--csv', ...files, '--json', '--log-level', 'silent']
  const { exitCode, stdout } = await runBin('backtest', args)
  const summary = JSON.parse(stdout) as Summary
  if (summary.ok && summary.series !== undefined) return summary.series
  console.error(`${summary.error?.message ?? 'backtest failed'}\n${summary.error?.hint ?? ''}`.trimEnd())
  process.exit(exitCode)
}

function scoresOf({ models }: Series): { persistence: Scores; ridge: Scores } {
  const { persistence, ridge } = models
  if (persistence !== undefined && ridge !== undefined) return { persistence, ridge }
  console.error('config.yaml has no ridge among training.candidates: nothing to compare')
  process.exit(2)
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
const rows = series.map((each) => {
  const { persistence, ridge } = scoresOf(each)
  const { name, n, firstDay, lastDay } = each
  const scores = [persistence.mae.toFixed(2), ridge.mae.toFixed(2), ridge.relMae.toFixed(3)]
  return [name, String(n), firstDay, lastDay, ...scores]
})
const head = ['city', 'n', 'first day', 'last day', 'persistence', 'ridge', 'relMae']
const mean = series.reduce((sum, each) => sum + scoresOf(each).ridge.relMae, 0) / series.length
console.log('Accuracy: MAE in index points, decision end-of-day, lead 1, information daily\n')
console.log(tableLines(head, rows).join('\n'))
console.log(`\nMean relMae over ${String(series.length)} files: ${mean.toFixed(3)}`)
if (values.final) {
  const today = new Date().toISOString().slice(0, 10)
  const beijing = series.find(({ name }) => name === 'beijing')
  const ofBeijing = beijing === undefined ? '–' : scoresOf(beijing).ridge.mae.toFixed(2)
  const cells = [today, commit(), String(series.length), mean.toFixed(3), ofBeijing]
  console.log(`For the record: | ${cells.join(' | ')} |`)
}
