import { setTimeout as sleep } from 'node:timers/promises'

import { createFaultLine, type FaultLine } from '@airq/http/testing'

import { accountRoutes, versions } from './account-routes.ts'
import { datasetRoutes } from './dataset-routes.ts'
import { FileTree } from './file-tree.ts'
import { groupRoutes } from './group-routes.ts'
import { jobRoutes } from './job-routes.ts'
import { executionDto, settle } from './jobs.ts'
import { keyOf } from './keys.ts'
import { listen, type Asked, type Outcome } from './listener.ts'
import { answerOnline } from './online-server.ts'
import { Refusal } from './refusal.ts'
import { json, plain, type Reply } from './reply.ts'
import { answer, findRoute, type Route } from './router.ts'
import type { State } from './state.ts'
import { onlineRows, wholeRow } from './tables.ts'
import type { FakeHopsworks, FakeHopsworksOptions, FaultEffect, SeenRequest } from './types.ts'
import { uploadRoutes } from './upload.ts'
import { viewRoutes } from './view-routes.ts'

const API = '/hopsworks-api/api'
/** Projects that are there and whose member the key's user is not. */
const FOREIGN_PROJECTS = ['not_mine', '7']

// Uploads and downloads before the dataset paths, which fit everything.
const ROUTES: readonly Route[] = [
  ...accountRoutes,
  ...groupRoutes,
  ...viewRoutes,
  ...jobRoutes,
  ...uploadRoutes,
  ...datasetRoutes,
]

/**
 * Hopsworks on loopback, in memory: the REST API that the adapter needs, by its specification, and the online
 * server beside it.
 */
