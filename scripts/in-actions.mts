import { readFileSync } from 'node:fs'
import { parseConfig } from '../packages/pipeline/src/config/index.ts'
import { freshMs, readingAges } from './actions/freshness.mts'
import { annotate, plain, tell } from './actions/workflow-output.mts'
import { buildApps, type BinRun, isBin, runBin } from './built-apps.mts'

// Runs a command for a workflow: in-actions [--refuse-old] COMMAND config.yaml …
// Done but degraded (exit code 3) is a warning on a run that went well; its reasons are annotations. A reading older
// than `forecast.maxReadingAgeHours` is flagged; with --refuse-old, the run fails where every station's is. The summary, which holds the
// reading, is not printed: logs of a public repository are public.

interface Told {
  readonly code: string
  readonly message: string
  readonly hint?: string
}

interface Summary extends Readonly<Record<string, unknown>> {
  readonly degraded?: boolean
  readonly warnings?: readonly Told[]
  readonly error?: Told
  readonly jobs?: readonly { readonly job: string; readonly outcome: string; readonly url?: string }[]
}

const OLD = 'old-reading'

const argv = process.argv.slice(2).filter((argument, index) => argument !== '--' || index > 0)
const refuseOld = argv[0] === '--refuse-old'
const [command = '', ...args] = refuseOld ? argv.slice(1) : argv
if (!isBin(command)) {
  process.stderr.write(`in-actions: there is no command ${command}\n`)
  process.exit(2)
}

buildApps()
const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    interrupted.abort()
  })
}
const run = await runBin(command, [...args, '--json'], interrupted.signal).catch((error: unknown): BinRun => {
  if (interrupted.signal.aborted) return { exitCode: 130, wallMs: 0, stdout: '' }
  throw error
})
process.exitCode = report(run.exitCode, summaryOf(run.stdout))

function summaryOf(stdout: string): Summary {
  try {
    return JSON.parse(stdout) as Summary
  } catch {
    return {}
  }
}

function report(code: number, summary: Summary): number {
  const { warnings = [], error, jobs = [], degraded = false } = summary
  for (const { code: title, message } of warnings) annotate('warning', title, message)
  if (error !== undefined) {
    annotate(
      'error',
      error.code,
      error.hint === undefined ? error.message : `${error.message}\n${error.hint}`,
    )
  }
  const old = code === 0 || code === 3 ? oldReadings(summary) : { told: [], all: false }
  const refused = refuseOld && old.all
  for (const message of old.told) annotate(refused ? 'error' : 'warning', OLD, message)
  const ended = refused ? 'refused: no station has a fresh reading' : endOf(code)
  tell([
    `### ${plain(command)}: ${ended}`,
    ...jobs.map(({ job, outcome, url }) => `- ${plain(job)} ${plain(outcome)}${linkTo(url)}`),
    ...warnings.map(({ code: title, message }) => `- ${plain(title)}: ${plain(message)}`),
    ...old.told.map((message) => `- ${OLD}: ${plain(message)}`),
    ...(error === undefined ? [] : [`- **${plain(error.code)}**: ${plain(error.message)}`]),
  ])
  process.stdout.write(`${command}: ${ended}\n`)
  if (degraded && warnings.length === 0) annotate('warning', 'degraded', `${command} is done, but degraded`)
  if (refused) return 1
  return code === 3 ? 0 : code
}

function endOf(code: number): string {
  if (code === 0) return 'done'
  return code === 3 ? 'done, but degraded' : `ended with exit code ${String(code)}`
}

function linkTo(url: string | undefined): string {
  return url?.startsWith('https://') === true ? ` ([page](${encodeURI(url)}))` : ''
}

/** Of each station whose newest reading is old, and whether that is every one. */
function oldReadings(summary: Summary): { readonly told: readonly string[]; readonly all: boolean } {
  const [path = ''] = args
  const config = parseConfig(readFileSync(path, 'utf8'), path)
  const limit = freshMs(config)
  const zones = new Map(config.stations.map(({ id, timeZone }) => [id, timeZone]))
  const ages = readingAges(summary, zones, Date.now())
  const old = ages.filter(({ ageMs }) => ageMs === undefined || ageMs > limit)
  const told = old.map(({ station, ageMs }) =>
    ageMs === undefined
      ? `${station}: no reading came`
      : `${station}: the newest reading is ${(ageMs / 3_600_000).toFixed(1)} h old, more than ${String(limit / 3_600_000)} h`,
  )
  return { told, all: ages.length > 0 && old.length === ages.length }
}
