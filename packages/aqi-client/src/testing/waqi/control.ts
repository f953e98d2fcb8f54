import type { Handler } from '@airq/http/testing'
import { text } from 'node:stream/consumers'
import { isFault } from './fault-shape.ts'
import type { FakeWaqi } from './types.ts'

/** Answers the control port: faults, time and the record of requests, for tests in another process. */
export function controlHandler(fake: Pick<FakeWaqi, 'faults' | 'requests' | 'now' | 'setNow'>): Handler {
  return async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const ask = `${request.method ?? 'GET'} ${url.pathname}`
    if (ask === 'POST /faults') addFault(fake, url.searchParams, await text(request))
    else if (ask === 'DELETE /faults') fake.faults.clear()
    else if (ask === 'POST /now') fake.setNow(instantOf(url.searchParams.get('at')))
    else if (ask !== 'GET /requests') throw new RangeError(`nothing at ${ask}`)
    const state = { now: fake.now(), requests: fake.requests }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(state))
  }
}

function addFault({ faults }: Pick<FakeWaqi, 'faults'>, query: URLSearchParams, body: string): void {
  const times = Number(query.get('times') ?? 1)
  const fault: unknown = query.get('next') ?? JSON.parse(body)
  if (typeof fault !== 'string' && !isFault(fault)) throw new TypeError('that is no fault')
  faults.next(fault, times)
}

/** Epoch ms of a number or an ISO time. */
function instantOf(at: string | null): number {
  const instant = /^\d+$/.test(at ?? '') ? Number(at) : Date.parse(at ?? '')
  if (!Number.isFinite(instant)) throw new RangeError('give `at` as an ISO time or in epoch ms')
  return instant
}
