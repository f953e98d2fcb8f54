import { readFileSync } from 'node:fs'
import type { Alert as WatchAlert } from '../packages/watch/src/notices.ts'
import { callGitHub, type Repository, repositoryOf } from './actions/github-api.mts'
import { annotate, output } from './actions/workflow-output.mts'

// An issue for each alert of the watch, closed once it is over: alert-issues [--output] [FILE]
// FILE is what airq-watch wrote (--out, or its summary); without one, ALERTS holds it. GITHUB_TOKEN needs issues: write.
// --output hands the alerts on to a later job as the output `alerts` instead, empty where there are none: the job that
// looks into the store signs in to Azure, and who signs in writes no issue.

const LABEL = 'airq-alert'
const MOST = 100
const PAGES = 10

/** As `airq-watch` writes them. */
type Alert = Omit<WatchAlert, 'number'> & { readonly state: 'open' | 'recovered' }

interface Told {
  /** Of all stations: what is not among these is over. */
  readonly whole: boolean
  readonly alerts: readonly Alert[]
}

interface Issue {
  readonly number: number
  readonly body: string | null
  readonly pull_request?: object
}

const argv = process.argv.slice(2).filter((argument) => argument !== '--')
const [file] = argv.filter((argument) => argument !== '--output')
try {
  const told = toldBy(file === undefined ? (process.env['ALERTS'] ?? '') : readFileSync(file, 'utf8'))
  if (argv.includes('--output')) handOn(told)
  else await settle(repositoryOf(process.env), told)
} catch (error) {
  annotate('error', 'alert-issues', error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}

/** @throws Error where the text is not what the watch writes */
function toldBy(text: string): Told {
  const wrong = (what: string) =>
    new Error(`${file ?? 'ALERTS'} is not what airq-watch writes: ${what}. Run it with --out, or --json.`)
  let parsed: Partial<Told> | null
  try {
    parsed = JSON.parse(text) as Partial<Told> | null
  } catch {
    throw wrong('no JSON')
  }
  const alerts = parsed?.alerts
  if (!Array.isArray(alerts)) throw wrong('it has no alerts')
  if (!(alerts as readonly Partial<Alert>[]).every(isAlert)) throw wrong('an alert has another form')
  return { whole: parsed?.whole === true, alerts: alerts as readonly Alert[] }
}

function isAlert({ state, station, cause, ...texts }: Partial<Alert>): boolean {
  const { severity, message, hint, openedAt, lastSeenAt } = texts
  return (
    (state === 'open' || state === 'recovered') &&
    /^(?:[a-z0-9-]{1,40}|\*)$/.test(station ?? '') &&
    /^[a-z-]{1,40}$/.test(cause ?? '') &&
    [severity, message, hint, openedAt, lastSeenAt].every((text) => typeof text === 'string')
  )
}

function handOn({ whole, alerts }: Told): void {
  // Open ones first: an output is bounded.
  const first = alerts.toSorted((a, b) => (a.state < b.state ? -1 : a.state > b.state ? 1 : 0)).slice(0, MOST)
  const isAll = first.length === alerts.length
  const text = first.length === 0 ? '' : JSON.stringify({ whole: whole && isAll, alerts: first })
  output({ alerts: text })
}

async function settle(repository: Repository, { whole, alerts }: Told): Promise<void> {
  const issues = await openIssues(repository)
  const done = { opened: 0, updated: 0, closed: 0 }
  const open = alerts.filter(({ state }) => state === 'open')
  for (const alert of open) {
    const body = bodyOf(alert)
    const issue = issues.get(markerOf(alert))
    if (issue === undefined) {
      const made = { title: titleOf(alert), body, labels: [LABEL] }
      await callGitHub(repository, '/issues', { method: 'POST', body: made })
      done.opened += 1
    } else if (issue.body !== body) {
      await callGitHub(repository, `/issues/${String(issue.number)}`, { method: 'PATCH', body: { body } })
      done.updated += 1
    }
  }
  const isOpen = new Set(open.map(markerOf))
  const over = new Map(
    alerts.filter(({ state }) => state === 'recovered').map((alert) => [markerOf(alert), alert]),
  )
  for (const [marker, issue] of issues) {
    const alert = over.get(marker)
    if (isOpen.has(marker) || (alert === undefined && !whole)) continue
    await close(repository, issue, alert)
    done.closed += 1
  }
  process.stdout.write(
    `${String(open.length)} open alerts; issues: ${String(done.opened)} opened, ${String(done.updated)} updated, ${String(done.closed)} closed\n`,
  )
}

/** Our open issues, by the marker in their text. */
async function openIssues(repository: Repository): Promise<Map<string, Issue>> {
  const found = new Map<string, Issue>()
  for (let page = 1; page <= PAGES; page += 1) {
    const query = `labels=${LABEL}&state=open&per_page=100&page=${String(page)}`
    const issues = (await callGitHub(repository, `/issues?${query}`)) as Issue[]
    for (const issue of issues) {
      const marker = /^<!-- airq-alert \S+ \S+ -->/.exec(issue.body ?? '')?.[0]
      if (marker !== undefined && issue.pull_request === undefined && !found.has(marker))
        found.set(marker, issue)
    }
    if (issues.length < 100) break
  }
  return found
}

async function close(repository: Repository, { number }: Issue, alert: Alert | undefined): Promise<void> {
  const path = `/issues/${String(number)}`
  const body =
    alert === undefined
      ? 'This is over.'
      : [`Over since ${instantOf(alert.closedAt ?? alert.lastSeenAt)}:`, '', ...fenced(alert.message)].join(
          '\n',
        )
  await callGitHub(repository, `${path}/comments`, { method: 'POST', body: { body } })
  await callGitHub(repository, path, { method: 'PATCH', body: { state: 'closed' } })
}

function markerOf({ station, cause }: Alert): string {
  return `<!-- airq-alert ${station} ${cause} -->`
}

function titleOf({ station, cause }: Alert): string {
  return `airq: ${station === '*' ? 'all stations' : station}: ${cause}`
}

function bodyOf(alert: Alert): string {
  return [
    markerOf(alert),
    '',
    ...fenced(alert.message),
    '',
    `Since ${instantOf(alert.openedAt)}, last seen ${instantOf(alert.lastSeenAt)}. What to do:`,
    '',
    ...fenced(alert.hint),
    '',
    'More: `docs/watch.md`. This issue closes itself.',
  ].join('\n')
}

/** In a block of code nothing is markup, a mention or a reference. */
function fenced(text: string): string[] {
  const line = text
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .replaceAll('`', "'")
    .trim()
  return ['```text', line.slice(0, 1000), '```']
}

/** @throws RangeError for what is no instant */
function instantOf(text: string): string {
  return new Date(text).toISOString()
}
