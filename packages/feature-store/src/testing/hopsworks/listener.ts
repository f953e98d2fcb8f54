import type { IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'

import { listenOnLoopback, type LoopbackOptions, type LoopbackServer } from '@airq/http/testing'

import type { Reply } from './reply.ts'
import type { SeenRequest } from './types.ts'

export interface Asked {
  readonly method: string
  /** Decoded only where a route does it. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

/** An answer, or what ends the connection without one. */
export type Outcome = Reply | 'cut'

/** A server on loopback that records what it was asked. */
export async function listen(
  server: SeenRequest['server'],
  options: LoopbackOptions,
  requests: SeenRequest[],
  answer: (asked: Asked) => Promise<Outcome>,
): Promise<LoopbackServer> {
  return listenOnLoopback(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const body = await buffer(request)
    const method = request.method ?? 'GET'
    const seen: SeenRequest = {
      server,
      method,
      path: safelyDecoded(url.pathname.replace(/^\/hopsworks-api\/api/, '')),
      query: url.search,
      contentType: request.headers['content-type'],
      bytesIn: body.length,
      bytesOut: 0,
      status: 0,
    }
    requests.push(seen)
    const { headers } = request
    const outcome = await answer({ method, path: url.pathname, query: url.searchParams, headers, body })
    if (outcome === 'cut') {
      response.destroy()
      return
    }
    seen.status = outcome.status
    seen.bytesOut = Buffer.byteLength(outcome.body)
    response.writeHead(outcome.status, outcome.headers)
    response.end(outcome.body)
  }, options)
}

function safelyDecoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
