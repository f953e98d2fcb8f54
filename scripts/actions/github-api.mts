/** The few calls of GitHub's REST API that the workflows need, with the job's own token. */

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/

export interface Repository {
  readonly api: URL
  /** `OWNER/NAME` */
  readonly name: string
  readonly token: string
}

export interface WorkflowRun {
  readonly id: number
  readonly html_url: string
  readonly head_sha: string
  readonly run_started_at: string
}

/**
 * By what GitHub puts into the environment of a job; the token has to be handed to the step (GITHUB_TOKEN).
 * @throws Error that names what is missing
 */
export function repositoryOf(env: Readonly<Record<string, string | undefined>>): Repository {
  const { GITHUB_REPOSITORY: name = '', GITHUB_TOKEN: token = '' } = env
  const missing = Object.entries({ GITHUB_REPOSITORY: name, GITHUB_TOKEN: token })
    .filter(([, value]) => value === '')
    .map(([variable]) => variable)
  if (missing.length > 0)
    throw new Error(`not set: ${missing.join(', ')}. A workflow hands them to this step.`)
  const address = env['GITHUB_API_URL'] ?? 'https://api.github.com'
  const api = new URL(address.endsWith('/') ? address : `${address}/`)
  if (api.protocol !== 'https:' && !LOOPBACK.test(api.hostname)) {
    throw new Error(`GITHUB_API_URL is ${api.origin}: the token goes over https only`)
  }
  return { api, name, token }
}

/** @throws Error with method, path and status, never the token */
export async function callGitHub(
  { api, name, token }: Repository,
  path: string,
  { method = 'GET', body }: { readonly method?: string; readonly body?: object } = {},
): Promise<unknown> {
  const url = new URL(`repos/${name}${path}`, api)
  const response = await fetch(url, {
    method,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${token}`,
      'x-github-api-version': '2022-11-28',
      'user-agent': 'airq',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(60_000),
  })
  const text = await response.text()
  if (response.ok) return text === '' ? undefined : JSON.parse(text)
  const why = response.status === 403 || response.status === 404 ? ': see `permissions` of the job' : ''
  throw new Error(`GitHub answered ${String(response.status)} to ${method} ${url.pathname}${why}`)
}

/** Newest first, those that ended well. */
export async function goodRuns(repository: Repository, workflow: string, most = 1): Promise<WorkflowRun[]> {
  const answer = await callGitHub(
    repository,
    `/actions/workflows/${workflow}/runs?status=success&per_page=${String(most)}`,
  )
  const { workflow_runs: runs } = answer as { workflow_runs: WorkflowRun[] }
  return runs
}
