import type { ServerResponse } from 'node:http'
import { listenOnLoopback } from '@airq/http/testing'

import { APIS, type ApiName } from './apis.ts'
import { createCallCounter, LIMIT_REASONS, PUBLIC_LIMITS, type CallLimits } from './call-counter.ts'
import { faultyReply, jsonReply, refusalReply, type Fault, type Reply } from './faults.ts'
import { answerTo, readQuestion, Refusal, weightOf } from './hourly-answer.ts'
import { createTruth, type Truth } from './truth.ts'

export interface FakeOpenMeteoOptions {
  readonly seed: number
  /** Says what is past and when counters are emptied. */
  readonly clock: { now(): number }
  /** Default: those of the public server. */
  readonly limits?: Partial<CallLimits>
}

/** A request as it came in. */
export interface SeenRequest {
  readonly api: ApiName
  readonly query: Readonly<Record<string, string>>
  /** Epoch ms, by the fake's clock. */
  readonly at: number
  /** 0 for a refused one. */
  readonly weight: number
  readonly status: number
}

export interface FakeOpenMeteo extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`; each API stands below the first label of its public host. */
  readonly baseUrl: string
  readonly truth: Truth
  /** In the order they were answered. */
  readonly requests: readonly SeenRequest[]
  /** The next `times` requests go wrong this way. Faults that are waiting come first. */
  fail(fault: Fault, times?: number): void
  /** Requests from now on get no answer until the function given back is called. */
  hold(): () => void
  close(): Promise<void>
}

/** Open-Meteo on loopback, over a seeded world of its own: answers, refusals and limits as the public server's. */
export async function startFakeOpenMeteo(options: FakeOpenMeteoOptions): Promise<FakeOpenMeteo> {
  const { seed, clock } = options
  const limits = { ...PUBLIC_LIMITS, ...options.limits }
  const counter = createCallCounter(limits)
  const truth = createTruth(seed)
  const requests: SeenRequest[] = []
  const faults: Fault[] = []
  let gate: Promise<void> = Promise.resolve()
  let underWay = 0

  function replyTo(api: (typeof APIS)[number], query: URLSearchParams): Reply & { readonly weight: number } {
    const now = clock.now()
    const limit = underWay > limits.concurrent ? 'concurrent' : counter.exceeded(now)
    if (limit !== null) return { ...refusalReply(429, LIMIT_REASONS[limit]), weight: 0 }
    try {
      const question = readQuestion(api, query, now)
      const answer = answerTo(question, api, truth, now)
      const fault = faults.shift()
      if (fault !== undefined) return { ...faultyReply(fault, answer), weight: 0 }
      const weight = weightOf(question)
      counter.count(now, weight)
      return { ...jsonReply(200, answer), weight }
    } catch (error) {
      if (error instanceof Refusal) return { ...refusalReply(400, error.message), weight: 0 }
      throw error
    }
  }

  async function serve(url: URL, response: ServerResponse): Promise<void> {
    const api = APIS.find(({ path }) => path === url.pathname)
    if (api === undefined) {
      send(response, refusalReply(404, 'Not Found'))
      return
    }
    underWay += 1
    try {
      const reply = replyTo(api, url.searchParams)
      if (reply.status !== 429) await gate
      const { status, weight } = reply
      requests.push({
        api: api.name,
        query: Object.fromEntries(url.searchParams),
        at: clock.now(),
        weight,
        status,
      })
      send(response, reply)
    } finally {
      underWay -= 1
    }
  }

  const { baseUrl, close } = await listenOnLoopback((request, response) =>
    serve(new URL(request.url ?? '/', 'http://127.0.0.1'), response),
  )
  return {
    baseUrl,
    truth,
    requests,
    fail(fault, times = 1) {
      for (let time = 0; time < times; time += 1) faults.push(fault)
    },
    hold() {
      const { promise, resolve } = Promise.withResolvers<undefined>()
      gate = promise.then(() => undefined)
      return () => {
        resolve(undefined)
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

function send(response: ServerResponse, { status, type, body }: Reply): void {
  response.writeHead(status, { 'content-type': type })
  response.end(body)
}
