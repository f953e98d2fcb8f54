import { describe, expect, it } from 'vitest'

import {
  createHttpClient,
  expectOk,
  statusJudge,
  type CallOptions,
  type HttpClientOptions,
  type HttpRequest,
} from '../src/index.ts'
import {
  failure,
  fakeClock,
  response,
  scripted,
  systemError,
  text,
  type ScriptedTransport,
} from './support/fakes.ts'
import { serve } from './support/loopback.ts'

const url = 'https://api.example/x'
const read = statusJudge(text)

function patient(wire: ScriptedTransport, options: HttpClientOptions = {}) {
  const clock = fakeClock()
  const client = createHttpClient({ transport: wire.transport, clock, random: () => 0.5, ...options })
  const get = (more: Partial<HttpRequest> = {}, call: CallOptions = {}) =>
    client.call({ url, ...more }, read, call)
  return { client, clock, get }
}

describe('what is tried again', () => {
  it.each([408, 425, 429, 500, 502, 503, 504, 599])('status %d, with full jitter between', async (status) => {
    const wire = scripted(response(status), response(status), response(200, 'fine'))
    const { get, clock } = patient(wire)
    expect(await get()).toBe('fine')
    expect(clock.sleeps).toEqual([250, 500])
  })

  it.each([400, 401, 403, 404, 410, 422])('not status %d', async (status) => {
    const wire = scripted(response(status), response(200))
    const { get } = patient(wire)
    expect(await failure(get())).toMatchObject({
      code: 'status',
      status,
      retryable: false,
      host: 'api.example',
      url,
    })
    expect(wire.requests).toHaveLength(1)
  })

  it.each(['ECONNRESET', 'ECONNREFUSED', 'EAI_AGAIN', 'CERT_HAS_EXPIRED', 'ERR_SSL_WRONG_VERSION_NUMBER'])(
    'the network failure %s',
    async (code) => {
      const wire = scripted(systemError(code, 'connect'))
      const error = await failure(patient(wire).get())
      expect(error).toMatchObject({ code: 'network', retryable: true, cause: { code, syscall: 'connect' } })
      expect(wire.requests).toHaveLength(3)
    },
  )

  it('a host name that is not found, but once only', async () => {
    const wire = scripted(systemError('ENOTFOUND', 'getaddrinfo'))
    const { get } = patient(wire, { retry: { attempts: 5 } })
    expect(await failure(get())).toMatchObject({ message: 'api.example: host name not found (ENOTFOUND)' })
    expect(wire.requests).toHaveLength(2)
  })

  it('what the judge calls retryable, whatever the status', async () => {
    const wire = scripted(response(200, 'Over quota'), response(200, 'fine'))
    const { client, clock } = patient(wire)
    const judge = (answer: ReturnType<typeof response>) => {
      if (text(answer) === 'fine') return 'value'
      throw Object.assign(new Error('Over quota'), { retryable: true, retryAfterMs: 7000 })
    }
    expect(await client.call({ url }, judge)).toBe('value')
    expect(clock.sleeps).toEqual([7000])
  })

  it('not what the judge accepts, whatever the status', async () => {
    const wire = scripted(response(503, 'asleep'))
    expect(await patient(wire).client.call({ url }, text)).toBe('asleep')
    expect(wire.requests).toHaveLength(1)
  })

  it('no POST, unless asked for', async () => {
    const once = scripted(response(503))
    await failure(patient(once).get({ method: 'POST' }))
    expect(once.requests).toHaveLength(1)
    const more = scripted(response(503))
    await failure(patient(more).get({ method: 'POST' }, { retry: { methods: ['GET', 'POST'] } }))
    expect(more.requests).toHaveLength(3)
  })

  it('judges each answer once and throws the last complaint as it is', async () => {
    const wire = scripted(response(500))
    const complaints: Error[] = []
    const judge = (): never => {
      const complaint = Object.assign(new Error('no'), { retryable: true })
      complaints.push(complaint)
      throw complaint
    }
    const thrown: unknown = await patient(wire)
      .client.call({ url }, judge)
      .catch((error: unknown) => error)
    expect(complaints).toHaveLength(3)
    expect(thrown).toBe(complaints[2])
  })
})

