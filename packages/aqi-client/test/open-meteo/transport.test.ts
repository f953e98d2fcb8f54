import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'

import { axiosTransport, type Transport } from '@airq/http'
import { createOpenMeteoClient, endpointsBehind } from '../../src/sources/open-meteo/index.ts'
import { startFakeOpenMeteo } from '../../src/testing/open-meteo/index.ts'
import { BEIJING, collect, days, failure, openStage, testClock } from './support.ts'

const ONE_DAY = days('2025-01-01', '2025-01-01')

describe('bad answers', () => {
  test.each(['oops', 'html', 'cut-off', 'broken', 'overloaded', 'short-column', 'wrong-unit'] as const)(
    '%s once is got over',
    async (fault) => {
      const { client, fake } = await openStage('2026-03-04T10:00:00Z')
      fake.fail(fault)
      expect(await collect(client.concentrations(BEIJING, ONE_DAY))).toHaveLength(24)
      expect(fake.requests).toHaveLength(2)
    },
  )

  test.each([
    ['66. short-column', 'short-column', 'malformed'],
    ['70. oops', 'oops', 'malformed'],
    ['71. wrong-unit', 'wrong-unit', 'malformed'],
    ['500', 'broken', 'upstream'],
    ['503', 'overloaded', 'upstream'],
  ] as const)('%s for good is an error after four tries', async (_name, fault, code) => {
    const { client, fake } = await openStage('2026-03-04T10:00:00Z')
    fake.fail(fault, 9)
    const error = await failure(collect(client.concentrations(BEIJING, ONE_DAY)))
    expect(error).toMatchObject({ name: 'AqiError', code, retryable: true })
    expect(fake.requests).toHaveLength(4)
  })

  test('66. a pollutant that does not come is missing from every hour', async () => {
    const { client, fake } = await openStage('2026-03-04T10:00:00Z')
    fake.fail('missing-column')
    const hours = await collect(client.concentrations(BEIJING, ONE_DAY))
    expect(hours.some(({ concentrations }) => 'pm25' in concentrations)).toBe(false)
    expect(hours.some(({ concentrations }) => 'pm10' in concentrations)).toBe(true)
  })

  test('68. two places for one are malformed', async () => {
    const { client, fake } = await openStage('2026-03-04T10:00:00Z')
    const several = {
      latitude: '39.95,52.5',
      longitude: '116.47,13.4',
      hourly: 'pm10',
      start_date: '2025-01-01',
    }
    const query = new URLSearchParams({ ...several, end_date: '2025-01-01' })
    const answer = await fetch(`${endpointsBehind(fake.baseUrl).airQualityUrl}?${query.toString()}`)
    const body = new Uint8Array(await answer.arrayBuffer())
    const transport: Transport = () => Promise.resolve({ status: 200, headers: {}, body })
    const odd = createOpenMeteoClient({ transport, clock: testClock('2026-03-04T10:00:00Z') })
    expect(await failure(collect(odd.concentrations(BEIJING, ONE_DAY)))).toMatchObject({ code: 'malformed' })
    expect(await collect(client.concentrations(BEIJING, ONE_DAY))).toHaveLength(24)
  })
})

describe('72. a call that is given up', () => {
  test('before it begins asks nothing', async () => {
    const { client, fake } = await openStage('2026-03-04T10:00:00Z')
    const signal = AbortSignal.abort()
    const error = await failure(collect(client.airQuality(BEIJING, ONE_DAY, { signal })))
    expect(error).toMatchObject({ code: 'aborted' })
    expect(fake.requests).toHaveLength(0)
  })

  test('while the answer is awaited, or while it waits its turn, ends at once; the next one is served', async () => {
    const { client, fake } = await openStage('2026-03-04T10:00:00Z')
    const release = fake.hold()
    const [first, second] = [new AbortController(), new AbortController()]
    const underWay = failure(collect(client.airQuality(BEIJING, ONE_DAY, { signal: first.signal })))
    const queued = failure(collect(client.concentrations(BEIJING, ONE_DAY, { signal: second.signal })))
    await sleep(20)
    second.abort()
    expect(await queued).toMatchObject({ code: 'aborted' })
    first.abort()
    expect(await underWay).toMatchObject({ code: 'aborted' })
    release()
    expect(await collect(client.concentrations(BEIJING, ONE_DAY))).toHaveLength(24)
  })

  test('while a limit is waited for sends nothing more', async () => {
    const controller = new AbortController()
    const clock = {
      ...testClock('2026-03-04T10:00:00Z'),
      sleep: (_ms: number, signal: AbortSignal) => {
        queueMicrotask(() => {
          controller.abort()
        })
        return sleep(60_000, undefined, { signal })
      },
    }
    const { client, fake } = await openStage('2026-03-04T10:00:00Z', { clock })
    fake.fail('minutely')
    const { signal } = controller
    expect(await failure(collect(client.airQuality(BEIJING, ONE_DAY, { signal })))).toMatchObject({
      code: 'aborted',
    })
    expect(fake.requests).toHaveLength(1)
  })
})

test('73. an answer that does not come in time is a timeout', async () => {
  const { client, fake } = await openStage('2026-03-04T10:00:00Z', { timeoutMs: 30 })
  fake.hold()
  expect(await failure(collect(client.airQuality(BEIJING, ONE_DAY)))).toMatchObject({ code: 'timeout' })
})

test('74. a server that is gone is a network failure', async () => {
  const clock = testClock('2026-03-04T10:00:00Z')
  const fake = await startFakeOpenMeteo({ seed: 1, clock })
  await fake.close()
  const client = createOpenMeteoClient({ ...endpointsBehind(fake.baseUrl), clock })
  expect(await failure(collect(client.airQuality(BEIJING, ONE_DAY)))).toMatchObject({ code: 'network' })
})

test.each([
  [Number.NaN, 0],
  [91, 0],
  [-91, 0],
  [0, 181],
  [0, Number.NEGATIVE_INFINITY],
])('78. %f, %f is no place', async (latitude, longitude) => {
  const { client, fake } = await openStage('2026-03-04T10:00:00Z')
  const error = await failure(collect(client.airQuality({ latitude, longitude }, ONE_DAY)))
  expect(error).toMatchObject({ code: 'bad-place', fault: 'input' })
  expect(fake.requests).toHaveLength(0)
})

test('80. two hundred calls at once are sent one after the other, in order', async () => {
  const overTheWire = axiosTransport()
  let [underWay, most] = [0, 0]
  const transport: Transport = async (request) => {
    underWay += 1
    most = Math.max(most, underWay)
    const response = await overTheWire(request)
    underWay -= 1
    return response
  }
  const { client, fake } = await openStage('2026-03-04T10:00:00Z', { transport })
  const latitudes = Array.from({ length: 200 }, (_, index) => index / 10)
  const calls = latitudes.map((latitude) =>
    collect(client.concentrations({ latitude, longitude: 0 }, ONE_DAY)),
  )
  await Promise.all(calls)
  expect(fake.requests.map(({ query }) => Number(query['latitude']))).toEqual(latitudes)
  expect(most).toBe(1)
})

test.each(['', 'api.open-meteo.com', 'ftp://example.org'])('an address like %j is refused', (forecastUrl) => {
  expect(() => createOpenMeteoClient({ forecastUrl })).toThrow(expect.objectContaining({ code: 'bad-value' }))
})
