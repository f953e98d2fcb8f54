import { systemClock, type Transport } from '@airq/http'
import { describe, expect, test, vi } from 'vitest'
import { createWaqiClient, safe, type Where } from '../src/sources/waqi/index.ts'
import { type FakeWaqi } from '../src/testing/index.ts'
import { everythingSaid } from './support/everything-said.ts'
import { BEIJING, failure, fakeClock, openBench, TOKEN } from './support/waqi.ts'

const arrived = (fake: FakeWaqi) =>
  vi.waitFor(() => {
    expect(fake.requests).toHaveLength(1)
  })

describe('72 abort', () => {
  test('before: nothing is sent', async () => {
    await using bench = await openBench()
    const call = bench.client.latest(BEIJING, { signal: AbortSignal.abort() })
    await expect(call).rejects.toMatchObject({ code: 'aborted', retryable: false })
    expect(bench.fake.requests).toHaveLength(0)
  })

  test.each([
    ['while the answer is awaited', { headDelayMs: 60_000 }],
    ['while the body arrives', { bodyDelayMs: 60_000 }],
  ])('%s', async (_when, fault) => {
    await using bench = await openBench()
    bench.fake.faults.next(fault)
    const controller = new AbortController()
    const call = safe(() => bench.client.latest(BEIJING, { signal: controller.signal }))
    await arrived(bench.fake)
    controller.abort()
    expect(await call).toMatchObject({ ok: false, error: { code: 'aborted' } })
    expect(bench.fake.requests).toHaveLength(1)
  })

  test('while a retry is waited for', async () => {
    await using bench = await openBench({ clock: systemClock })
    bench.fake.faults.next('36 nope', 9)
    const controller = new AbortController()
    const options = { signal: controller.signal, retry: { baseMs: 60_000, capMs: 60_000 } }
    const call = safe(() => bench.client.latest(BEIJING, options))
    await arrived(bench.fake)
    controller.abort()
    expect(await call).toMatchObject({ ok: false, error: { code: 'aborted' } })
    expect(bench.fake.requests).toHaveLength(1)
  })

  test('while its turn is waited for', async () => {
    await using bench = await openBench({ clock: systemClock, limit: { perSecond: 0.001, burst: 1 } })
    await bench.client.latest(BEIJING)
    const controller = new AbortController()
    const call = safe(() => bench.client.latest({ uid: 1437 }, { signal: controller.signal }))
    controller.abort()
    expect(await call).toMatchObject({ ok: false, error: { code: 'aborted' } })
    expect(bench.fake.requests).toHaveLength(1)
  })

  test('while the token is waited for', async () => {
    const controller = new AbortController()
    await using bench = await openBench({ token: () => Promise.withResolvers<string>().promise })
    const call = safe(() => bench.client.latest(BEIJING, { signal: controller.signal }))
    controller.abort()
    expect(await call).toMatchObject({ ok: false, error: { code: 'aborted' } })
  })
})

test('73 timeout', async () => {
  const { error, requests } = await failure('73 no answer in time', { timeoutMs: 30, maxRetries: 1 })
  expect(error).toMatchObject({ code: 'timeout', retryable: true })
  expect(requests).toBe(2)
})

describe('74 network', () => {
  test.each(['74 connection reset', '74 connection lost in the body'])('%s', async (fault) => {
    const { error, requests } = await failure(fault)
    expect(error).toMatchObject({ code: 'network', retryable: true })
    expect(requests).toBe(3)
  })

  test.each([
    ['ENOTFOUND', 2],
    ['EAI_AGAIN', 3],
    ['ECONNREFUSED', 3],
    ['CERT_HAS_EXPIRED', 3],
  ])('%s', async (code, tries) => {
    const transport = vi.fn<Transport>(({ url }) =>
      Promise.reject(Object.assign(new Error(`failed at ${url}`), { code, config: { url } })),
    )
    await using bench = await openBench({ transport })
    const outcome = await safe(() => bench.client.latest(BEIJING))
    expect(outcome).toMatchObject({ ok: false, error: { code: 'network' } })
    expect(transport).toHaveBeenCalledTimes(tries)
    expect(everythingSaid(outcome.ok ? null : outcome.error)).not.toContain(encodeURIComponent(TOKEN))
  })
})

