import { text } from 'node:stream/consumers'
import { listenOnLoopback } from '@airq/http/testing'

const TOKEN = 'token-of-the-job'

interface Call {
  readonly method: string
  readonly path: string
  readonly body: Record<string, any>
}

export interface FakeGitHub extends AsyncDisposable {
  /** As a job has it. */
  readonly env: Readonly<Record<string, string>>
  /** Those that change something. */
  readonly changes: readonly Call[]
}

/** GitHub's REST API for one repository: answers by the path behind it, without the query. */
export async function fakeGitHub(answers: Readonly<Record<string, () => unknown>>): Promise<FakeGitHub> {
  const changes: Call[] = []
  const server = await listenOnLoopback(async (request, response) => {
    const [path = ''] = (request.url ?? '').replace('/repos/me/airq', '').split('?')
    const body = await text(request)
    const answer = answers[path]
    if (request.headers.authorization !== `Bearer ${TOKEN}`) response.statusCode = 401
    else if (request.method !== 'GET') {
      changes.push({ method: request.method ?? '', path, body: body === '' ? {} : JSON.parse(body) })
      response.statusCode = body === '' ? 204 : 201
    } else if (answer === undefined) response.statusCode = 404
    const reply = response.statusCode === 200 ? answer?.() : response.statusCode === 204 ? undefined : {}
    response.end(reply === undefined ? undefined : JSON.stringify(reply))
  })
  return {
    env: { GITHUB_REPOSITORY: 'me/airq', GITHUB_API_URL: server.baseUrl, GITHUB_TOKEN: TOKEN },
    changes,
    [Symbol.asyncDispose]: () => server.close(),
  }
}

/** Of a workflow, as GitHub lists them. */
export function runsAt(...began: readonly string[]) {
  return () => ({
    workflow_runs: began.map((run_started_at, index) => ({
      ...{ id: index + 1, run_started_at, html_url: 'https://github.com/me/airq', head_sha: '0'.repeat(40) },
    })),
  })
}
