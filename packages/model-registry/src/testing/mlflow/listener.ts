import type { IncomingMessage, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'

import { listenOnLoopback, type LoopbackServer } from '@airq/http/testing'

import type { Reply } from './reply.ts'
import { fullyDecoded } from './rules.ts'
import type { SeenMlflowRequest } from './types.ts'

export interface Asked {
  readonly method: string
  /** As sent. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

/** An answer; one that breaks off after so many bytes; or the end of the connection without one. */
export type Outcome = Reply | { readonly reply: Reply; readonly brokenOffAfter: number } | 'cut'

/** A server on loopback that records what it was asked. */
export async function listen(
  port: number,
  requests: SeenMlflowRequest[],
  answer: (asked: Asked) => Outcome,
): Promise<LoopbackServer> {
  return listenOnLoopback((request, response) => respond(request, response, requests, answer), { port })
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  requests: SeenMlflowRequest[],
  answer: (asked: Asked) => Outcome,
): Promise<void> {
  const body = await buffer(request)
  const { method = 'GET', url = '/', headers } = request
  const [path = '/', query = ''] = url.split('?')
  const seen: SeenMlflowRequest = {
    method,
    path: fullyDecoded(path),
    query,
    bytesIn: body.length,
    bytesOut: 0,
    status: 0,
  }
  requests.push(seen)
  const outcome = answer({ method, path, query: new URLSearchParams(query), headers, body })
  if (outcome === 'cut') {
    response.destroy()
    return
  }
  const { reply, brokenOffAfter } = 'reply' in outcome ? outcome : { reply: outcome, brokenOffAfter: null }
  const content = Buffer.from(reply.body)
  seen.status = reply.status
  seen.bytesOut = content.length
  response.writeHead(reply.status, { ...reply.headers, 'content-length': content.length })
  if (brokenOffAfter === null) response.end(content)
  else response.write(content.subarray(0, brokenOffAfter), () => response.destroy())
}