describe('75 Retry-After', () => {
  test.each([
    ['75 wait 2 s', [2000, 2000]],
    ['75 wait for a date', [7000, 7000]],
    ['75 wait -1', [250, 500]],
    ['75 wait abc', [250, 500]],
    ['75 wait 10^9', [250, 500]],
  ])('%s', async (fault, pauses) => {
    expect((await failure(fault)).pauses).toEqual(pauses)
  })

  test('75 too long a wait is told, not waited', async () => {
    const { error, requests } = await failure('75 wait 120 s')
    expect(error).toMatchObject({ code: 'rate-limit', status: 429, retryAfterMs: 120_000 })
    expect(requests).toBe(1)
  })
})

describe('76 the token', () => {
  test('arrives whole, in its parameter and nowhere else', async () => {
    await using bench = await openBench({ token: () => Promise.resolve(TOKEN) })
    await bench.client.latest(BEIJING)
    await bench.client.search('beijing')
    expect(bench.fake.requests.map(({ token, tokenElsewhere }) => [token, tokenElsewhere])).toEqual([
      ['right', false],
      ['right', false],
    ])
  })

  test.each(['', ' ', 'one\r\ntwo', 'one\n', 'nul\0'])('%j is refused before any request', async (token) => {
    await using bench = await openBench({ token })
    await expect(bench.client.latest(BEIJING)).rejects.toMatchObject({ code: 'config', fault: 'input' })
    expect(bench.fake.requests).toHaveLength(0)
  })

  test('a function that fails says nothing of why', async () => {
    const token = () => Promise.reject(new Error(`no such vault: ${TOKEN}`))
    await using bench = await openBench({ token })
    const outcome = await safe(() => bench.client.latest(BEIJING))
    expect(outcome).toMatchObject({ ok: false, error: { code: 'config' } })
    expect(everythingSaid(outcome.ok ? null : outcome.error)).not.toContain(TOKEN)
  })

  test.each([
    { body: JSON.stringify({ status: 'error', data: `Invalid key ${TOKEN}` }) },
    {
      body: JSON.stringify({ status: 'error', data: `Unknown station ?token=${encodeURIComponent(TOKEN)}` }),
    },
    { status: 500, body: TOKEN },
    {
      status: 302,
      headers: { location: `http://127.0.0.1:9/?token=${encodeURIComponent(TOKEN)}` },
      body: '',
    },
    { drop: 'unanswered' as const },
    { body: '<html>' },
  ])('is in no error: %o', async (fault) => {
    await using bench = await openBench()
    bench.fake.faults.next(fault, 9)
    const outcome = await safe(() => bench.client.latest(BEIJING))
    const said = everythingSaid(outcome.ok ? null : outcome.error)
    expect(outcome.ok).toBe(false)
    expect(said).not.toContain(TOKEN)
    expect(said).not.toContain(encodeURIComponent(TOKEN))
  })

  test('goes to no other host over plain http, and to none that is not trusted', async () => {
    const transport = vi.fn<Transport>()
    for (const baseUrl of ['http://api.waqi.info', 'https://proxy.example']) {
      await using bench = await openBench({ baseUrl, transport })
      await expect(bench.client.latest(BEIJING)).rejects.toMatchObject({ code: 'config', fault: 'input' })
    }
    expect(transport).not.toHaveBeenCalled()
  })
})

