import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { createHttpClient, maySendSecret, redactor, type HttpRequest, type Secret } from '../src/index.ts'
import { failure, response, scripted } from './support/fakes.ts'

const secret: Secret = { in: 'query', name: 'token', value: 'abc', vendorHosts: ['api.example'] }
const ok = (): number => 1

async function send(request: HttpRequest, trustedHosts: readonly string[] = []) {
  const wire = scripted(response(200))
  const client = createHttpClient({ transport: wire.transport, trustedHosts })
  const error = await client.call(request, ok).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  return { error, sent: wire.requests[0], count: wire.requests.length }
}

describe('where secrets go', () => {
  it.each([
    ['https://api.example/x', true],
    ['https://API.example:8443/x', true],
    ['http://api.example/x', false],
    ['https://api.example.evil.example/x', false],
    ['https://sub.api.example/x', false],
    ['https://api.example./x', false],
    ['http://127.0.0.1:9/x', true],
    ['http://localhost:9/x', true],
    ['http://[::1]:9/x', true],
    ['http://localhost.evil.example/x', false],
    ['http://127.0.0.1.evil.example/x', false],
    ['http://0.0.0.0/x', false],
    ['https://proxy.example/x', true],
    ['http://proxy.example/x', false],
    ['https://other.example:8443/x', true],
    ['https://other.example/x', false],
  ])('%s: %s', async (url, may) => {
    const trusted = ['proxy.example', 'Other.example:8443']
    expect(maySendSecret(new URL(url), secret.vendorHosts, trusted)).toBe(may)
    const { error, count } = await send({ url, secret }, trusted)
    expect(count).toBe(may ? 1 : 0)
    if (may) expect(error).toBeUndefined()
    else expect(error).toMatchObject({ code: 'untrusted-host', fault: 'input', retryable: false })
  })

  it('names the host and shows the URL without the secret', async () => {
    const { error } = await send({ url: 'https://evil.example/feed/@1', secret })
    expect(error).toMatchObject({ host: 'evil.example', url: 'https://evil.example/feed/@1?token=***' })
  })

  it('asks anybody without a secret, in plain http too', async () => {
    expect((await send({ url: 'http://any.example/x' })).count).toBe(1)
  })
})

describe('how secrets are sent', () => {
  it('encodes whatever a query parameter may hold', async () => {
    const value = 'a&b =?#/+%✓'
    const { sent } = await send({
      url: 'https://api.example/x?b=1#top',
      query: { a: 'ä/' },
      secret: { ...secret, value },
    })
    const url = new URL(sent?.url ?? '')
    expect(Object.fromEntries(url.searchParams)).toEqual({ a: 'ä/', b: '1', token: value })
    expect(url.hash).toBe('')
  })

  it('puts a header in place of one with the same name', async () => {
    const key: Secret = { ...secret, in: 'header', name: 'Authorization', prefix: 'ApiKey ' }
    const { sent } = await send({
      url: 'https://api.example/',
      headers: { authorization: 'other' },
      secret: key,
    })
    expect(sent?.headers).toEqual({ 'user-agent': 'airq', authorization: 'ApiKey abc' })
  })

  it.each(['', '  ', 'abc\r\nX-Evil: 1', 'abc\n', 'a\0b', '\ud800'])(
    'refuses the value %j',
    async (value) => {
      for (const place of ['query', 'header'] as const) {
        const { error, count } = await send({
          url: 'https://api.example/',
          secret: { ...secret, in: place, value },
        })
        expect(error).toMatchObject({ code: 'bad-request', fault: 'input' })
        expect(count).toBe(0)
      }
    },
  )

  it.each<[string, HttpRequest]>([
    ['a relative URL', { url: '/feed' }],
    ['another protocol', { url: 'file:///etc/passwd' }],
    ['credentials in the URL', { url: 'https://me:pass@api.example/' }],
    ['the secret twice', { url: 'https://api.example/?token=1', secret }],
    ['a number that is none', { url: 'https://api.example/', query: { lat: NaN } }],
    ['a header with a line break', { url: 'https://api.example/', headers: { a: 'b\r\nc: d' } }],
    ['a header name with a blank', { url: 'https://api.example/', headers: { 'a b': '1' } }],
  ])('refuses %s', async (_what, request) => {
    const { error, count } = await send(request)
    expect(error).toMatchObject({ code: 'bad-request', fault: 'input' })
    expect(count).toBe(0)
  })
})

describe('redaction', () => {
  const value = fc.string({ unit: 'grapheme', minLength: 8, maxLength: 40 }).filter((v) => v.trim() !== '')

  it('hides every spelling of a secret', () => {
    fc.assert(
      fc.property(value, (v) => {
        const spelled = `${v} ${encodeURIComponent(v)} ${new URLSearchParams({ v }).toString()} ${JSON.stringify(v)}`
        expect(redactor([v])(spelled)).not.toContain(v)
        expect(redactor([v])(encodeURIComponent(v))).toBe('***')
      }),
    )
  })

  it('shows the address of a failed call without the secret and without customary ones', async () => {
    const { transport } = scripted(response(500))
    const client = createHttpClient({ transport, retry: { attempts: 1 } })
    const url = 'https://api.example/feed/@1?sig=hidden&city=x'
    const judge = (): never => {
      throw new Error('unused')
    }
    await expect(client.call({ url, secret }, judge)).rejects.toThrow('unused')
    const redirected = createHttpClient({ transport: scripted(response(302)).transport })
    const error = await failure(redirected.call({ url, secret }, ok))
    expect(error.url).toBe('https://api.example/feed/@1?sig=***&city=x&token=***')
  })
})
