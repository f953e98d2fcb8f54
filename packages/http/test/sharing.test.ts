import { describe, expect, it } from 'vitest'

import { createHttpClient, statusJudge } from '../src/index.ts'
import { failure, fakeClock, text } from './support/fakes.ts'
import { serve, until } from './support/loopback.ts'

const read = statusJudge(text)
const retry = { attempts: 3, baseMs: 0 }

describe('calls under way at the same time', () => {
  it('share one request where they are equal GETs', async () => {
    await using server = await serve((_request, answer) => answer.end('shared'))
    const client = createHttpClient()
    const upper = statusJudge((answer) => text(answer).toUpperCase())
    const calls = Array.from({ length: 20 }, (_, i) =>
      client.call({ url: server.url }, i % 2 === 0 ? read : upper),
    )
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['shared', 'SHARED']))
    expect(server.seen).toHaveLength(1)
    await client.call({ url: server.url }, read)
    expect(server.seen).toHaveLength(2)
  })

  it('share retries and failures too', async () => {
    await using server = await serve((_request, answer) => answer.writeHead(503).end())
    const client = createHttpClient({ retry })
    const errors = await Promise.all([1, 2, 3].map(() => failure(client.call({ url: server.url }, read))))
    expect(errors.map((error) => error.status)).toEqual([503, 503, 503])
    expect(server.seen).toHaveLength(3)
  })

  it('stay apart with another URL, header, secret or method', async () => {
    await using server = await serve((_request, answer) => answer.end())
    const client = createHttpClient()
    const { url } = server
    const secret = { in: 'query', name: 'token', value: 'abc', vendorHosts: [] } as const
    const post = { url, method: 'POST' } as const
    const requests = [{ url }, { url: `${url}/x` }, { url, headers: { a: '1' } }, { url, secret }, post, post]
    await Promise.all(requests.map((request) => client.call(request, read)))
    expect(server.seen).toHaveLength(6)
  })

  it('go on for the others when one aborts, even the first', async () => {
    const answers: (() => void)[] = []
    await using server = await serve((_request, answer) => answers.push(() => answer.end('fine')))
    const client = createHttpClient()
    const first = new AbortController()
    const left = failure(client.call({ url: server.url }, read, { signal: first.signal }))
    const stays = client.call({ url: server.url }, read)
    await until(() => answers.length === 1)
    first.abort()
    expect(await left).toMatchObject({ code: 'aborted' })
    answers[0]?.()
    expect(await stays).toBe('fine')
    expect(server.seen).toHaveLength(1)
  })

  it('are cut off when the last one aborts, and start anew for who comes after', async () => {
    let closed = 0
    await using server = await serve((_request, answer, nth) => {
      answer.on('close', () => (closed += 1))
      if (nth > 1) answer.end('anew')
    })
    const client = createHttpClient({ retry })
    const leaver = new AbortController()
    const calls = [1, 2].map(() => failure(client.call({ url: server.url }, read, { signal: leaver.signal })))
    await until(() => server.seen.length === 1)
    leaver.abort()
    expect((await Promise.all(calls)).map((error) => error.code)).toEqual(['aborted', 'aborted'])
    expect(await client.call({ url: server.url }, read)).toBe('anew')
    await until(() => closed === 2)
    expect(server.seen).toHaveLength(2)
  })

  it('keep their order behind the rate limit', async () => {
    await using server = await serve((_request, answer) => answer.end())
    const clock = fakeClock(0)
    const sent: string[] = []
    const client = createHttpClient({
      clock,
      limit: { perSecond: 20, burst: 10 },
      transport: ({ url }) => {
        sent.push(new URL(url).pathname)
        return Promise.resolve({ status: 200, headers: {}, body: new Uint8Array() })
      },
    })
    const paths = Array.from({ length: 200 }, (_, i) => `/${String(i)}`)
    await Promise.all(paths.map((path) => client.call({ url: server.url + path }, read)))
    expect(sent).toEqual(paths)
    expect(clock.now()).toBe(9500)
  })
})
