import { describe, expect, test } from 'vitest'

import { failure } from '../../src/testing/harness.ts'
import type { Fault, FaultEffect } from '../../src/testing/index.ts'
import { daily, dailyRow, dailyRows } from './groups.ts'
import { closing, filesOf, startHopsworks, type Opened } from './opened.ts'

const timing = { startMs: 6000, runMs: 9000 }
const read = 'export'

/** The requests of a write, in their order. */
const STEPS: readonly { readonly name: string; readonly on: Fault['on'] }[] = [
  { name: 'look for leftovers', on: ['GET', '/dataset//Projects/airq/Ingestion'] },
  { name: 'prepare', on: ['POST', '/ingestion'] },
  { name: 'upload', on: ['POST', '/dataset/upload'] },
  { name: 'start the job', on: ['POST', '/executions'] },
  { name: 'look at the job', on: ['GET', '/executions/'] },
  { name: 'delete the folder', on: ['DELETE', '/dataset/'] },
  { name: 'delete the job', on: ['DELETE', '/jobs/'] },
]
const CUTS = ['before', 'after'] as const

describe.each(STEPS)('a connection cut at the request to $name', ({ on }) => {
  test.each(CUTS)('once, %s it took effect: the same call goes on', async (cut) => {
    await using hopsworks = await prepared()
    const { fake } = hopsworks
    await using store = await closing(hopsworks.open({ read }))
    fake.fail({ on, effect: { cut } })
    expect(await store.upsert(daily, dailyRows(3))).toEqual({ written: 3, unchanged: null })
    expect(onceThere(hopsworks)).toEqual({ rows: dailyRows(3), jobs: ['SUCCEEDED'] })
  })

  test.each(CUTS)('every time, %s it took effect: a later run goes on, with one job in all', async (cut) => {
    await using hopsworks = await prepared()
    const { fake } = hopsworks
    const first = await hopsworks.open({ read, jobTimeoutMs: 120_000 })
    fake.fail({ on, effect: { cut }, times: Infinity })
    const failed = await first.upsert(daily, dailyRows(3)).then(
      () => undefined,
      (error: unknown) => error,
    )
    fake.heal()
    if (failed !== undefined) {
      expect(failed).toMatchObject({ name: 'FeatureStoreError', retryable: true })
      expect(['unavailable', 'job-timeout']).toContain(Reflect.get(Object(failed), 'code'))
    }
    await using second = await closing(hopsworks.open({ read }))
    if (failed !== undefined) await second.upsert(daily, dailyRows(3))
    expect(onceThere(hopsworks)).toEqual({ rows: dailyRows(3), jobs: ['SUCCEEDED'] })
  })
})

describe('answers that ask for patience', () => {
  const posts = STEPS.filter(({ on: [method] }) => method === 'POST')

  test.each(posts)('429 with Retry-After at the request to $name is obeyed', async ({ on }) => {
    await using hopsworks = await prepared()
    await using store = await closing(hopsworks.open({ read }))
    const began = hopsworks.clock.now()
    hopsworks.fake.fail({ on, effect: { status: 429, retryAfter: '40' } })
    await store.upsert(daily, dailyRows(3))
    expect(hopsworks.clock.now() - began).toBeGreaterThanOrEqual(40_000 + timing.startMs + timing.runMs)
    expect(onceThere(hopsworks)).toEqual({ rows: dailyRows(3), jobs: ['SUCCEEDED'] })
  })

  const bursts: FaultEffect[] = [{ status: 500 }, { status: 500, code: 120000 }, { status: 503 }]
  test.each(bursts)('bursts of %j at every request end in one write', async (effect) => {
    await using hopsworks = await prepared()
    await using store = await closing(hopsworks.open({ read }))
    for (const { on } of STEPS) hopsworks.fake.fail({ on, effect, times: 2 })
    await store.upsert(daily, dailyRows(3))
    expect(onceThere(hopsworks)).toEqual({ rows: dailyRows(3), jobs: ['SUCCEEDED'] })
  })

  test('429 that asks for more than a minute ends the call and says so', async () => {
    await using hopsworks = await prepared()
    await using store = await closing(hopsworks.open({ read }))
    hopsworks.fake.fail({
      on: ['POST', '/ingestion'],
      effect: { status: 429, retryAfter: '900' },
      times: Infinity,
    })
    const error = await failure('unavailable', store.upsert(daily, dailyRows(1)))
    expect(error).toMatchObject({ retryable: true, hint: expect.stringContaining('900 seconds') as string })
  })
})

describe('a key that is taken away in the middle', () => {
  test.each(STEPS.slice(0, 5))(
    'at the request to $name: unauthorized; with a new one the write goes on',
    async ({ on }) => {
      await using hopsworks = await prepared()
      const { fake } = hopsworks
      await using store = await closing(hopsworks.open({ read }))
      fake.fail({ on, effect: { status: 401, code: 320013 } })
      const error = await failure('unauthorized', store.upsert(daily, dailyRows(3)))
      expect(error).toMatchObject({ fault: 'input', retryable: false })
      expect(error.hint).toContain('Make a new API key')
      await store.upsert(daily, dailyRows(3))
      expect(onceThere(hopsworks)).toEqual({ rows: dailyRows(3), jobs: ['SUCCEEDED'] })
    },
  )
})

