import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Bin, buildApps, ROOT, runBin } from './built-apps.mts'
import { demoText, HELP, type DemoSummary, type Forecast, type Scores, stepText } from './demo-text.mts'

// The main job on one machine: import, train, forecast, report, as four processes that share nothing but a folder.

interface Warning {
  code: string
  message: string
}
interface ChildSummary {
  ok: boolean
  warnings: Warning[]
  error?: { code: string; message: string; hint?: string; where?: string }
  stations?: { lastDayKnownAt?: string }[]
  models?: { scores: Record<string, Scores>; test: DemoSummary['test'] }[]
  forecasts?: Forecast[]
}

/** Where a file's labels can't tell: most downloads are made west of or at UTC, and a whole-file shift changes no score. */
const PRESUMED_ZONE = 'west'

const started = Date.now()
const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument, i) => i > 0 || argument !== '--'),
  options: {
    csv: { type: 'string', multiple: true, default: [] },
    as: { type: 'string' },
    'download-zone': { type: 'string' },
    live: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
  allowPositionals: false,
})
if (values.help) {
  process.stdout.write(HELP)
  process.exit(0)
}

const say = (text: string): void => void (values.json ? process.stderr : process.stdout).write(text)
const from = process.env['INIT_CWD'] ?? process.cwd()
const files = values.csv.map((file) => resolve(from, file))
const kind = values.live ? 'live' : files.length > 0 ? 'csv' : 'simulator'
const simulated = kind === 'simulator'
const config = {
  live: join(ROOT, 'scripts', 'demo-live-config.yaml'),
  csv: join(ROOT, 'config.yaml'),
  simulator: join(ROOT, 'scripts', 'demo-config.yaml'),
}[kind]
const state = join(ROOT, '.airq', 'demo')
const warnings: Warning[] = []
const processes: DemoSummary['processes'] = []
const interrupt = new AbortController()
process.once('SIGINT', () => {
  interrupt.abort()
})

async function step(bin: Bin, args: readonly string[], mayFail?: string): Promise<ChildSummary> {
  const run = await runBin(
    bin,
    [config, '--state', state, '--json', '--log-level', 'silent', ...args],
    interrupt.signal,
  ).catch((): never => process.exit(130))
  processes.push({ name: bin, wallMs: run.wallMs, exitCode: run.exitCode })
  const summary = JSON.parse(run.stdout) as ChildSummary
  if (summary.ok || summary.error?.code === mayFail) {
    warnings.push(...summary.warnings)
    return summary
  }
  fail(run.exitCode, summary.error ?? { code: 'internal', message: `${bin} failed` })
}

function fail(exitCode: number, error: NonNullable<ChildSummary['error']>): never {
  if (values.json) print({ ok: false, error })
  else
    say(
      `\n\nerror: ${[`${error.message} (${error.code})`, error.where && `in ${error.where}`, error.hint].filter(Boolean).join('\n  ')}\n`,
    )
  process.exit(exitCode)
}

function print(fields: object): void {
  const base = { pipeline: 'demo', ok: true, degraded: false, runId: randomUUID() }
  const times = { startedAt: new Date(started).toISOString(), durationMs: Date.now() - started }
  process.stdout.write(`${JSON.stringify({ ...base, ...times, warnings, processes, ...fields })}\n`)
}

async function importHistory(): Promise<ChildSummary> {
  const args = [
    ...files.flatMap((file) => ['--csv', file]),
    ...(values.as === undefined ? [] : ['--as', values.as]),
  ]
  const zone = values['download-zone']
  if (zone !== undefined) return step('batch-feature-pipeline', [...args, '--download-zone', zone])
  const first = await step('batch-feature-pipeline', args, 'download-zone-unknown')
  if (first.ok) return first
  warnings.push({
    code: 'download-zone-presumed',
    message: `${first.error?.message ?? ''}; presumed ${PRESUMED_ZONE}: dates may be a day off, scores are not`,
  })
  return step('batch-feature-pipeline', [...args, '--download-zone', PRESUMED_ZONE])
}

const SUBJECTS = {
  live: 'live data of a model for Beijing (a minute for the history of two years)',
  csv: files.map((file) => basename(file)).join(', '),
  simulator: 'a simulated city',
}
say(`airq demo on ${SUBJECTS[kind]}\n`)
say('building the apps (a minute at the first time) … ')
buildApps()
say('done\n')
await rm(state, { recursive: true, force: true })

const first = kind === 'live' ? 'feature-pipeline' : 'batch-feature-pipeline'
say(stepText(1, first, 'history into the feature store', simulated))
const imported = kind === 'live' ? await step(first, []) : await importHistory()
// A download is as of its last day; live data is of now.
const [asOf] =
  imported.stations
    ?.flatMap(({ lastDayKnownAt }) => lastDayKnownAt ?? [])
    .toSorted((a, b) => b.localeCompare(a)) ?? []
const now = asOf === undefined ? [] : ['--now', asOf]
say(stepText('done', processes))

say(stepText(2, 'training-pipeline', 'feature store into the model registry', simulated))
const trained = await step('training-pipeline', now)
say(stepText('done', processes))

say(stepText(3, 'inference-pipeline', 'store and registry into a forecast', simulated))
const inferred = await step('inference-pipeline', [...now, '--decision', 'end-of-day', '--allow-fallback'])
say(stepText('done', processes))

say(stepText(4, 'report', 'forecast, record, reasons and model as a page', simulated))
const site = join(state, 'site')
await step('report', [...now, '--out', site])
say(stepText('done', processes))

const [forecast] = inferred.forecasts ?? []
const [model] = trained.models ?? []
if (forecast === undefined || model === undefined)
  fail(1, { code: 'internal', message: 'no forecast was made' })
if (values.json) {
  const source = { kind, simulated }
  print({ degraded: forecast.fallback, source, forecast, scores: model.scores })
} else {
  say(
    demoText({
      forecast,
      scores: model.scores,
      test: model.test,
      warnings,
      processes,
      simulated,
      live: kind === 'live',
      state,
      page: join(site, 'index.html'),
    }),
  )
}
process.exitCode = forecast.fallback ? 3 : 0
