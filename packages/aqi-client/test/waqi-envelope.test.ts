import { describe, expect, test } from 'vitest'
import { parseFeed, safe } from '../src/sources/waqi/index.ts'
import { BEIJING, failure, NOW, openBench } from './support/waqi.ts'

const THREE_TRIES = { requests: 3, pauses: [250, 500] }

describe('errors that the body tells of', () => {
  test('33 an error within ok', async () => {
    const { error, requests } = await failure('33 an error within ok')
    expect(error).toMatchObject({ code: 'not-found', retryable: false })
    expect(requests).toBe(1)
  })

  test.each(['34 data is text', '34 data is null', '34 data is a list'])('%s', async (fault) => {
    expect((await failure(fault)).error.code).toBe('malformed')
  })

  test('35 an error without text', async () => {
    const { error, requests } = await failure('35 an error without text')
    expect(error).toMatchObject({ code: 'api', message: 'WAQI answers: unknown' })
    expect(requests).toBe(1)
  })

  test('36 nope is tried again', async () => {
    const { error, requests, pauses } = await failure('36 nope')
    expect(error).toMatchObject({ code: 'upstream', message: 'WAQI answers: can not connect' })
    expect({ requests, pauses }).toEqual(THREE_TRIES)
  })

  test.each([
    ['37 invalid key', undefined],
    ['37 invalid key, 401', 401],
    ['37 invalid key, 403', 403],
  ])('%s: one request', async (fault, status) => {
    const { error, requests } = await failure(fault)
    expect(error).toMatchObject({ code: 'auth', retryable: false })
    expect(error.status).toBe(status)
    expect(requests).toBe(1)
  })

  test('37 a wrong token', async () => {
    await using bench = await openBench({ token: 'wrong' })
    await expect(bench.client.latest(BEIJING)).rejects.toMatchObject({ code: 'auth' })
    expect(bench.fake.requests.map(({ token }) => token)).toEqual(['wrong'])
  })

  test.each([
    ['38 over quota', undefined],
    ['38 over quota, 429', 429],
  ])('%s: tried again after a while', async (fault, status) => {
    const { error, requests, pauses } = await failure(fault)
    expect(error).toMatchObject({ code: 'rate-limit', retryable: true })
    expect(error.status).toBe(status)
    expect({ requests, pauses }).toEqual(THREE_TRIES)
  })

  test.each([
    [{ uid: 999_999 }, 'WAQI answers: Unknown ID'],
    [{ sensorId: 999_999 }, 'WAQI answers: no such station'],
    [{ city: 'atlantis' }, 'WAQI answers: Unknown station'],
  ])('a station that does not exist: %o', async (where, message) => {
    await using bench = await openBench()
    const outcome = await safe(() => bench.client.latest(where))
    expect(outcome).toMatchObject({ ok: false, error: { code: 'not-found', message } })
  })

  test('a text that nobody knows is passed on', () => {
    const body = { status: 'error', message: ' We are <b>closed</b>\u0007 ' }
    expect(() => parseFeed(body, { fetchedAt: NOW })).toThrow('WAQI answers: We are <b>closed</b>')
  })
})

describe('bodies that make no sense', () => {
  test.each([
    '39 body is null',
    '39 body is empty',
    '39 body is empty text',
    '39 body is text',
    '39 body is a list',
    '39 body is truncated',
    '39 body is a page',
    '39 a mark before the body',
  ])('%s', async (fault) => {
    const { error, requests } = await failure(fault)
    expect(error).toMatchObject({ code: 'malformed' })
    expect(requests).toBe(3)
  })

  test('39 broken compression', async () => {
    expect((await failure('39 broken compression')).error.code).toBe('malformed')
  })

  test('39 is retried at most twice, however many retries are allowed', async () => {
    const { error, requests } = await failure('39 body is null', { maxRetries: 9 })
    expect(error).toMatchObject({ code: 'malformed', retryable: false })
    expect(requests).toBe(3)
  })

  test('39 once is no failure', async () => {
    await using bench = await openBench()
    bench.fake.faults.next('39 body is null')
    expect((await bench.client.latest(BEIJING)).stationId).toBe('1451')
  })

  test('40 a nested observation that is no feed', async () => {
    expect((await failure('40 nested obs')).error.code).toBe('malformed')
  })

  test('40 a nested observation of the shape of a feed', () => {
    const message = { idx: 1451, aqi: 40, iaqi: { pm25: { v: 40 } } }
    const body = { status: 'ok', data: { obs: [{ msg: message }] } }
    expect(parseFeed(body, { fetchedAt: NOW })).toMatchObject({ stationId: '1451', aqi: 40 })
  })

  test.each([{ idx: 1451 }, { aqi: 40, iaqi: {} }, { idx: 1.5, aqi: 40 }, { idx: 0, aqi: 40 }])(
    '40 half of a feed is none: %o',
    (data) => {
      const parse = () => parseFeed({ status: 'ok', data }, { fetchedAt: NOW })
      expect(parse).toThrow(expect.objectContaining({ code: 'malformed' }))
    },
  )

  test.each(['41 status 204', '41 status 304', '41 to a login page'])('%s', async (fault) => {
    expect((await failure(fault)).error.code).toBe('malformed')
  })

  test('42 more than 5 MB', async () => {
    const { error, requests } = await failure('42 more than 5 MB')
    expect(error).toMatchObject({ code: 'malformed', retryable: false })
    expect(requests).toBe(1)
  })
})

describe('statuses without a telling body', () => {
  test.each([
    [401, 'auth', 1],
    [404, 'api', 1],
    [429, 'rate-limit', 3],
    [500, 'upstream', 3],
    [503, 'upstream', 3],
  ])('%i', async (status, code, tries) => {
    await using bench = await openBench()
    bench.fake.faults.next({ status, body: '<p>no' }, 9)
    const outcome = await safe(() => bench.client.latest(BEIJING))
    expect(outcome).toMatchObject({ ok: false, error: { code, status } })
    expect(bench.fake.requests).toHaveLength(tries)
  })
})