describe('a job', () => {
  test('that never ends is given up after the deadline; the same rows again wait for it and begin no other', async () => {
    await using hopsworks = await prepared()
    const { fake, clock } = hopsworks
    await using store = await closing(hopsworks.open({ read, jobTimeoutMs: 600_000 }))
    fake.nextJobs('never-ends')
    const began = clock.now()
    const error = await failure('job-timeout', store.upsert(daily, dailyRows(3)))
    expect(error.message).toMatch(
      /^Job city_daily_1_insert_fg_\d+ of group city_daily v1 is running after 10 minutes/,
    )
    expect(error.hint).toContain('begins no other')
    // Before it begins the job, the write lets the second pass that its name tells.
    expect(clock.now() - began).toBe(601_000)
    await failure('job-timeout', store.upsert(daily, dailyRows(3)))
    expect(fake.executions()).toHaveLength(1)
  })

  test.each(['fails', 'killed'] as const)(
    'that %s is told with the end of its log; the rows again begin another',
    async (fate) => {
      await using hopsworks = await prepared()
      const { fake } = hopsworks
      fake.set({ timing: { logLagMs: 8000 } })
      await using store = await closing(hopsworks.open({ read }))
      fake.nextJobs(fate)
      const error = await failure('job-failed', store.upsert(daily, dailyRows(3)))
      expect(error.message).toMatch(
        fate === 'fails' ? /OutOfMemoryError: Java heap space$/ : /killed by user/,
      )
      expect(error.where).toMatch(/^job city_daily_1_insert_fg_\d+, execution \d+$/)
      await store.upsert(daily, dailyRows(3))
      expect(fake.rows('offline', 'city_daily')).toEqual(dailyRows(3))
      expect(fake.executions()).toHaveLength(2)
      expect(filesOf(hopsworks)).toEqual(['Resources/', 'Ingestion/'])
    },
  )

  test('that cannot even begin has no final status and no log, and fails all the same', async () => {
    await using hopsworks = await prepared()
    await using store = await closing(hopsworks.open({ read }))
    hopsworks.fake.nextJobs('fails-to-initialise')
    const error = await failure('job-failed', store.upsert(daily, dailyRows(3)))
    expect(error.message).toMatch(/left no log$/)
  })

  test('of another process on the same group is waited for', async () => {
    await using hopsworks = await prepared()
    const { fake } = hopsworks
    const first = await hopsworks.open({ read, jobTimeoutMs: 5000 })
    await failure('job-timeout', first.upsert(daily, dailyRows(2)))
    await using second = await closing(hopsworks.open({ read }))
    await second.upsert(daily, [dailyRow(1, { aqi: 9 })])
    expect(fake.rows('offline', 'city_daily')).toEqual([dailyRow(0), dailyRow(1, { aqi: 9 })])
    expect(fake.executions().map(({ finalStatus }) => finalStatus)).toEqual(['SUCCEEDED', 'SUCCEEDED'])
  })

  test('that has ended since is not begun again, also where its files could not be deleted', async () => {
    await using hopsworks = await prepared()
    const { fake } = hopsworks
    await using store = await closing(hopsworks.open({ read }))
    fake.fail({ on: ['DELETE', '/dataset/'], effect: { status: 403, code: 110050 } })
    await store.upsert(daily, dailyRows(3))
    expect(hopsworks.events.at(-1)).toMatchObject({ step: 'clean-up' })
    await store.upsert(daily, dailyRows(3))
    expect(fake.executions()).toHaveLength(1)
    // Other rows in between: then the first are written anew, or the later ones would stay.
    await store.upsert(daily, [dailyRow(0, { aqi: 1 })])
    await store.upsert(daily, dailyRows(3))
    expect(fake.executions()).toHaveLength(3)
    expect(fake.rows('offline', 'city_daily')).toEqual(dailyRows(3))
  })
})

describe('a server that is restarted', () => {
  test.each(['upload', 'job'] as const)('after the step %s: the write goes on', async (step) => {
    let restart: Promise<void> | undefined
    await using hopsworks = await startHopsworks({ timing })
    const { fake } = hopsworks
    await using store = await closing(
      hopsworks.open({
        read,
        onProgress: (event) => {
          if (event.step === step && restart === undefined) restart = fake.restart(40)
        },
      }),
    )
    await store.ensure(daily)
    // The first requests fall into the time without a server, and time leaps: patience is asked for in tries.
    for (let tries = 1; tries <= 20; tries += 1) {
      const error: unknown = await store.upsert(daily, dailyRows(3)).then(
        () => undefined,
        (reason: unknown) => reason,
      )
      if (error === undefined) break
      expect(error).toMatchObject({ code: 'unavailable' })
      await restart
    }
    await restart
    expect(onceThere(hopsworks)).toEqual({ rows: dailyRows(3), jobs: ['SUCCEEDED'] })
  })
})

async function prepared(): Promise<Opened> {
  const hopsworks = await startHopsworks({ timing })
  const store = await hopsworks.open({ read })
  await store.ensure(daily)
  await store.close()
  return hopsworks
}

function onceThere({ fake }: Opened): { rows: unknown; jobs: string[] } {
  return {
    rows: fake.rows('offline', 'city_daily'),
    jobs: fake.executions().map(({ finalStatus }) => finalStatus),
  }
}
