import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { alignHistory, parseHistoricalCsv } from '@airq/aqi-client'
import { trainingSet } from '../packages/feature-groups/src/index.ts'
import {
  backtest,
  type Backtest,
  defaultRecipe,
  dieboldMariano,
  firstRows,
  issuedBy,
  type TrainingMatrix,
} from '@airq/model'
import { planBacktest } from '../packages/model/src/backtest.ts'
import { ROOT } from '../scripts/built-apps.mts'
import { downloads, DOWNLOADS } from './downloads.mts'
import { mean, median } from './median.mts'
import { pythonWith } from './python-peers.mts'
import { tableLines } from './table.mts'

// What Python's libraries reach on the same rows, with the same refits, in the same run.

const HELP = `Usage: node --conditions=@airq/source bench/accuracy-peers.mts [--final] [FILES…]

Scores scikit-learn's and XGBoost's regressors, their blend, and statsforecast's models of the bare series beside ours
on downloads from aqicn.org, by default on
all files of ../shared/data/aqicn: the same rows, monthly refits and test days, by default the 365 before the last
year. Skipped where the packages cannot be installed (PyPI).
`
const PEERS = ['numpy', 'scikit-learn==1.9.1', 'xgboost', 'statsforecast']
const OURS = ['persistence', 'ridge', 'boosting', 'blend', 'global-blend'] as const
/** Members of the peers' blend, debiased by half of the last 90 days' median log error. */
const BLENDED = ['ridge', 'hist gradient boosting, L1', 'extra trees']
const DEBIAS = { share: 0.5, days: 90 }
const TEST_DAYS = 365
const RULE = { decision: 'end-of-day', timeZone: 'UTC' } as const

