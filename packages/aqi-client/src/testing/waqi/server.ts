import type { Handler } from '@airq/http/testing'
import { faultNamed, createFaultQueue } from './fault-queue.ts'
import { controlHandler } from './control.ts'
import { isFault } from './fault-shape.ts'
import { listenAndTell } from './loopback.ts'
import { jsonReply, send, spoiled } from './reply.ts'
import { bodyFor } from './routes.ts'
import type { FakeWaqi, FakeWaqiOptions, RecordedRequest, WaqiFault } from './types.ts'
import { createFakeWorld, defaultStations } from './world.ts'

const HOUR = 3_600_000
/** One request's fault, as a name or as JSON, for who can set headers. It comes before those that wait. */
const FAULT_HEADER = 'x-airq-fault'

/**
 * WAQI on loopback, over a seeded world: feed, search and map with the token checked and errors as bodies of status
 * 200. The token `demo` is always answered for Shanghai.
 */
export async function startFakeWaqi(options: FakeWaqiOptions = {}): Promise<FakeWaqi> {
  const { token = 'fake-token', seed = 1, clock = { now: () => Date.now() } } = options
  const world = options.world ?? createFakeWorld(defaultStations(seed))
  const requests: RecordedRequest[] = []
  const faults = createFaultQueue()
  let setTo: number | undefined
  const now = () => setTo ?? clock.now()

  const handle: Handler = async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const recorded = record(request.method ?? 'GET', url, token, now())
    requests.push(recorded)
    const fault = faultOf(request.headers[FAULT_HEADER]) ?? faults.take() ?? {}
    const asOf = now() - (fault.staleHours ?? 0) * HOUR
    const body = bodyFor(world, { ...recorded, now: asOf })
    const reply = body === undefined ? jsonReply({ status: '404' }, 404) : spoiled(body, fault)
    await send(response, reply, fault)
  }

  const server = await listenAndTell(handle)
  const state = {
    baseUrl: server.baseUrl,
    token,
    world,
    faults,
    requests,
    now,
    setNow(instant: number) {
      setTo = instant
    },
  }
  const control = await listenAndTell(controlHandler(state))
  const close = async () => {
    await Promise.all([server.close(), control.close()])
  }
  return { ...state, controlUrl: control.baseUrl, close, [Symbol.asyncDispose]: close }
}

function faultOf(header: string | string[] | undefined): WaqiFault | undefined {
  if (typeof header !== 'string') return undefined
  if (!header.startsWith('{')) return faultNamed(header)
  const fault: unknown = JSON.parse(header)
  if (!isFault(fault)) throw new TypeError('that is no fault')
  return fault
}

function record(method: string, url: URL, token: string, at: number): RecordedRequest {
  const { token: given, ...query } = Object.fromEntries(url.searchParams)
  const elsewhere = JSON.stringify([url.pathname, query])
  const tokenElsewhere = [token, encodeURIComponent(token)].some((secret) => elsewhere.includes(secret))
  const kind =
    given === undefined ? 'missing' : given === token ? 'right' : given === 'demo' ? 'demo' : 'wrong'
  return { at, method, path: url.pathname, query, token: kind, tokenElsewhere }
}
