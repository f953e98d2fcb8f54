import { execFile } from 'node:child_process'
import { getEventListeners } from 'node:events'
import { promisify } from 'node:util'

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { createHttpClient, statusJudge, systemClock, type Clock } from '../src/index.ts'
import { failure, text } from './support/fakes.ts'
import { serve, serveRaw, until } from './support/loopback.ts'

const read = statusJudge(text)
/** The system's clock, and whether anybody sleeps by it. */
function watchedClock(): Clock & { asleep(): boolean } {
  let sleepers = 0
  return {
    now: () => systemClock.now(),
    sleep: async (ms, signal) => {
      sleepers += 1
      await systemClock.sleep(ms, signal).finally(() => (sleepers -= 1))
    },
    asleep: () => sleepers > 0,
  }
}

/** Nothing here answers by itself: a call that failed to notice the abort would never end. */
describe('an abort ends the call', () => {
  const controller = { current: new AbortController() }

  beforeEach(() => {
    controller.current = new AbortController()
    // They never fire here: they are there to be counted.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  })

  afterEach(() => {
    const left = vi.getTimerCount()
    vi.useRealTimers()
    vi.unstubAllEnvs()
    expect(left).toBe(0)
    expect(getEventListeners(controller.current.signal, 'abort')).toHaveLength(0)
  })

  const options = { timeoutMs: 600_000, deadlineMs: 600_000 }
  const abort = (): void => {
    controller.current.abort(new Error('enough'))
  }

  it('before it began', async () => {
    await using server = await serve((_request, answer) => answer.end())
    abort()
    const { signal } = controller.current
    expect(await failure(createHttpClient().call({ url: server.url }, read, { signal }))).toMatchObject({
      code: 'aborted',
      retryable: false,
      host: new URL(server.url).host,
    })
    expect(await failure(createHttpClient({ signal }).call({ url: server.url }, read))).toMatchObject({
      code: 'aborted',
    })
    expect(server.seen).toHaveLength(0)
  })

  it('in the queue of the rate limit', async () => {
    await using server = await serve((_request, answer) => answer.end())
    const clock = watchedClock()
    const client = createHttpClient({ ...options, clock, limit: { perSecond: 0.01, burst: 1 } })
    const { signal } = controller.current
    await client.call({ url: server.url }, read)
    const waiting = ['/a', '/b'].map((path) =>
      failure(client.call({ url: server.url + path }, read, { signal })),
    )
    await until(() => clock.asleep())
    abort()
    expect((await Promise.all(waiting)).map((error) => error.code)).toEqual(['aborted', 'aborted'])
    expect(server.seen).toHaveLength(1)
  })

  it('while connecting through a proxy that says nothing', async () => {
    await using proxy = await serveRaw(() => undefined)
    vi.stubEnv('https_proxy', `http://127.0.0.1:${String(proxy.port)}`)
    vi.stubEnv('no_proxy', '')
    const { signal } = controller.current
    const call = failure(createHttpClient(options).call({ url: 'https://api.example/' }, read, { signal }))
    await until(() => proxy.received().includes('CONNECT'))
    abort()
    expect(await call).toMatchObject({ code: 'aborted' })
    await until(() => proxy.openSockets() === 0)
  })

  it('while waiting for headers', async () => {
    let closed = false
    await using server = await serve((_request, answer) => answer.on('close', () => (closed = true)))
    const { signal } = controller.current
    const call = failure(createHttpClient(options).call({ url: server.url }, read, { signal }))
    await until(() => server.seen.length === 1)
    abort()
    expect(await call).toMatchObject({ code: 'aborted' })
    await until(() => closed)
    expect(server.seen).toHaveLength(1)
  })

  it('in the middle of the body', async () => {
    let closed = false
    await using server = await serve((_request, answer) => {
      answer.on('close', () => (closed = true))
      answer.write('half ')
    })
    const { signal } = controller.current
    const call = failure(createHttpClient(options).call({ url: server.url }, read, { signal }))
    await until(() => server.seen.length === 1)
    await systemClock.sleep(20, new AbortController().signal)
    abort()
    expect(await call).toMatchObject({ code: 'aborted' })
    await until(() => closed)
  })

  it('in the sleep before the next try, without a further request', async () => {
    await using server = await serve((_request, answer) =>
      answer.writeHead(503, { 'retry-after': '50' }).end(),
    )
    const clock = watchedClock()
    const { signal } = controller.current
    const call = failure(createHttpClient({ ...options, clock }).call({ url: server.url }, read, { signal }))
    await until(() => clock.asleep())
    abort()
    expect(await call).toMatchObject({ code: 'aborted' })
    expect(server.seen).toHaveLength(1)
  })

  it('although transport and clock take no notice', async () => {
    const client = createHttpClient({ ...options, transport: () => new Promise(() => undefined) })
    const { signal } = controller.current
    const call = failure(client.call({ url: 'http://127.0.0.1/' }, read, { signal }))
    await until(() => true)
    abort()
    expect(await call).toMatchObject({ code: 'aborted' })
  })

  it('not when the call is over', async () => {
    await using server = await serve((_request, answer) => answer.end('done'))
    const { signal } = controller.current
    expect(await createHttpClient(options).call({ url: server.url }, read, { signal })).toBe('done')
    abort()
  })
})

describe('the system clock', () => {
  it('keeps the process for a sleep, and lets it go after an abort', async () => {
    const entry = new URL('../src/index.ts', import.meta.url).href
    const script = `
      const { systemClock } = await import(${JSON.stringify(entry)})
      await systemClock.sleep(20, new AbortController().signal)
      const controller = new AbortController()
      const sleep = systemClock.sleep(3_600_000, controller.signal).catch((error) => error.name)
      controller.abort()
      console.log(await sleep, process.getActiveResourcesInfo().includes('Timeout'))`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script])
    expect(stdout.trim()).toBe('AbortError false')
  })

  it('never runs backwards', () => {
    const first = systemClock.now()
    expect(systemClock.now()).toBeGreaterThanOrEqual(first)
    expect(Math.abs(first - new Date().getTime())).toBeLessThan(60_000)
  })
})
