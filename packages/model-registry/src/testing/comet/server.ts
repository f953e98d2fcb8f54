import { createFaultLine, type FaultLine } from '@airq/http/testing'

import { accountRoutes } from './account-routes.ts'
import { assetRoutes } from './asset-routes.ts'
import { experimentRoutes } from './experiment-routes.ts'
import { listen, type Asked, type Outcome } from './listener.ts'
import { codes, Refusal } from './refusal.ts'
import { registryRoutes } from './registry-routes.ts'
import { json, page, type Reply } from './reply.ts'
import type { Routes } from './router.ts'
import type { Experiment, State } from './state.ts'
import { createThrottle } from './throttle.ts'
import type {
  CometFaultEffect,
  FakeComet,
  FakeCometOptions,
  FakeCometSettings,
  SeenCometRequest,
  SeenExperiment,
} from './types.ts'

const api = '/api/rest/v2'
/** Comet's Python client asks below the address it was given. */
const versionPaths: readonly string[] = ['/api/isAlive/ver', '/clientlib/isAlive/ver']
const routes: Routes = { ...accountRoutes, ...experimentRoutes, ...assetRoutes, ...registryRoutes }

/** Requests of the key that are left; `null`: as many as you like. */
interface Key {
  readonly value: string
  left: number | null
}

/** Comet on loopback, in memory: the REST API, version 2, that the adapter and Comet's own clients need. */
export async function startFakeComet(options: FakeCometOptions = {}): Promise<FakeComet> {
  const {
    apiKey = 'fake-comet-key',
    clock = { now: () => Date.now() },
    port = 0,
    workspace = 'airq',
  } = options
  const state: State = {
    workspace,
    user: 'airq-tester',
    now: () => clock.now(),
    settings: settingsOf(options),
    experiments: new Map(),
    models: new Map(),
    made: 0,
  }
  const key: Key = { value: apiKey, left: null }
  const requests: SeenCometRequest[] = []
  const faults = createFaultLine<CometFaultEffect>()
  const throttle = createThrottle(state)
  const listener = await listen(port, requests, (asked) =>
    afterFaults(faults, asked, () => answer(state, key, throttle, asked)),
  )
  return {
    baseUrl: listener.baseUrl,
    workspace,
    apiKey,
    requests,
    fail: (fault) => {
      faults.add(fault)
    },
    heal: () => {
      faults.clear()
    },
    set(changes) {
      state.settings = { ...state.settings, ...changes }
    },
    expireKeyAfter(left) {
      key.left = left
    },
    renewKey() {
      key.left = null
    },
    experiments: () => [...state.experiments.values()].map(seenExperiment),
    versions: (name) =>
      (state.models.get(name)?.versions.latest ?? []).map(({ version, stages }) => ({
        version,
        stages: stages.latest,
      })),
    close: () => listener.close(),
    [Symbol.asyncDispose]: () => listener.close(),
  }
}

function settingsOf(options: FakeCometOptions): FakeCometSettings {
  return {
    hiddenReads: options.hiddenReads ?? 1,
    badKeyStatus: options.badKeyStatus ?? 401,
    duplicates: options.duplicates ?? 'refused',
    innerName: options.innerName ?? 'modelName',
    zip: options.zip ?? 'whole',
    limits: options.limits ?? { metrics: 12_000, parameters: 10_000, other: 8000, retryAfter: true },
  }
}

async function afterFaults(
  faults: FaultLine<CometFaultEffect>,
  asked: Asked,
  handle: () => Promise<Reply>,
): Promise<Outcome> {
  const effect = faults.take(asked.method, asked.path)
  if (effect === undefined) return handle()
  if ('status' in effect) return refused(effect)
  if (effect.cut === 'after') await handle()
  return 'cut'
}

function refused({
  status,
  sdkErrorCode = 0,
  retryAfter,
  html,
}: Extract<CometFaultEffect, { status: number }>): Reply {
  const reply =
    html === true ? page(status) : json(new Refusal(sdkErrorCode, 'A fault of the fake.', status), status)
  return withRetryAfter(reply, retryAfter)
}

function withRetryAfter(reply: Reply, retryAfter: string | undefined): Reply {
  return retryAfter === undefined
    ? reply
    : { ...reply, headers: { ...reply.headers, 'retry-after': retryAfter } }
}

async function answer(
  state: State,
  key: Key,
  throttle: ReturnType<typeof createThrottle>,
  { method, path, query, headers, body }: Asked,
): Promise<Reply> {
  try {
    checkKey(state, key, headers)
    const seconds = throttle.retryAfterSeconds(path)
    if (seconds !== null) {
      const reply = json(new Refusal(codes.other, 'Too many requests', 429), 429)
      return withRetryAfter(reply, state.settings.limits.retryAfter ? String(seconds) : undefined)
    }
    if (versionPaths.includes(path)) return json({ version: '5.0.1' })
    const route = path.startsWith(api) ? routes[`${method} ${path.slice(api.length)}`] : undefined
    if (route === undefined) throw new Refusal(codes.other, `no such call: ${method} ${path}`, 404)
    const contentType = headers['content-type'] ?? ''
    return await route({ state, query, contentType, body })
  } catch (error) {
    const refusal = error instanceof Refusal ? error : new Refusal(codes.other, String(error), 500)
    return json(refusal, refusal.status)
  }
}

/** The bare key under `Authorization`, as documented, or as the Java client sends it. */
function checkKey(state: State, key: Key, headers: Asked['headers']): void {
  const given = headers.authorization ?? headers['comet-sdk-api']
  if (given !== key.value || key.left === 0) {
    throw new Refusal(codes.unknownKey, 'API key is not registered', state.settings.badKeyStatus)
  }
  if (key.left !== null) key.left -= 1
}

function seenExperiment(experiment: Experiment): SeenExperiment {
  const { key, name, project, startTime, endTime, parameters, others, tags, git, assets } = experiment
  const metrics: Record<string, { step: number | null; value: string }[]> = {}
  for (const { name: metric, step, value } of experiment.metrics)
    (metrics[metric] ??= []).push({ step, value })
  return {
    key,
    name,
    project,
    startTimeMillis: startTime,
    endTimeMillis: endTime,
    parameters: Object.fromEntries(parameters),
    metrics,
    others: Object.fromEntries(others.latest),
    tags: [...tags],
    git,
    assets: assets.latest.map(({ fileName, type, bytes }) => ({ fileName, type, bytes })),
  }
}
