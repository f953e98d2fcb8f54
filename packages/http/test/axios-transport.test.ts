import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'

import { afterEach, describe, expect, it, vi } from 'vitest'

import {
  axiosTransport,
  createHttpClient,
  HttpError,
  statusJudge,
  type TransportRequest,
} from '../src/index.ts'
import { failure, text } from './support/fakes.ts'
import { closedPort, serve, serveRaw } from './support/loopback.ts'

const read = statusJudge(text)
const once = { retry: { attempts: 1 } }

function request(url: string, more: Partial<TransportRequest> = {}): TransportRequest {
  return {
    method: 'GET',
    url,
    headers: {},
    signal: new AbortController().signal,
    maxBodyBytes: 1000,
    ...more,
  }
}

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('axios as transport', () => {
  it('is not loaded before the first request', async () => {
    const entry = new URL('../src/index.ts', import.meta.url).href
    const script = `
      const { registerHooks } = await import('node:module')
      const loaded = []
      registerHooks({ resolve(name, context, next) { loaded.push(name); return next(name, context) } })
      const { createHttpClient } = await import(${JSON.stringify(entry)})
      const client = createHttpClient({ retry: { attempts: 1 } })
      const before = loaded.includes('axios')
      await client.call({ url: 'http://127.0.0.1:${String(await closedPort())}/' }, () => 1).catch(() => undefined)
      console.log(JSON.stringify({ before, after: loaded.includes('axios') }))`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script])
    expect(JSON.parse(stdout)).toEqual({ before: false, after: true })
  })

  it('gives status, headers and bytes as they come, for every status', async () => {
    await using server = await serve((seen, answer) => {
      answer.writeHead(Number(seen.url.slice(1)), { 'Set-Cookie': ['a=1', 'b=2'], 'X-Name': 'v' })
      answer.end(new Uint8Array([0xef, 0xbb, 0xbf, 0x7b, 0xff]))
    })
    for (const status of [200, 301, 404, 500]) {
      const answer = await axiosTransport()(request(`${server.url}/${String(status)}`))
      expect(answer.status).toBe(status)
      expect(answer.headers).toMatchObject({ 'set-cookie': 'a=1, b=2', 'x-name': 'v' })
      expect([...answer.body]).toEqual([0xef, 0xbb, 0xbf, 0x7b, 0xff])
    }
  })

  it('sends path, headers and body unchanged, and no content type of its own', async () => {
    await using server = await serve((_seen, answer) => answer.end())
    const path = '/feed/@1/a%2Fb/?q=a%20b&c=%26'
    const send = axiosTransport()
    await send(request(server.url + path, { method: 'POST', body: ' {"a": 1} ', headers: { 'x-a': '1' } }))
    await send(request(server.url + path, { method: 'PUT', body: new TextEncoder().encode('bytes') }))
    expect(server.seen).toMatchObject([
      { method: 'POST', url: path, body: ' {"a": 1} ', headers: { 'x-a': '1' } },
      { method: 'PUT', url: path, body: 'bytes' },
    ])
    expect(server.seen[0]?.headers).not.toHaveProperty('content-type')
  })

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('unpacks %s', async (encoding, pack) => {
    await using server = await serve((_seen, answer) => {
      answer.writeHead(200, { 'content-encoding': encoding }).end(pack('packed'))
    })
    expect(text(await axiosTransport()(request(server.url)))).toBe('packed')
  })

  it('cuts off what is too long, also what only unpacks to too much', async () => {
    let closed = 0
    await using server = await serve((seen, answer) => {
      answer.on('close', () => (closed += 1))
      if (seen.url === '/packed') {
        answer.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(5_000_000)))
      } else answer.write(Buffer.alloc(5_000)) // and never ends
    })
    const client = createHttpClient({ maxBodyBytes: 1000 })
    for (const path of ['/packed', '/endless']) {
      const error = await failure(client.call({ url: server.url + path }, read))
      expect(error).toMatchObject({ code: 'too-large', retryable: false })
    }
    await expect.poll(() => closed).toBe(2)
    expect(server.seen).toHaveLength(2)
  })

  it.each(['broken gzip', 'cut off', 'cut off in gzip'])(
    'tells an answer that is %s as network failure',
    async (how) => {
      await using server = await serve((_seen, answer) => {
        if (how === 'broken gzip') answer.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip at all')
        else {
          const gzip = how.endsWith('gzip') ? { 'content-encoding': 'gzip' } : {}
          answer.writeHead(200, { 'content-length': '1000', ...gzip })
          answer.write(gzipSync('half').subarray(0, 8), () => answer.destroy())
        }
      })
      const error = await failure(createHttpClient(once).call({ url: server.url }, read))
      expect(error).toMatchObject({ code: 'network', retryable: true })
    },
  )

  it('does not follow a redirect, so that the secret stays', async () => {
    await using other = await serve((_seen, answer) => answer.end())
    await using server = await serve((seen, answer) => {
      answer.writeHead(302, { location: `${other.url}/login?back=${encodeURIComponent(seen.url)}` }).end()
    })
    const secret = { in: 'query', name: 'token', value: 'marked-secret', vendorHosts: [] } as const
    const error = await failure(createHttpClient().call({ url: server.url, secret }, read))
    expect(error).toMatchObject({ code: 'redirect', status: 302, retryable: false })
    expect(error.message).toContain(`redirects to ${new URL(other.url).host}`)
    expect([server.seen.length, other.seen.length]).toEqual([1, 0])
  })

  it('leaves 304 to the judge', async () => {
    await using server = await serve((_seen, answer) => answer.writeHead(304).end())
    expect(await createHttpClient().call({ url: server.url }, ({ status }) => status)).toBe(304)
  })
})

