import { inspect } from 'node:util'

import { afterEach, describe, expect, it, vi } from 'vitest'

import {
  createHttpClient,
  HttpError,
  statusJudge,
  type HttpClientOptions,
  type Secret,
} from '../src/index.ts'
import { failure, text } from './support/fakes.ts'
import { closedPort, serve, serveRaw } from './support/loopback.ts'

const VALUE = 'S3CR&T /ÄMARKED+1'
const read = statusJudge(text)
const spellings = [
  VALUE,
  encodeURIComponent(VALUE),
  new URLSearchParams({ v: VALUE }).toString().slice(2),
  'MARKED',
]

/** Every way an error may come to be read. */
function everything(error: HttpError): string {
  const chain: string[] = []
  for (let at: unknown = error; at !== undefined && at !== null; at = (at as { cause?: unknown }).cause) {
    chain.push(inspect(at, { depth: 10, showHidden: true }), JSON.stringify(at))
    if (at instanceof Error) chain.push(at.message, at.stack ?? '')
  }
  return chain.join('\n')
}

async function failureAt(url: string, options: HttpClientOptions = {}): Promise<HttpError[]> {
  const errors: HttpError[] = []
  for (const place of ['query', 'header'] as const) {
    const secret: Secret = {
      in: place,
      name: 'token',
      value: VALUE,
      prefix: 'ApiKey ',
      vendorHosts: ['far.example'],
    }
    const client = createHttpClient({ retry: { attempts: 2, baseMs: 0 }, ...options })
    errors.push(await failure(client.call({ url, secret }, read)))
  }
  return errors
}

function expectNoLeak(errors: readonly HttpError[], code: HttpError['code']): void {
  for (const error of errors) {
    expect(error.code).toBe(code)
    for (const spelling of spellings) expect(everything(error)).not.toContain(spelling)
    expect(Object.keys(error.cause ?? {}).every((k) => ['code', 'syscall'].includes(k))).toBe(true)
  }
}

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('the secret is in no error', () => {
  it('of a refused connection', async () => {
    expectNoLeak(await failureAt(`http://127.0.0.1:${String(await closedPort())}/x`), 'network')
  })

  it('of a reset connection', async () => {
    await using server = await serveRaw((socket) => socket.resetAndDestroy())
    expectNoLeak(await failureAt(`http://127.0.0.1:${String(server.port)}/x`), 'network')
  })

  it('of an answer that is no HTTP', async () => {
    await using server = await serveRaw((socket, data) => socket.end(`garbage ${data}`))
    expectNoLeak(await failureAt(`http://127.0.0.1:${String(server.port)}/x`), 'network')
  })

  it('of TLS that fails', async () => {
    await using server = await serveRaw((socket) => socket.end('no TLS\r\n'))
    expectNoLeak(await failureAt(`https://127.0.0.1:${String(server.port)}/x`), 'network')
  })

  it('of a timeout, of a deadline, of an abort', async () => {
    await using server = await serve(() => undefined)
    expectNoLeak(await failureAt(server.url, { timeoutMs: 30 }), 'timeout')
    expectNoLeak(await failureAt(server.url, { deadlineMs: 30 }), 'timeout')
    const controller = new AbortController()
    controller.abort(new Error(VALUE))
    expectNoLeak(await failureAt(server.url, { signal: controller.signal }), 'aborted')
  })

  it('of a status, of a redirect, of too long an answer, all of them echoing the request', async () => {
    let status = 401
    await using server = await serve((seen, answer) => {
      const echo = JSON.stringify(seen)
      answer.writeHead(status, { location: `/login?from=${encodeURIComponent(seen.url)}` }).end(echo)
    })
    expectNoLeak(await failureAt(server.url), 'status')
    status = 302
    expectNoLeak(await failureAt(server.url), 'redirect')
    status = 200
    expectNoLeak(await failureAt(server.url, { maxBodyBytes: 1 }), 'too-large')
  })

  it('of a proxy that refuses, breaks off, or is not there', async () => {
    vi.stubEnv('no_proxy', '')
    await using refusing = await serveRaw((socket) =>
      socket.end('HTTP/1.1 407 Nope\r\ncontent-length: 0\r\n\r\n'),
    )
    await using breaking = await serveRaw((socket) => socket.destroy())
    vi.stubEnv('https_proxy', `http://me:pass@127.0.0.1:${String(refusing.port)}`)
    expectNoLeak(await failureAt('https://far.example/x'), 'status')
    vi.stubEnv('https_proxy', `http://127.0.0.1:${String(breaking.port)}`)
    expectNoLeak(await failureAt('https://far.example/x', { timeoutMs: 100 }), 'timeout')
    vi.stubEnv('https_proxy', `http://127.0.0.1:${String(await closedPort())}`)
    expectNoLeak(await failureAt('https://far.example/x'), 'network')
    vi.stubEnv('https_proxy', 'http://me:p%zz@[bad')
    expectNoLeak(await failureAt('https://far.example/x'), 'network')
  })

  it('of a host that is not trusted, of plain http', async () => {
    expectNoLeak(await failureAt('https://other.example/x'), 'untrusted-host')
    expectNoLeak(await failureAt('http://far.example/x'), 'untrusted-host')
  })

  it('of a request put together badly', async () => {
    expectNoLeak(await failureAt('nonsense'), 'bad-request')
    const secret = { in: 'header', name: 'token', value: `${VALUE}\r\n`, vendorHosts: [] } as const
    expectNoLeak(
      [await failure(createHttpClient().call({ url: 'https://a.example', secret }, read))],
      'bad-request',
    )
  })

  it('of a transport that puts it everywhere', async () => {
    const raw = Object.assign(new Error(`GET ?token=${VALUE}`), {
      code: VALUE,
      config: { VALUE },
      cause: new Error(VALUE),
    })
    expectNoLeak(
      await failureAt('https://far.example/x', { transport: () => Promise.reject(raw) }),
      'network',
    )
    const ours = new HttpError('network', `GET ?token=${encodeURIComponent(VALUE)}`, {
      cause: { code: VALUE },
    })
    expectNoLeak(
      await failureAt('https://far.example/x', { transport: () => Promise.reject(ours) }),
      'network',
    )
  })
})
