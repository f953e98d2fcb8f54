import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

export interface LoopbackOptions {
  /** Default: one of the system's choice. */
  readonly port?: number
  /** PEM; with it the server speaks https. */
  readonly tls?: { readonly key: string; readonly cert: string }
}

export interface LoopbackServer {
  readonly port: number
  readonly baseUrl: string
  /** Listens again after `close`, at the same port. */
  readonly reopen: () => Promise<void>
  /** Stops listening and ends every connection. */
  readonly close: () => Promise<void>
}

/** A server on 127.0.0.1. Where a handler throws, the connection ends without an answer. */
export async function listenOnLoopback(
  handle: Handler,
  { port: wanted = 0, tls }: LoopbackOptions = {},
): Promise<LoopbackServer> {
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    handle(request, response).catch(() => {
      response.destroy()
    })
  }
  const create = (): Server => (tls === undefined ? createServer(listener) : createTlsServer(tls, listener))
  let server = create()
  const port = await listening(server, wanted)
  return {
    port,
    baseUrl: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${String(port)}`,
    async reopen() {
      server = create()
      await listening(server, port)
    },
    async close() {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
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
