import { readFileSync } from 'node:fs'
import { instantOfClock, localDay, addDays } from '@airq/aqi-client'
import { type Config, parseConfig } from '../packages/pipeline/src/config/index.ts'
import { lastDecisionDay } from '../packages/feature-groups/src/index.ts'
import { freshMs } from './actions/freshness.mts'
import { goodRuns, repositoryOf } from './actions/github-api.mts'
import { annotate, output } from './actions/workflow-output.mts'

// Whether a workflow is to forecast now: inference-due config.yaml [--now ISO]
// After a feature run (workflow_run) that began when a decision had been made, and again by the clock (schedule) from
// an hour after each decision, in case that run never came; by hand always. Prints outputs of a workflow's step: due,
// and slot, the last decision in UTC, which names the job: of one name one job does the work.

const HOUR = 3_600_000
/** Later than this after a decision nobody is waited for: two pulls may fail or be late. */
const WINDOW_MS = 7 * HOUR
const NET_MS = HOUR

interface WorkflowRunEvent {
  readonly workflow_run?: { readonly run_started_at?: string; readonly conclusion?: string | null }
}

const [path, flag, instant] = process.argv.slice(2).filter((argument) => argument !== '--')
if (path === undefined || (flag !== undefined && (flag !== '--now' || instant === undefined))) {
  process.stderr.write('inference-due: config.yaml [--now ISO]\n')
  process.exit(2)
}
const now = instant === undefined ? Date.now() : Date.parse(instant)
const config = parseConfig(readFileSync(path, 'utf8'), path)
const decided = lastDecision(config, now)
const { due, why } = await judge(process.env['GITHUB_EVENT_NAME'])
process.stdout.write(`${why}\n`)
output({ due: String(due), slot: new Date(decided).toISOString().slice(0, 13).replaceAll('-', '') })

async function judge(event: string | undefined): Promise<{ readonly due: boolean; readonly why: string }> {
  const decision = `the last decision was at ${new Date(decided).toISOString()}`
  if (event === 'workflow_run') {
    const { run_started_at: began = '', conclusion } = featureRun()
    if (conclusion !== 'success') return { due: false, why: `the feature run ended as ${String(conclusion)}` }
    const age = Date.parse(began) - decided
    return { due: age >= 0 && age < WINDOW_MS, why: `${decision}, the feature run began at ${began}` }
  }
  if (event !== 'schedule') return { due: true, why: `${decision}; asked for` }
  const age = now - decided
  if (age < NET_MS || age >= WINDOW_MS) return { due: false, why: decision }
  await flagOldReadings()
  return { due: true, why: `${decision}; in case no feature run brought the forecast about` }
}

function featureRun(): NonNullable<WorkflowRunEvent['workflow_run']> {
  const file = process.env['GITHUB_EVENT_PATH']
  if (file === undefined) throw new Error('not set: GITHUB_EVENT_PATH. GitHub sets it in every workflow.')
  return (JSON.parse(readFileSync(file, 'utf8')) as WorkflowRunEvent).workflow_run ?? {}
}

/** The net forecasts from what there is; inference-pipeline flags readings that are old, this tells why they are. */
async function flagOldReadings(): Promise<void> {
  const [run] = await goodRuns(repositoryOf(process.env), 'feature.yml')
  const age = run === undefined ? Number.POSITIVE_INFINITY : now - Date.parse(run.run_started_at)
  if (age <= freshMs(config)) return
  const since =
    run === undefined ? 'no feature run has brought any' : `the last that were began at ${run.run_started_at}`
  annotate(
    'warning',
    'old-reading',
    `the newest reading may be more than ${String(freshMs(config) / 3_600_000)} h old: ${since}`,
  )
}

/** Of any station and decision: epoch ms of the last one that has been made. */
function lastDecision({ stations, forecast }: Config, at: number): number {
  const instants = stations.flatMap(({ timeZone }) =>
    forecast.decisions.map((decision) => {
      if (decision === 'end-of-day') {
        const day = lastDecisionDay(at, { decision }, timeZone)
        return instantOfClock(addDays(localDay(day), 1), 0, timeZone)
      }
      const hour = forecast.hours[decision]
      return instantOfClock(lastDecisionDay(at, { decision, hour }, timeZone), hour, timeZone)
    }),
  )
  return Math.max(...instants)
}