describe('how long it waits', () => {
  it.each([
    ['2', 2000],
    ['Thu, 01 Jan 2026 00:00:40 GMT', 40_000],
    ['-1', 250],
    ['abc', 250],
    ['1000000000', 250],
    ['1e9', 250],
  ])('Retry-After: %s gives %d ms', async (header, ms) => {
    const wire = scripted(response(429, '', { 'retry-after': header }), response(200))
    const { get, clock } = patient(wire)
    await get()
    expect(clock.sleeps).toEqual([ms])
  })

  it('fails at once where the server asks for more than maxRetryAfterMs', async () => {
    const wire = scripted(response(429, '', { 'retry-after': '120' }))
    const { get, clock } = patient(wire)
    expect(await failure(get())).toMatchObject({ status: 429, retryAfterMs: 120_000, retryable: true })
    expect(clock.sleeps).toEqual([])
    await failure(get({}, { retry: { maxRetryAfterMs: 120_000, attempts: 2 }, deadlineMs: 600_000 }))
    expect(clock.sleeps).toEqual([120_000])
  })

  it('keeps all tries and waits together within the deadline', async () => {
    const wire = scripted(response(503))
    const { get, clock } = patient(wire, { retry: { attempts: 100 }, deadlineMs: 10_000 })
    const start = clock.now()
    expect(await failure(get())).toMatchObject({ code: 'status', status: 503 })
    expect(clock.now() - start).toBeLessThan(10_000)
    expect(clock.sleeps).toEqual([250, 500, 1000, 2000, 4000])
  })

  it('counts the wait for its turn against the deadline', async () => {
    const wire = scripted(response(200))
    const { get } = patient(wire, { limit: { perSecond: 0.1, burst: 1 }, deadlineMs: 5000 })
    await get()
    expect(await failure(get())).toMatchObject({ code: 'timeout' })
    expect(wire.requests).toHaveLength(1)
  })

  it('limits every try, retries included', async () => {
    const wire = scripted(response(503))
    const { get, clock } = patient(wire, { limit: { perSecond: 1, burst: 1 }, retry: { baseMs: 0 } })
    await failure(get())
    expect(clock.sleeps).toEqual([0, 1000, 0, 1000])
  })
})

describe('time limits', () => {
  it('gives a try up after timeoutMs and tries again', async () => {
    await using server = await serve((_request, answer, nth) => {
      if (nth > 1) answer.end('late but there')
    })
    const client = createHttpClient({ timeoutMs: 100, retry: { baseMs: 0 } })
    expect(await client.call({ url: server.url }, read)).toBe('late but there')
    expect(server.seen).toHaveLength(2)
  })

  it('tells which limit was passed', async () => {
    await using server = await serve(() => undefined)
    const client = createHttpClient({ retry: { attempts: 1 } })
    const slow = await failure(client.call({ url: server.url }, read, { timeoutMs: 50 }))
    expect(slow).toMatchObject({ code: 'timeout', retryable: true })
    expect(slow.message).toContain('No whole answer within 50 ms')
    const late = await failure(client.call({ url: server.url }, read, { deadlineMs: 50 }))
    expect(late.message).toContain('Not done within 50 ms')
  })

  it.each<HttpClientOptions>([
    { timeoutMs: 0 },
    { deadlineMs: NaN },
    { retry: { attempts: 0 } },
    { limit: { perSecond: 0, burst: 1 } },
    { limit: { perSecond: 1, burst: 0 } },
    { maxBodyBytes: -1 },
  ])('refuses %j', (options) => {
    expect(() => createHttpClient(options)).toThrow(expect.objectContaining({ code: 'bad-request' }))
  })
})

describe('expectOk', () => {
  it('gives back what is well, and reads a date by the clock of the server', () => {
    expect(expectOk(response(204))).toMatchObject({ status: 204 })
    const headers = { date: 'Thu, 01 Jan 2026 00:00:00 GMT', 'retry-after': 'Thu, 01 Jan 2026 00:00:05 GMT' }
    expect(() => expectOk(response(503, '', headers))).toThrow(
      expect.objectContaining({ retryAfterMs: 5000, retryable: true }),
    )
  })
})