export async function startFakeHopsworks(options: FakeHopsworksOptions = {}): Promise<FakeHopsworks> {
  const state = newState(options)
  const faults = createFaultLine<FaultEffect>()
  const requests: SeenRequest[] = []
  const { tls } = options
  const api = await listen('api', { ...(tls && { tls }), port: options.port ?? 0 }, requests, (asked) =>
    afterFaults(faults, asked, () => answerApi(state, asked)),
  )
  const online = await listen(
    'online',
    { ...(tls && { tls }), port: options.onlinePort ?? 0 },
    requests,
    (asked) => afterFaults(faults, asked, () => answerAtOnlineServer(state, asked)),
  )
  const close = async (): Promise<void> => {
    await Promise.all([api.close(), online.close()])
  }
  return {
    ...inspection(state),
    baseUrl: api.baseUrl,
    onlinePort: online.port,
    project: state.project.name,
    apiKey: [...state.keys.keys()][0] ?? '',
    keys: state.keys,
    requests,
    fail: (fault) => {
      faults.add(fault)
    },
    heal: faults.clear,
    nextJobs(fate, times = 1) {
      for (let time = 0; time < times; time += 1) state.fates.push(fate)
    },
    set({ behaviours, quotas, timing }) {
      state.behaviours = { ...state.behaviours, ...behaviours }
      state.quotas = { ...state.quotas, ...quotas }
      state.timing = { ...state.timing, ...timing }
    },
    async restart(downMs = 0) {
      await close()
      await sleep(downMs)
      await Promise.all([api.reopen(), online.reopen()])
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

function newState(options: FakeHopsworksOptions): State {
  const { project = 'airq', apiKey = 'fakePrefix.fakeSecret', clock = { now: () => Date.now() } } = options
  const now = (): number => clock.now()
  const files = new FileTree(now)
  files.makeFolder(`/Projects/${project}/Resources`)
  return {
    project: { name: project, id: 119, storeId: 67 },
    keys: new Map([
      [
        apiKey,
        {
          scopes: ['PROJECT', 'FEATURESTORE', 'JOB', 'DATASET_VIEW', 'DATASET_CREATE', 'DATASET_DELETE'],
          role: 'HOPS_SERVICE_USER',
          projectRole: 'Data owner',
        },
      ],
    ]),
    groups: [],
    views: [],
    jobs: [],
    begun: [],
    files,
    now,
    random: seeded(options.seed ?? 1),
    fates: [],
    certificate: options.tls?.cert ?? '',
    behaviours: {
      version: '4.2.0',
      unknownName: 'refused',
      cachedOnline: 'filled',
      eventTimeUnit: 'milliseconds',
      ingestion: 'there',
      onlineServer: 'announced',
      emptyExport: 'header',
      emptyText: 'null',
      nullOptions: 'job-fails',
      ...options.behaviours,
    },
    quotas: {
      featureGroups: -1,
      trainingDatasets: -1,
      parallelExecutions: -1,
      credits: true,
      previewRows: 100,
      ...options.quotas,
    },
    timing: { startMs: 0, runMs: 0, onlineLagMs: 0, logLagMs: 0, ...options.timing },
    nextId: 1000,
  }
}

async function afterFaults(
  faults: FaultLine<FaultEffect>,
  asked: Asked,
  handle: () => Promise<Reply>,
): Promise<Outcome> {
  const effect = faults.take(asked.method, decodeURIComponent(asked.path))
  if (effect === undefined) return handle()
  if ('status' in effect) return refusalOf(effect)
  if (effect.cut === 'after') await handle()
  return 'cut'
}

function refusalOf(effect: Extract<FaultEffect, { status: number }>): Reply {
  const { status, code, usrMsg, retryAfter } = effect
  const reply =
    code === undefined
      ? plain('<html>no envelope</html>', status)
      : json(
          { errorCode: code, errorMsg: 'A fault of the fake.', ...(usrMsg === undefined ? {} : { usrMsg }) },
          status,
        )
  return retryAfter === undefined
    ? reply
    : { ...reply, headers: { ...reply.headers, 'retry-after': retryAfter } }
}

async function answerApi(state: State, { method, path, query, headers, body }: Asked): Promise<Reply> {
  try {
    await settle(state)
    if (!path.startsWith(`${API}/`)) throw new Refusal(120004, 'HTTP 404 Not Found')
    const route = path.slice(API.length)
    if (`${method} ${route}` === 'GET /variables/versions') return versions(state)
    const fullContentType = headers['content-type'] ?? ''
    const contentType = (fullContentType.split(';')[0] ?? '').trim().toLowerCase()
    const match = findRoute(ROUTES, { method, path: route, contentType })
    const key = keyOf(state, headers.authorization)
    return await answer(match, { state, key, query, contentType, fullContentType, body }, FOREIGN_PROJECTS)
  } catch (error) {
    const refusal = error instanceof Refusal ? error : new Refusal(120000, String(error))
    const reply = json(refusal.envelope, refusal.status)
    if (refusal.status !== 401) return reply
    return { ...reply, headers: { ...reply.headers, 'www-authenticate': 'Bearer realm="Hopsworks"' } }
  }
}

async function answerAtOnlineServer(state: State, { method, path, headers, body }: Asked): Promise<Reply> {
  await settle(state)
  const apiKey = headers['x-api-key']
  return answerOnline(state, {
    method,
    path,
    apiKey: typeof apiKey === 'string' ? apiKey : undefined,
    body,
  })
}

function inspection(state: State): Pick<FakeHopsworks, 'rows' | 'executions' | 'files'> {
  return {
    rows(copy, name, version = 1) {
      const group = state.groups.find((other) => other.name === name && other.version === version)
      if (group === undefined) return []
      const rows = copy === 'offline' ? group.offline.values() : onlineRows(group, state.now()).values()
      return [...rows].map((row) => wholeRow(group, row))
    },
    executions() {
      return state.begun.map((execution) => ({
        job: execution.job.name,
        finalStatus: String(Reflect.get(executionDto(state, execution), 'finalStatus')),
      }))
    },
    files() {
      const root = `/Projects/${state.project.name}/`
      return state.files
        .all()
        .filter(({ path }) => path.startsWith(root))
        .map(({ path, dir }) => `${path.slice(root.length)}${dir ? '/' : ''}`)
    },
  }
}

/** mulberry32 */
function seeded(seed: number): () => number {
  let at = seed >>> 0
  return () => {
    at = (at + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(at ^ (at >>> 15), at | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
