import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net'

export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface Loopback extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly seen: readonly SeenRequest[]
}

export type Answer = (request: SeenRequest, response: ServerResponse, nth: number) => void

/** A real server on a free port; every request is recorded, `nth` counts from 1. */
export async function serve(answer: Answer): Promise<Loopback> {
  const seen: SeenRequest[] = []
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const one = { method, url, headers, body: Buffer.concat(chunks).toString() }
      seen.push(one)
      answer(one, response, seen.length)
    })
  }
  const server = createServer(listener)
  const port = await listen(server)
  return {
    url: `http://127.0.0.1:${String(port)}`,
    port,
    seen,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await close(server)
    },
  }
}

export interface RawServer extends AsyncDisposable {
  readonly port: number
  /** All bytes that came in, as text. */
  received(): string
  openSockets(): number
}

/** A bare TCP server: for proxies that misbehave, and for what is no HTTP at all. */
export async function serveRaw(onData: (socket: Socket, text: string) => void): Promise<RawServer> {
  const sockets = new Set<Socket>()
  let text = ''
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      onData(socket, chunk.toString('latin1'))
    })
  })
  const port = await listen(server)
  return {
    port,
    received: () => text,
    openSockets: () => sockets.size,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await close(server)
    },
  }
}

/** A port on which nothing listens. */
export async function closedPort(): Promise<number> {
  await using server = await serve(() => undefined)
  return server.port
}

async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address() as AddressInfo
  return address.port
}

async function close(server: Server | ReturnType<typeof createTcpServer>): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve()
    })
  })
}

/** Waits until something is so; the test's own time limit ends it otherwise. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}
