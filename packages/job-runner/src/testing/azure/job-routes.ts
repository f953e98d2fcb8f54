import { isDeepStrictEqual } from 'node:util'

import type { Asked } from './listener.ts'
import { armError, empty, json, type Reply } from './reply.ts'
import { advance, isTerminal, type JobRecord, requestCancel, type State } from './state.ts'
import type { FakeAzureSettings } from './types.ts'

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9\-_]{0,254}$/
const PAGE = 2

/** `/jobs`, `/jobs/NAME`, `/jobs/NAME/cancel`, and the state of a cancellation. @param path within the workspace */
export function answerJobs(state: State, settings: FakeAzureSettings, asked: Asked, path: string): Reply {
  const operation = /\/mfeOperationResults\/jc:(.+)$/.exec(path)?.[1]
  if (operation !== undefined) return cancelled(state.jobs.get(operation), asked, settings)
  const [, kind, name, action] = path.split('/')
  if (kind !== 'jobs') return armError(404, 'NotFound', `No route ${path}`)
  if (name === undefined) return listed(state, settings, asked)
  if (asked.method === 'PUT') return put(state, settings, asked, name)
  const job = state.jobs.get(name)
  if (job === undefined) return armError(404, 'UserError', `Job ${name} not found.`)
  if (asked.method === 'POST' && action === 'cancel') return cancel(job, asked, settings)
  if (asked.method !== 'GET') return armError(405, 'MethodNotAllowed', asked.method)
  advance(job, settings)
  return shown(job, asked.path)
}

function put(state: State, settings: FakeAzureSettings, asked: Asked, name: string): Reply {
  const { properties } = JSON.parse(asked.body) as Pick<JobRecord, 'properties'>
  const problem = NAME.test(name) ? problemOf(properties, state) : `Invalid job name '${name}'.`
  if (problem !== undefined) return armError(400, 'UserError', problem)
  const there = state.jobs.get(name)
  if (there !== undefined) {
    if (isDeepStrictEqual(there.properties, properties)) return shown(there, asked.path)
    const message = `A job with this name already exists: ${name}.`
    return settings.duplicateJob === 409
      ? armError(409, 'Conflict', message)
      : armError(400, 'UserError', message)
  }
  const job: JobRecord = {
    name,
    properties,
    createdAt: new Date(state.now()).toISOString(),
    status: 'NotStarted',
    runs: 0,
    cancelPolls: 0,
    controller: new AbortController(),
  }
  state.jobs.set(name, job)
  return shown(job, asked.path, 201)
}

interface Sent {
  readonly jobType?: string
  readonly command?: string
  readonly environmentId?: string
  readonly experimentName?: string
  readonly inputs?: Readonly<Record<string, { readonly jobInputType?: string; readonly uri?: string }>>
}

function problemOf(properties: Sent, state: State): string | undefined {
  const { jobType, command = '', environmentId = '', experimentName = 'Default', inputs = {} } = properties
  if (jobType !== 'Command' || command === '') return 'Request is invalid and/or missing fields.'
  if (/\s/.test(experimentName)) return 'Invalid experiment name.'
  const lost = Object.values(inputs).some(
    ({ jobInputType = '', uri }) => jobInputType.startsWith('uri_') && uri === undefined,
  )
  if (lost) return 'Request is invalid and/or missing fields.'
  const [, name = '', version = ''] = /\/environments\/([^/]+)\/versions\/([^/]+)$/.exec(environmentId) ?? []
  return state.environments.get(name)?.has(version) === true
    ? undefined
    : `Environment ${environmentId} was not found.`
}

function shown({ name, properties, status, createdAt }: JobRecord, id: string, code = 200): Reply {
  const run = `https://ml.azure.com/runs/${name}?wsid=${id.replace(/\/jobs\/.*$/, '')}`
  const services = { Studio: { jobServiceType: 'Studio', endpoint: run } }
  const systemData = { createdAt, createdBy: 'airq', createdByType: 'Application' }
  return json({ id, name, properties: { ...properties, status, services }, systemData }, code)
}

function cancel(job: JobRecord, asked: Asked, settings: FakeAzureSettings): Reply {
  if (isTerminal(job))
    return armError(400, 'UserError', `Job ${job.name} is in a terminal state: ${job.status}.`)
  requestCancel(job)
  return stillCancelling(job, asked, settings)
}

/** The address of the operation is relative, as the resource manager may give it. */
function stillCancelling(
  { name }: JobRecord,
  asked: Asked,
  { subscriptionId, retryAfter }: FakeAzureSettings,
): Reply {
  const version = asked.query.get('api-version') ?? ''
  const location =
    `/subscriptions/${subscriptionId}/providers/Microsoft.MachineLearningServices/locations/westeurope` +
    `/mfeOperationResults/jc:${name}?api-version=${version}`
  return empty(202, { location, 'retry-after': String(retryAfter ?? 1) })
}

function cancelled(job: JobRecord | undefined, asked: Asked, settings: FakeAzureSettings): Reply {
  if (job === undefined) return armError(404, 'NotFound', 'No such operation.')
  if (job.cancelPolls > 0) {
    job.cancelPolls -= 1
    if (job.cancelPolls === 0) job.status = 'Canceled'
  }
  return isTerminal(job) ? empty(200) : stillCancelling(job, asked, settings)
}

/** Pages of two; `tag` is `NAME=VALUE` or a name. */
function listed({ jobs }: State, { subscriptionId }: FakeAzureSettings, { path, query }: Asked): Reply {
  const [tag, value] = (query.get('tag') ?? '').split('=')
  const fitting = [...jobs.values()].filter(({ properties }) => {
    const { tags = {} } = properties as { tags?: Record<string, string> }
    return tag === undefined || tag === '' || (tag in tags && (value === undefined || tags[tag] === value))
  })
  const from = Number(query.get('$skip') ?? 0)
  const next = new URLSearchParams(query)
  next.set('$skip', String(from + PAGE))
  const value_ = fitting
    .slice(from, from + PAGE)
    .map((job) => JSON.parse(shown(job, `/subscriptions/${subscriptionId}/jobs/${job.name}`).body) as unknown)
  const more = from + PAGE < fitting.length
  return json({
    value: value_,
    ...(more ? { nextLink: `https://management.azure.com${path}?${next.toString()}` } : {}),
  })
}
