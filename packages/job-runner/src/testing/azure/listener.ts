import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'

import { listenOnLoopback, type LoopbackOptions, type LoopbackServer } from '@airq/http/testing'

import type { Reply } from './reply.ts'
import type { SeenAzureRequest } from './types.ts'

export interface Asked {
  readonly method: string
  /** Decoded. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export type Outcome = Reply | 'cut' | 'silent'

/** A server on loopback that records what it was asked. */
export async function listen(
  server: SeenAzureRequest['server'],
  requests: SeenAzureRequest[],
  answer: (asked: Asked) => Outcome,
  options: LoopbackOptions = {},
): Promise<LoopbackServer> {
  return listenOnLoopback(async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request)
    const { method = 'GET', url = '/' } = request
    const [path = '/', query = ''] = url.split('?')
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    )
    const seen: SeenAzureRequest = {
      server,
      method,
      path: decodeURIComponent(path),
      query,
      headers,
      body,
      status: 0,
    }
    requests.push(seen)
    const outcome = answer({ method, path: seen.path, query: new URLSearchParams(query), headers, body })
    if (outcome === 'silent') return
    if (outcome === 'cut') {
      response.destroy()
      return
    }
    seen.status = outcome.status
    response.writeHead(outcome.status, outcome.headers).end(outcome.body)
  }, options)
}
