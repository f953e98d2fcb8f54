import { type Handler, listenOnLoopback, type LoopbackServer } from '@airq/http/testing'

/** A server on 127.0.0.1 at a port of the system's choice. What a handler throws is answered with 400. */
export async function listenAndTell(handle: Handler): Promise<LoopbackServer> {
  return listenOnLoopback(async (request, response) => {
    try {
      await handle(request, response)
    } catch (error) {
      if (response.headersSent || response.destroyed) response.destroy()
      else response.writeHead(400, { 'content-type': 'text/plain' }).end(String(error))
    }
  })
}