const { values: options, positionals } = parseArgs({
  options: { final: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  allowPositionals: true,
})
if (options.help) {
  process.stdout.write(HELP)
  process.exit(0)
}
const files = downloads(positionals)
if (files.length === 0) {
  console.log(`Accuracy of peers: skipped, there is no ${DOWNLOADS}. Name files as arguments.`)
  process.exit(0)
}

function matrixOf(file: string): TrainingMatrix {
  const { days } = alignHistory(parseHistoricalCsv(readFileSync(file, 'utf8')), {
    timeZone: RULE.timeZone,
    scale: 'us-epa-2015',
    downloadZone: 'auto',
    presume: true,
    now: Date.now(),
  })
  const whole = trainingSet(days, RULE)
  const last = (whole.targetDays.at(-1) ?? 0) - (options.final ? 0 : TEST_DAYS)
  return firstRows(whole, whole.targetDays.findLastIndex((day) => day <= last) + 1)
}

interface Peer {
  readonly logs: readonly number[]
  readonly cpu: number
}

/** What each peer says of the rows of a plan, in order. */
function peersOn(python: string, folder: string, matrix: TrainingMatrix): Record<string, Peer> {
  const { segments } = planBacktest(matrix, { testDays: TEST_DAYS })
  const known = (start: number) =>
    matrix.outcomeKnownAt.findIndex((at) => at > (matrix.decidedAt[start] ?? Number.NaN))
  const facts = {
    columns: matrix.columns.length,
    targetDays: Array.from(matrix.targetDays),
    segments: segments.map(({ start, end }) => ({ start, end, known: known(start) })),
  }
  writeFileSync(join(folder, 'rows.json'), JSON.stringify(facts))
  writeFileSync(join(folder, 'values.f64'), bytesOf(matrix.values))
  writeFileSync(join(folder, 'outcomes.f64'), bytesOf(matrix.outcomes))
  const script = join(ROOT, 'bench/accuracy_peers.py')
  const said = execFileSync(python, ['-W', 'ignore', script, folder], { encoding: 'utf8', maxBuffer: 1e8 })
  return JSON.parse(said) as Record<string, Peer>
}

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

/** The mean of the logs of the blended, moved by a share of its lately known errors. */
function blended(peers: Readonly<Record<string, Peer>>, { actual, decidedAt, outcomeKnownAt }: Backtest) {
  const logs = actual.map(
    (_, row) =>
      BLENDED.reduce((sum, name) => sum + (peers[name]?.logs[row] ?? Number.NaN), 0) / BLENDED.length,
  )
  const errors = actual.map((outcome, row) => Math.log1p(outcome) - (logs[row] ?? Number.NaN))
  return logs.map((log, row) => {
    const known = errors.filter(
      (_, i) => i < row && (outcomeKnownAt[i] ?? Infinity) <= (decidedAt[row] ?? Number.NaN),
    )
    return log + (known.length === 0 ? 0 : DEBIAS.share * median(known.slice(-DEBIAS.days)))
  })
}

/** Absolute errors of the test rows, by who made them. */
async function errorsOn(python: string, folder: string, matrix: TrainingMatrix) {
  const result = await backtest(matrix, OURS.map(defaultRecipe), { testDays: TEST_DAYS, seed: 1 })
  const peers = peersOn(python, folder, matrix)
  const test = result.actual.slice(result.testFrom)
  const absolute = (points: readonly number[]) =>
    points.map((point, i) => Math.abs(point - (test[i] ?? Number.NaN)))
  const ofLogs = (logs: readonly number[]) => absolute(logs.slice(result.testFrom).map(Math.expm1))
  const ours = OURS.map((id, index) => {
    const issued = issuedBy(result, index, { coverage: 0.9, classBounds: [], debias: id !== 'persistence' })
    return [id, absolute(issued.map((given) => given?.point ?? Number.NaN))] as const
  })
  const theirs = Object.entries(peers).map(([name, { logs }]) => [`Python: ${name}`, ofLogs(logs)] as const)
  return new Map([...ours, ...theirs, ['Python: blend', ofLogs(blended(peers, result))] as const])
}

const zeros = (errors: readonly number[]) => errors.map(() => 0)

const folder = mkdtempSync(join(tmpdir(), 'airq-peers-'))
try {
  const python = pythonWith(PEERS, folder, 'Accuracy of peers')
  if (python === undefined) process.exit(0)
  const series = files.map(matrixOf)
  const cities: { readonly name: string; readonly errors: ReadonlyMap<string, readonly number[]> }[] = []
  for (const [i, matrix] of series.entries()) {
    const joined =
      series.length < 2 ? matrix : { ...matrix, pool: { series, knownAt: Number.POSITIVE_INFINITY } }
    cities.push({ name: basename(files[i] ?? '', '.csv'), errors: await errorsOn(python, folder, joined) })
    console.error(`${String(i + 1)} of ${String(series.length)}`)
  }
  const names = [...(cities[0]?.errors.keys() ?? [])]
  const relMae = (errors: ReadonlyMap<string, readonly number[]>, name: string) =>
    mean(errors.get(name) ?? []) / mean(errors.get('persistence') ?? [])
  const rows = names.map((name) => {
    const rels = cities.map(({ errors }) => relMae(errors, name))
    const beaten = cities.filter(({ errors }) => relMae(errors, 'global-blend') < relMae(errors, name)).length
    const worse = cities.filter(({ errors }) => {
      const [theirs = [], ours = []] = [errors.get(name), errors.get('global-blend')]
      return dieboldMariano(zeros(theirs), theirs, ours).pFirstBetter < 0.05
    }).length
    const beijing = cities.find((city) => city.name === 'beijing')?.errors.get(name)
    return [
      name,
      mean(rels).toFixed(4),
      beijing === undefined ? '–' : mean(beijing).toFixed(2),
      ...(name === 'global-blend' ? ['', ''] : [String(beaten), String(worse)]),
    ]
  })
  const year = options.final ? 'the last year' : 'the year before the last'
  console.log(`Accuracy beside Python's libraries, ${String(cities.length)} files, ${year}\n`)
  const head = ['', 'mean relMae', 'Beijing MAE', 'files global-blend is better on', 'worse with p < 0.05']
  console.log(tableLines(head, rows).join('\n'))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
