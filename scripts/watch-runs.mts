import { callGitHub, goodRuns, type Repository, repositoryOf } from './actions/github-api.mts'
import { annotate } from './actions/workflow-output.mts'

// Tells in an issue which scheduled runs are missing, and closes it once they come again: watch-runs [--now ISO]
// Which ones are expected says AIRQ_RUN_ON (azure or github); GITHUB_TOKEN needs actions: read and issues: write.

const HOUR = 3_600_000
const LABEL = 'airq-watch'
const TITLE = 'Scheduled runs are missing'

interface Expected {
  readonly workflow: string
  /** Since a run last went well; two turns and some delay. */
  readonly withinMs: number
  /** A run counts where this step was not skipped in it. */
  readonly step?: string
}

const EXPECTED: Readonly<Record<string, readonly Expected[]>> = {
  azure: [
    { workflow: 'feature.yml', withinMs: 7 * HOUR },
    { workflow: 'inference.yml', withinMs: 30 * HOUR, step: 'Forecast' },
    { workflow: 'training.yml', withinMs: 9 * 24 * HOUR },
  ],
  github: [{ workflow: 'no-account.yml', withinMs: 7 * HOUR }],
}

interface Issue {
  readonly number: number
  readonly html_url: string
}

const [flag, instant = ''] = process.argv.slice(2).filter((argument) => argument !== '--')
const now = flag === '--now' ? Date.parse(instant) : Date.now()
const runsOn = process.env['AIRQ_RUN_ON'] ?? ''
const expected = EXPECTED[runsOn]
if (expected === undefined) {
  process.stdout.write(
    'AIRQ_RUN_ON is neither azure nor github: nothing is scheduled here, nothing missing\n',
  )
} else {
  await watch(repositoryOf(process.env), expected)
}

async function watch(repository: Repository, all: readonly Expected[]): Promise<void> {
  const missing: string[] = []
  for (const each of all) {
    const last = await lastGood(repository, each)
    if (last !== undefined && now - last <= each.withinMs) continue
    const since = last === undefined ? 'none is known' : `the last began at ${new Date(last).toISOString()}`
    missing.push(`${each.workflow}: no good run for ${String(each.withinMs / HOUR)} h; ${since}`)
  }
  const issue = await openIssue(repository)
  for (const line of missing) annotate('warning', 'missed-run', line)
  if (missing.length > 0) await raise(repository, issue, missing)
  else if (issue !== undefined) await close(repository, issue)
  process.stdout.write(`${String(missing.length)} of ${String(all.length)} scheduled workflows are missing\n`)
}

async function lastGood(repository: Repository, { workflow, step }: Expected): Promise<number | undefined> {
  for (const { id, run_started_at: began } of await goodRuns(
    repository,
    workflow,
    step === undefined ? 1 : 30,
  )) {
    if (step === undefined || (await didStep(repository, id, step))) return Date.parse(began)
  }
  return undefined
}

async function didStep(repository: Repository, run: number, step: string): Promise<boolean> {
  const answer = await callGitHub(repository, `/actions/runs/${String(run)}/jobs?per_page=100`)
  const { jobs } = answer as { jobs: { steps?: { name: string; conclusion: string | null }[] }[] }
  return jobs.some(({ steps = [] }) =>
    steps.some(({ name, conclusion }) => name === step && conclusion === 'success'),
  )
}

async function openIssue(repository: Repository): Promise<Issue | undefined> {
  const [issue] = (await callGitHub(repository, `/issues?labels=${LABEL}&state=open&per_page=1`)) as Issue[]
  return issue
}

/** One issue for as long as it lasts, its text that of the last look. */
async function raise(
  repository: Repository,
  issue: Issue | undefined,
  missing: readonly string[],
): Promise<void> {
  const body = [
    `By ${new Date(now).toISOString()}:`,
    '',
    ...missing.map((line) => `- ${line}`),
    '',
    'What to do: `docs/deploy.md`, "When runs are missing". This issue closes itself.',
  ].join('\n')
  if (issue === undefined) {
    await callGitHub(repository, '/issues', { method: 'POST', body: { title: TITLE, body, labels: [LABEL] } })
  } else {
    await callGitHub(repository, `/issues/${String(issue.number)}`, { method: 'PATCH', body: { body } })
  }
}

async function close(repository: Repository, { number }: Issue): Promise<void> {
  const path = `/issues/${String(number)}`
  const body = `All scheduled workflows had a good run again by ${new Date(now).toISOString()}.`
  await callGitHub(repository, `${path}/comments`, { method: 'POST', body: { body } })
  await callGitHub(repository, path, { method: 'PATCH', body: { state: 'closed' } })
}
