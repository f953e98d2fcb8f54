import type { IncomingMessage, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'

import { listenOnLoopback, type LoopbackServer } from '@airq/http/testing'

import type { Reply } from './reply.ts'
import type { SeenCometRequest } from './types.ts'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

/** An answer, or the end of the connection without one. */
export type Outcome = Reply | 'cut'

/** A server on loopback that records what it was asked. */
export async function listen(
  port: number,
  requests: SeenCometRequest[],
  answer: (asked: Asked) => Promise<Outcome>,
): Promise<LoopbackServer> {
  return listenOnLoopback((request, response) => respond(request, response, requests, answer), { port })
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  requests: SeenCometRequest[],
  answer: (asked: Asked) => Promise<Outcome>,
): Promise<void> {
  const body = await buffer(request)
  const { method = 'GET', headers } = request
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  const seen: SeenCometRequest = {
    method,
    path: url.pathname,
    query: url.search,
    bytesIn: body.length,
    bytesOut: 0,
    status: 0,
  }
  requests.push(seen)
  const outcome = await answer({ method, path: url.pathname, query: url.searchParams, headers, body })
  if (outcome === 'cut') {
    response.destroy()
    return
  }
  seen.status = outcome.status
  seen.bytesOut = Buffer.byteLength(outcome.body)
  response.writeHead(outcome.status, { ...outcome.headers, 'content-length': seen.bytesOut })
  response.end(outcome.body)
}
