import { createServer, request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

interface Recorded {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface RecordingProxy extends AsyncDisposable {
  readonly baseUrl: string
  readonly port: number
  /** Requests since the start, as they were sent. */
  readonly requests: readonly Recorded[]
}

/** Passes everything on and writes down what went through. */
export async function recordingProxy(target: string): Promise<RecordingProxy> {
  const requests: Recorded[] = []
  const forward = async (incoming: IncomingMessage): Promise<IncomingMessage> => {
    const body = await buffer(incoming)
    const { method = 'GET', url = '/', headers } = incoming
    requests.push({ method, url, headers, body: body.toString('latin1') })
    const outgoing = request(new URL(url, target), { method, headers })
    outgoing.end(body)
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]
    return answer
  }
  const server = createServer((incoming, response) => {
    forward(incoming).then(
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      },
      () => response.destroy(),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    baseUrl: `http://127.0.0.1:${String(port)}`,
    port,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
