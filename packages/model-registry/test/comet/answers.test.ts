import { describe, expect, test } from 'vitest'

import { samplePackage } from '../../src/testing/index.ts'
import { startComet, type Opened } from './opened.ts'

const name = 'north-evening'

async function failureOf(call: Promise<unknown>): Promise<Error> {
  const error: unknown = await call.catch((reason: unknown) => reason)
  if (!(error instanceof Error)) throw new Error(`it did not fail: ${JSON.stringify(error)}`)
  return error
}

/** Nothing of the key in whatever a log may show. */
function shows(error: unknown): string {
  const parts: string[] = []
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    parts.push(String(at.stack), JSON.stringify(at), JSON.stringify(Object.entries(at)))
  }
  return parts.join('\n')
}

describe('answers that may be gone at the next try', () => {
  test.for([
    { status: 429, retryAfter: '7' },
    { status: 429 },
    { status: 500 },
    { status: 503, html: true },
  ] as const)('%j, twice: the publish goes on', async (effect) => {
    await using comet = await startComet()
    const registry = await comet.open()
    for (const on of [
      ['GET', 'registry-model/details'],
      ['POST', 'upload-asset'],
      ['POST', 'experiment/metric'],
      ['POST', 'write/registry-model'],
    ] as const) {
      comet.fake.fail({ on, effect, times: 2 })
    }
    const before = comet.clock.now()
    const { version } = await registry.publish(samplePackage(), { name })
    expect(await registry.fetch(version)).toEqual(samplePackage())
    expect(comet.fake.versions(name)).toHaveLength(1)
    if ('retryAfter' in effect) expect(comet.clock.now() - before).toBeGreaterThan(4 * 2 * 7000)
  })

  test('for good: the error says what, where and what to do', async () => {
    await using comet = await startComet()
    const registry = await comet.open()
    const meet = async (effect: Parameters<Opened['fake']['fail']>[0]['effect']): Promise<Error> => {
      comet.fake.heal()
      comet.fake.fail({ effect, times: Infinity })
      return failureOf(registry.list(name))
    }
    expect(await meet({ status: 429, retryAfter: '30' })).toMatchObject({
      code: 'rate-limited',
      retryable: true,
      where: 'GET /registry-model/details',
      hint: 'Try again later, 30 s from now.',
    })
    expect(await meet({ status: 500 })).toMatchObject({ code: 'registry-unavailable', retryable: true })
    expect(await meet({ status: 502, html: true })).toMatchObject({ code: 'registry-unavailable' })
    expect(await meet({ status: 404, html: true })).toMatchObject({ code: 'bad-answer', fault: 'input' })
    expect(await meet({ status: 200, html: true })).toMatchObject({ code: 'bad-answer' })
    expect(await meet({ status: 400, sdkErrorCode: 90219 })).toMatchObject({
      code: 'not-found',
      fault: 'input',
    })
    expect(await meet({ status: 400, sdkErrorCode: 90210 })).toMatchObject({ code: 'unauthorized' })
    expect(await meet({ status: 400, sdkErrorCode: 12345 })).toMatchObject({ code: 'registry-refused' })
  })

  test('the limits of the service are met by waiting', async () => {
    await using comet = await startComet({
      limits: { metrics: 5, parameters: 100, other: 200, retryAfter: true },
    })
    const registry = await comet.open()
    const days = Array.from({ length: 9 }, (_, day) => `2026-01-0${String(day + 1)}`)
    const values = days.map((_, day) => day)
    await registry.publish(samplePackage(), { name, backtest: { days, actual: values, forecast: values } })
    expect(comet.fake.experiments()[0]?.metrics['backtest_actual']).toHaveLength(9)
  })
})

describe('the key', () => {
  test.for([401, 403] as const)(
    'that is wrong (%i) is told as such, and never shown',
    async (badKeyStatus) => {
      await using comet = await startComet({ badKeyStatus })
      const registry = await comet.open({ apiKey: 'wrong-secret-key' })
      const error = await failureOf(registry.list(name))
      expect(error).toMatchObject({ code: 'unauthorized', fault: 'input', retryable: false })
      expect(shows(error)).not.toContain('wrong-secret-key')
    },
  )

  test('that expires in the middle: nothing is half-registered, and a new one finishes', async () => {
    await using comet = await startComet()
    let apiKey = comet.fake.apiKey
    const registry = await comet.open({ apiKey: () => Promise.resolve(apiKey) })
    comet.fake.expireKeyAfter(12)
    const error = await failureOf(registry.publish(samplePackage(), { name }))
    expect(error).toMatchObject({ code: 'unauthorized' })
    expect(shows(error)).not.toContain(apiKey)
    expect(comet.fake.versions(name)).toEqual([])
    comet.fake.renewKey()
    apiKey = comet.fake.apiKey
    expect((await registry.publish(samplePackage(), { name })).created).toBe(true)
  })

  test('goes to comet.com, to loopback and to hosts that are trusted, over https', async () => {
    await using comet = await startComet()
    const stranger = await comet.open({ baseUrl: 'https://comet.example' })
    expect(await failureOf(stranger.list(name))).toMatchObject({ code: 'untrusted-host', fault: 'input' })
    const plain = await failureOf(comet.open({ baseUrl: 'http://comet.example' }))
    expect(plain).toMatchObject({ code: 'bad-arguments' })
    const userinfo = await failureOf(comet.open({ baseUrl: 'https://me:hidden@comet.example' }))
    expect(shows(userinfo)).not.toContain('hidden')
  })

  test('of nothing, and names that Comet would change, are refused before anything is sent', async () => {
    await using comet = await startComet()
    expect(await failureOf((await comet.open({ apiKey: ' ' })).list(name))).toMatchObject({
      code: 'bad-arguments',
    })
    const registry = await comet.open()
    for (const odd of ['north.evening', 'north_evening', 'north--evening', 'north-']) {
      expect(await failureOf(registry.list(odd))).toMatchObject({ code: 'bad-name' })
    }
    expect(comet.fake.requests).toEqual([])
  })
})

test('the address may be given as COMET_URL_OVERRIDE has it', async () => {
  await using comet = await startComet()
  const registry = await comet.open({ baseUrl: `${comet.fake.baseUrl}/clientlib/` })
  expect(await registry.list(name)).toEqual([])
  expect(comet.fake.requests[0]?.path).toBe('/api/rest/v2/registry-model/details')
})