describe('77 cities', () => {
  test.each([
    '../admin',
    'a/../b',
    '',
    ' / ',
    'x'.repeat(10_240),
    'a\nb',
    '\ud800',
    '@1451',
    'A372382',
    'here',
    'geo:1;2',
  ])('%j is refused', async (city) => {
    await using bench = await openBench()
    await expect(bench.client.latest({ city })).rejects.toMatchObject({ code: 'config', fault: 'input' })
    expect(bench.fake.requests).toHaveLength(0)
  })

  test.each([
    ['a/b?x=1#y', '/feed/a/b%3Fx%3D1%23y/'],
    ['🌫', '/feed/%F0%9F%8C%AB/'],
    ['/netherland/utrecht/kanaal/', '/feed/netherland/utrecht/kanaal/'],
    ['são paulo', '/feed/s%C3%A3o%20paulo/'],
  ])('%j is encoded by the segment', async (city, path) => {
    await using bench = await openBench()
    await safe(() => bench.client.latest({ city }))
    expect(bench.fake.requests[0]).toMatchObject({ path, query: {} })
  })

  test('a path finds its station', async () => {
    await using bench = await openBench()
    expect((await bench.client.latest({ city: 'netherland/utrecht/kanaal' })).stationId).toBe('2001')
  })
})

describe('78 places and numbers', () => {
  const wire = (value: unknown) => JSON.parse(JSON.stringify(value)) as never
  const places: Where[] = [
    { geo: { latitude: NaN, longitude: 0 } },
    { geo: { latitude: 91, longitude: 0 } },
    { geo: { latitude: 0, longitude: -181 } },
    { geo: wire({ latitude: '39.9', longitude: '116.4' }) },
    { geo: wire({}) },
    { uid: -1 },
    { uid: 1.5 },
    { uid: wire('1451') },
    { sensorId: 0 },
  ]
  test.each(places)('%o is refused', async (where) => {
    await using bench = await openBench()
    await expect(bench.client.latest(where)).rejects.toMatchObject({ code: 'config', fault: 'input' })
    const box = {
      from: 'geo' in where ? where.geo : { latitude: 91, longitude: 0 },
      to: { latitude: 0, longitude: 0 },
    }
    await expect(bench.client.bounds(box)).rejects.toMatchObject({ code: 'config' })
    expect(bench.fake.requests).toHaveLength(0)
  })

  test('a point keeps its semicolon and has no exponent', async () => {
    await using bench = await openBench()
    const observation = await bench.client.latest({ geo: { latitude: 52.000001, longitude: 1e-7 } })
    expect(bench.fake.requests[0]?.path).toBe('/feed/geo:52.000001;0/')
    expect(observation.stationId).toBe('2001')
  })

  test('here is asked for by name only', async () => {
    await using bench = await openBench()
    await bench.client.latest({ here: true })
    expect(bench.fake.requests[0]?.path).toBe('/feed/here/')
  })
})

test('79 a redirect to another host is not followed', async () => {
  const { error, requests } = await failure('79 to another host')
  expect(error).toMatchObject({ code: 'malformed', retryable: false, status: 302 })
  expect(requests).toBe(1)
})

test('80 two hundred calls at once: the limit holds, in order', async () => {
  const clock = fakeClock()
  const sent: { uid: number; at: number }[] = []
  const start = clock.now()
  const transport: Transport = ({ url }) => {
    const uid = Number(/@(\d+)/.exec(url)?.[1])
    sent.push({ uid, at: clock.now() - start })
    const body = JSON.stringify({ status: 'ok', data: { idx: uid, aqi: 50 } })
    return Promise.resolve({ status: 200, headers: {}, body: new TextEncoder().encode(body) })
  }
  const client = createWaqiClient({ token: TOKEN, transport, clock })
  const uids = Array.from({ length: 200 }, (_, i) => i + 1)
  const observations = await Promise.all(uids.map((uid) => client.latest({ uid })))
  expect(observations.map(({ stationId }) => Number(stationId))).toEqual(uids)
  expect(sent.map(({ uid }) => uid)).toEqual(uids)
  for (const [i, { at }] of sent.entries()) expect(at).toBeGreaterThanOrEqual(Math.max(0, i - 4) * 1000)
})