describe('proxies from the environment', () => {
  it('are asked for plain http', async () => {
    await using proxy = await serve((_seen, answer) => answer.end('by proxy'))
    vi.stubEnv('http_proxy', proxy.url)
    vi.stubEnv('no_proxy', '')
    const url = 'http://far.example/x?y=1'
    expect(await createHttpClient(once).call({ url }, read)).toBe('by proxy')
    expect(proxy.seen[0]).toMatchObject({ url, headers: { host: 'far.example' } })
  })

  it('are asked for a tunnel only, and see nothing of the request', async () => {
    await using proxy = await serveRaw((socket, data) => {
      socket.write(data.startsWith('CONNECT') ? 'HTTP/1.1 200 OK\r\n\r\n' : 'no TLS here, sorry\r\n')
    })
    vi.stubEnv('https_proxy', `http://127.0.0.1:${String(proxy.port)}`)
    vi.stubEnv('no_proxy', '')
    const secret = {
      in: 'query',
      name: 'token',
      value: 'marked-secret',
      vendorHosts: ['far.example'],
    } as const
    const error = await failure(
      createHttpClient(once).call({ url: 'https://far.example/path', secret }, read),
    )
    expect(error.code).toBe('network')
    expect(error.message).toContain('TLS failed')
    expect(proxy.received()).toContain('CONNECT far.example:443')
    expect(proxy.received()).not.toMatch(/marked-secret|token|path/)
  })

  it('are passed over for loopback, where secrets go over plain http', async () => {
    await using proxy = await serve((_seen, answer) => answer.end('by proxy'))
    await using server = await serve((_seen, answer) => answer.end('direct'))
    vi.stubEnv('http_proxy', proxy.url)
    vi.stubEnv('no_proxy', '')
    expect(await createHttpClient(once).call({ url: server.url }, read)).toBe('direct')
    expect(proxy.seen).toHaveLength(0)
  })

  it('are passed over for hosts in NO_PROXY', async () => {
    await using proxy = await serve((_seen, answer) => answer.end('by proxy'))
    vi.stubEnv('http_proxy', proxy.url)
    vi.stubEnv('no_proxy', 'far.invalid')
    expect(
      HttpError.isInstance(await failure(createHttpClient(once).call({ url: 'http://far.invalid/' }, read))),
    ).toBe(true)
    expect(proxy.seen).toHaveLength(0)
  })
})
