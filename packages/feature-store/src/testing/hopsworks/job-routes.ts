import { creator } from './account-routes.ts'
import { executionDto, logsOf, startJob } from './jobs.ts'
import { illegalArgument, Refusal } from './refusal.ts'
import { json, nothing, type Reply } from './reply.ts'
import { jsonBody, type Call, type Route } from './router.ts'
import type { Execution, Job, State } from './state.ts'

const job = { scopes: ['JOB'] } as const
/** Not for the users of the managed service. */
const owners = { ...job, roles: ['HOPS_USER'] } as const

export const jobRoutes: readonly Route[] = [
  { method: 'GET', path: '/project/:project/jobs', access: job, handle: listJobs },
  {
    method: 'GET',
    path: '/project/:project/jobs/:job',
    access: job,
    handle: (call) => json(jobDto(call.state, jobAt(call))),
  },
  { method: 'DELETE', path: '/project/:project/jobs/:job', access: owners, handle: deleteJob },
  { method: 'POST', path: '/project/:project/jobs/:job/executions', access: job, handle: start },
  { method: 'GET', path: '/project/:project/jobs/:job/executions', access: job, handle: listExecutions },
  {
    method: 'GET',
    path: '/project/:project/jobs/:job/executions/:execution',
    access: job,
    handle: (call) => json(executionDto(call.state, executionAt(call))),
  },
  {
    method: 'PUT',
    path: '/project/:project/jobs/:job/executions/:execution/status',
    access: owners,
    consumes: ['application/json'],
    handle: stop,
  },
  {
    method: 'GET',
    path: '/project/:project/jobs/:job/executions/:execution/log/:type',
    access: job,
    handle: readLog,
  },
]

/** Text alone starts an execution; from 5 on JSON too. */
function start(call: Call): Reply {
  const { state, contentType } = call
  const job = jobAt(call)
  const takesJson = Number(state.behaviours.version.split('.')[0]) >= 5
  if (contentType === 'application/json' && takesJson) {
    const { args } = jsonBody(call)
    if (typeof args === 'string') job.args = args
  } else if (contentType !== 'text/plain') {
    throw new Refusal(120004, 'HTTP 415 Unsupported Media Type', 415)
  }
  return json(executionDto(state, startJob(state, job)), 201)
}

function listJobs({ state, query }: Call): Reply {
  const items = newestFirst(state.jobs, query.get('sort_by'))
  return json({
    items: page(items, query).map((item) => jobDto(state, item)),
    count: items.length,
  })
}

function listExecutions(call: Call): Reply {
  const { state, query } = call
  const items = newestFirst(jobAt(call).executions, query.get('sort_by'))
  if (items.length === 0) return json({ href: '', count: 0 })
  return json({ items: page(items, query).map((item) => executionDto(state, item)), count: items.length })
}

function deleteJob(call: Call): Reply {
  if (call.key.projectRole !== 'Data owner') throw new Refusal(150068)
  call.state.jobs.splice(call.state.jobs.indexOf(jobAt(call)), 1)
  return nothing
}

function stop(call: Call): Reply {
  if (jsonBody(call)['state'] !== 'stopped') throw illegalArgument('state')
  const execution = executionAt(call)
  if (execution.outcome === undefined) {
    execution.stopped = true
    execution.outcome = { status: 'KILLED', log: 'Stopped.' }
  }
  return json(executionDto(call.state, execution), 202)
}

function readLog(call: Call): Reply {
  const { outcome, logged } = executionAt(call)
  const type = call.at('type').toUpperCase()
  if (!logged || outcome === undefined || outcome.log === '') return json({ type, log: 'No log available' })
  const { out, err } = logsOf(outcome)
  return json({ type, log: type === 'OUT' ? out : err })
}

/** @throws Refusal 404/130009 */
function jobAt({ state, at }: Call): Job {
  const found = state.jobs.find(({ name }) => name === at('job'))
  if (found === undefined) throw new Refusal(130009, `job name: ${at('job')}`)
  return found
}

function executionAt(call: Call): Execution {
  const found = jobAt(call).executions.find(({ id }) => String(id) === call.at('execution'))
  if (found === undefined) throw new Refusal(130007)
  return found
}

export function jobDto({ project }: State, { id, name, created, args }: Job): object {
  return {
    href: `/project/${String(project.id)}/jobs/${name}`,
    id,
    name,
    creationTime: new Date(created).toISOString(),
    config: {
      type: 'sparkJobConfiguration',
      appName: name,
      appPath: 'hdfs:///user/spark/hsfs_utils.py',
      mainClass: 'org.apache.spark.deploy.PythonRunner',
      jobType: 'PYSPARK',
      defaultArgs: args,
    },
    jobType: 'PYSPARK',
    creator,
  }
}

/** In ids, and ids grow with time. */
function newestFirst<T extends { readonly id: number }>(items: readonly T[], sortBy: string | null): T[] {
  const [field, direction = 'asc'] = (sortBy ?? 'id:asc').toLowerCase().split(':')
  if (!['id', 'submissiontime', 'date_created', 'name'].includes(field ?? ''))
    throw illegalArgument('sort_by')
  return [...items].sort((a, b) => (direction === 'desc' ? b.id - a.id : a.id - b.id))
}

function page<T>(items: readonly T[], query: URLSearchParams): T[] {
  const offset = Number(query.get('offset') ?? 0)
  return items.slice(offset, offset + Number(query.get('limit') ?? items.length))
}
