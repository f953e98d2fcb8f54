import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { buffer } from 'node:stream/consumers'

import type { Reply } from './reply.ts'
import type { FakeHopsworksOptions, SeenRequest } from './types.ts'

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

export interface Listener {
  readonly port: number
  /** Stops listening and ends every connection. */
  down(): Promise<void>
  /** Listens again, at the same port. */
  up(): Promise<void>
}

/** A server on 127.0.0.1 that records what it was asked. */
export async function listen(
  server: SeenRequest['server'],
  options: Pick<FakeHopsworksOptions, 'tls'> & { readonly port: number },
  requests: SeenRequest[],
  answer: (asked: Asked) => Promise<Outcome>,
): Promise<Listener> {
  const handle: RequestListener = (request, response) => {
    const respond = async (): Promise<void> => {
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
    }
    respond().catch(() => {
      response.destroy()
    })
  }
  const { tls } = options
  const open = (): Server => (tls === undefined ? createServer(handle) : createTlsServer(tls, handle))
  let current = open()
  const port = await listening(current, options.port)
  return {
    port,
    async down() {
      if (!current.listening) return
      const closed = once(current, 'close')
      current.close()
      current.closeAllConnections()
      await closed
    },
    async up() {
      current = open()
      await listening(current, port)
    },
  }
}

async function listening(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

function safelyDecoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
