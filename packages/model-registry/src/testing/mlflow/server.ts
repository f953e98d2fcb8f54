import { createFaultLine } from '@airq/http/testing'

import { listen, type Asked, type Outcome } from './listener.ts'
import { Refusal } from './refusal.ts'
import { json, text, type Reply } from './reply.ts'
import { answerRoute } from './routes.ts'
import { createState, type State } from './state.ts'
import type {
  FakeMlflow,
  FakeMlflowOptions,
  FakeMlflowSettings,
  MlflowFaultEffect,
  SeenMlflowRequest,
} from './types.ts'

/** MLflow's tracking server on loopback, in memory: the REST API 2.0 of the open-source server, as of 3.17. */
export async function startFakeMlflow(options: FakeMlflowOptions = {}): Promise<FakeMlflow> {
  const { clock = { now: () => Date.now() }, port = 0 } = options
  const state = createState(() => Math.trunc(clock.now()))
  let settings: FakeMlflowSettings = {
    auth: options.auth ?? null,
    artifacts: options.artifacts ?? 'proxied',
    int64: options.int64 ?? 'number',
    allowedHosts: options.allowedHosts ?? null,
    readyAfterReads: options.readyAfterReads ?? 0,
  }
  apply(state, settings)
  const faults = createFaultLine<MlflowFaultEffect>()
  const requests: SeenMlflowRequest[] = []
  const listener = await listen(port, requests, (asked) => {
    const effect = faults.take(asked.method, decodeURIComponent(asked.path))
    return effect === undefined
      ? answer(state, settings, asked)
      : faulty(effect, () => answer(state, settings, asked))
  })
  return {
    baseUrl: listener.baseUrl,
    requests,
    artifacts: state.artifacts,
    fail: (fault) => {
      faults.add(fault)
    },
    heal: () => {
      faults.clear()
    },
    set(changes) {
      settings = { ...settings, ...changes }
      apply(state, settings)
    },
    close: () => listener.close(),
    [Symbol.asyncDispose]: () => listener.close(),
  }
}

function apply(state: State, { artifacts, readyAfterReads }: FakeMlflowSettings): void {
  state.artifactRoot = artifacts === 's3' ? 's3://bucket' : 'mlflow-artifacts:'
  state.proxyOn = artifacts !== 'off'
  state.readyAfterReads = readyAfterReads
}

function faulty(effect: MlflowFaultEffect, handle: () => Reply): Outcome {
  if ('status' in effect) return refused(effect)
  if ('cut' in effect) {
    if (effect.cut === 'after') handle()
    return 'cut'
  }
  const reply = handle()
  const body = Buffer.from(reply.body)
  if (effect.answer === 'cut') return { reply, brokenOffAfter: Math.floor(body.length / 2) }
  if (effect.answer === 'shortened') return { ...reply, body: body.subarray(0, Math.floor(body.length / 2)) }
  const changed = Buffer.from(body)
  const middle = Math.floor(changed.length / 2)
  if (changed.length > 0) changed[middle] = (changed[middle] ?? 0) ^ 1
  return { ...reply, body: changed }
}

function refused({
  status,
  errorCode,
  message = 'A fault of the fake.',
  retryAfter,
}: Extract<MlflowFaultEffect, { status: number }>): Reply {
  const reply =
    errorCode === undefined
      ? text(`<html><body><h1>${String(status)}</h1></body></html>`, status, 'text/html')
      : json({ error_code: errorCode, message }, status)
  return retryAfter === undefined
    ? reply
    : { ...reply, headers: { ...reply.headers, 'retry-after': retryAfter } }
}

function answer(state: State, { auth, int64, allowedHosts }: FakeMlflowSettings, asked: Asked): Reply {
  const { host = '', authorization } = asked.headers
  if (allowedHosts !== null && !allowedHosts.includes(host) && asked.path !== '/health') {
    return text('Invalid Host header - possible DNS rebinding attack detected', 403)
  }
  if (auth !== null && authorization !== headerOf(auth)) return unauthenticated
  try {
    const reply = answerRoute(state, asked)
    return int64 === 'number' ? reply : { ...reply, body: withTexts(reply) }
  } catch (error) {
    const refusal = error instanceof Refusal ? error : new Refusal('INTERNAL_ERROR', String(error))
    return json(refusal, refusal.status)
  }
}

/** As its app for basic auth answers. */
const unauthenticated: Reply = {
  status: 401,
  headers: { 'content-type': 'text/html; charset=utf-8', 'www-authenticate': 'Basic realm="mlflow"' },
  body: 'You are not authenticated. Please see https://www.mlflow.org/docs/latest/auth/index.html on how to authenticate.',
}

function headerOf(auth: NonNullable<FakeMlflowSettings['auth']>): string {
  return 'token' in auth
    ? `Bearer ${auth.token}`
    : `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`
}

function withTexts({ headers, body }: Reply): Uint8Array | string {
  if (headers['content-type'] !== 'application/json' || typeof body !== 'string') return body
  return body.replaceAll(
    /"(start_time|end_time|timestamp|step|creation_time|last_update_time|creation_timestamp|last_updated_timestamp|file_size)":(-?\d+)/g,
    '"$1":"$2"',
  )
}
