import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { startFakeAzure } from '@airq/job-runner/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run, type Summary, type Workplace, workplace } from './support/bins.ts'
import { filesBelow } from './support/processes.ts'
import { rowsOf } from './support/store.ts'
import {
  CONFIG,
  copyOf,
  importedStation,
  MARK,
  startWatch,
  startWebhook,
  watch,
  watchArgs,
  type Webhook,
} from './support/watch.ts'

/** Hours after the history ends: the days are stale by then. */
const STALE = 120

let imported: Workplace
beforeAll(async () => {
  imported = await importedStation()
})
afterAll(() => imported[Symbol.asyncDispose]())
const placeOf = (config?: string) => copyOf(imported, config)

const idsOf = (hook: Webhook) =>
  hook.deliveries.map(({ body }) => body['alerts'].map(({ id }: Summary) => id as string))
/** As an hour later. */
function releaseLeases({ state }: Workplace): void {
  const database = new DatabaseSync(join(state, 'feature-store.sqlite'))
  database.exec('DELETE FROM leases')
  database.close()
}
const OPENED = ['beijing/stale-data/0/opened']

test('a webhook that is down, refuses or redirects: the run says so, the next one tells it', async () => {
  await using hook = await startWebhook()
  await using place = await placeOf()
  await hook.close()
  const down = await watch(place, STALE, hook.url)
  expect([down.code, down.summary['webhook']]).toEqual([3, { given: true, pending: 1 }])
  expect(down.summary['warnings']).toContainEqual({
    code: 'webhook-failed',
    message: 'the webhook did not take 1 notice: it could not be reached. The next run tries again.',
  })
  await hook.reopen()
  for (const [answer, words] of [
    [500, 'it answered with status 500'],
    [404, 'it answered with status 404'],
    [302, 'it answered with status 302'],
  ] as const) {
    hook.answer = answer
    const refused = await watch(place, STALE + 1, hook.url)
    expect([refused.code, refused.summary['webhook'].pending]).toEqual([3, 1])
    expect(JSON.stringify(refused.summary['warnings'])).toContain(words)
  }
  hook.answer = 204
  hook.deliveries.length = 0
  const taken = await watch(place, STALE + 2, hook.url)
  expect([taken.summary['webhook'].pending, idsOf(hook)]).toEqual([0, [OPENED]])
  await watch(place, STALE + 3, hook.url)
  expect(idsOf(hook)).toEqual([OPENED])
})

test('a webhook that does not answer holds a run up for a while only', async () => {
  await using hook = await startWebhook()
  await using place = await placeOf()
  hook.answer = () => new Promise<number>(() => undefined)
  const slow = await watch(place, STALE, hook.url)
  expect([slow.code, slow.summary['webhook'].pending]).toEqual([3, 1])
  expect(JSON.stringify(slow.summary['warnings'])).toContain('it did not answer in time')
})

test('what opened and was over while the webhook was down is told in that order', async () => {
  await using hook = await startWebhook()
  await using place = await placeOf()
  hook.answer = 503
  await watch(place, STALE, hook.url)
  await place.file('config.yaml', `${CONFIG}watch: { staleDays: 0, staleHours: 0 }\n`)
  const over = await watch(place, STALE + 1, hook.url)
  expect([over.code, over.summary['webhook'].pending]).toEqual([3, 2])
  hook.answer = 200
  hook.deliveries.length = 0
  expect((await watch(place, STALE + 2, hook.url)).code).toBe(0)
  expect(idsOf(hook)).toEqual([[...OPENED, 'beijing/stale-data/0/recovered']])
})

test('killed between finding and telling, and between telling and noting it: told by the next run, under the same key', async () => {
  await using hook = await startWebhook()
  await using place = await placeOf()
  const { child, done } = startWatch(place, STALE, hook.url)
  done.catch(() => undefined)
  const gone = once(child, 'close')
  hook.answer = async () => {
    child.kill('SIGKILL')
    await gone
    return 200
  }
  await gone
  expect(rowsOf(place.state, 'aqi_alerts_v1')).toMatchObject([{ told_opened: 0, closed_ms: null }])
  hook.answer = 200
  // The lease of the one that was killed lasts an hour.
  const held = await watch(place, STALE, hook.url)
  expect([held.code, held.summary['looked'], hook.deliveries.length]).toEqual([3, false, 1])
  releaseLeases(place)
  const next = await watch(place, STALE, hook.url)
  expect([next.code, next.summary['alerts'].length]).toEqual([3, 1])
  expect(idsOf(hook)).toEqual([OPENED, OPENED])
  expect(new Set(hook.deliveries.map(({ key }) => key)).size).toBe(1)
})

test('of two watches at once one looks and tells; the other shows what stands', async () => {
  await using hook = await startWebhook()
  await using place = await placeOf()
  let second: Awaited<ReturnType<typeof watch>> | undefined
  hook.answer = async () => {
    second ??= await watch(place, STALE, hook.url)
    return 200
  }
  const first = await watch(place, STALE, hook.url)
  expect([first.code, first.summary['looked'], first.summary['webhook'].pending]).toEqual([3, true, 0])
  expect([second?.code, second?.summary['looked']]).toEqual([3, false])
  expect(second?.summary['alerts']).toMatchObject([
    { station: 'beijing', cause: 'stale-data', state: 'open' },
  ])
  expect(second?.summary['warnings'].map(({ code }: Summary) => code)).toEqual(['lease-held', 'alert'])
  expect(idsOf(hook)).toEqual([OPENED])
})

test('the address is nowhere: not in output, files or errors', async () => {
  await using hook = await startWebhook()
  await using elsewhere = await workplace()
  await using place = await placeOf()
  const said: string[] = []
  const look = async (...args: string[]) => {
    const plain = watchArgs(place, STALE, '--log-level', 'trace', ...args)
    const { stdout, stderr } = await run('airq-watch', plain, { AIRQ_WEBHOOK_URL: hook.url })
    said.push(stdout, stderr)
  }
  hook.answer = 500
  await look()
  await look('--webhook-url', hook.url)
  await hook.close()
  await look('--webhook-url-file', await elsewhere.file('hook.txt', hook.url))
  await look('--check')
  await hook.reopen()
  hook.answer = 200
  await look('--out', join(place.dir, 'told'))
  expect(hook.deliveries.length).toBeGreaterThan(0)
  expect(said.join('')).toContain('webhook')
  expect(said.join('')).not.toContain(MARK)
  for (const file of filesBelow(place.dir)) expect(readFileSync(file).includes(MARK), file).toBe(false)
})

test.each([
  ['plain http', 'http://hooks.example/services/'],
  ['another protocol', 'file:///etc/'],
  ['a password in it', 'https://me:pass@hooks.example/'],
  ['no address', 'hooks '],
])('an address with %s is refused before anything is done, and not repeated', async (_, begin) => {
  await using place = await workplace(CONFIG)
  const { code, summary, stdout, stderr } = await watch(place, 0, `${begin}${MARK}`)
  expect([code, summary['error'].code]).toEqual([2, 'bad-webhook'])
  expect(stdout + stderr).not.toContain(MARK)
  expect(await readdir(place.dir)).toEqual(['config.yaml'])
})

test('--check writes nothing and sends nothing', async () => {
  await using hook = await startWebhook()
  await using place = await placeOf()
  const digests = () =>
    filesBelow(place.state)
      .filter((file) => !/-(wal|shm)$/.test(file))
      .map((file) => `${file} ${createHash('sha256').update(readFileSync(file)).digest('hex')}`)
  const before = digests()
  const { code, summary } = await watch(place, STALE, hook.url, '--check')
  expect([code, summary['looked']]).toEqual([0, false])
  expect(summary['checks']).toMatchObject([
    { name: 'feature store sqlite', ok: true },
    { name: 'webhook', ok: true, message: 'is given; nothing was sent' },
  ])
  expect([digests(), hook.deliveries]).toEqual([before, []])
})

test('the Key Vault of the configuration holds the address, for a workflow too; one that cannot be asked is told', async () => {
  await using hook = await startWebhook()
  await using azure = await startFakeAzure({ vault: { 'AIRQ-WEBHOOK-URL': hook.url } })
  const jobs = `jobs: { kind: azure-ml, resourceGroup: airq, workspace: airq-ml, keyVaultUrl: '${azure.vaultUrl}' }\n`
  await using place = await placeOf(`${CONFIG}${jobs}`)
  const ca = await place.file('ca.pem', azure.ca)
  const args = watchArgs(place, STALE)
  const blind = await run('airq-watch', args)
  expect([blind.code, blind.summary['webhook']]).toEqual([3, { given: false, pending: 1 }])
  expect(blind.summary['warnings'].map(({ code }: Summary) => code)).toEqual(['webhook-failed', 'alert'])
  const signedIn = await run('airq-watch', args, { ...azure.env, NODE_EXTRA_CA_CERTS: ca })
  expect([signedIn.code, signedIn.summary['webhook']]).toEqual([3, { given: true, pending: 0 }])
  expect(idsOf(hook)).toEqual([OPENED])
  expect(signedIn.stdout + signedIn.stderr).not.toContain(MARK)
  await using bare = await startFakeAzure({ vault: {} })
  await place.file('config.yaml', `${CONFIG}${jobs.replace(azure.vaultUrl, bare.vaultUrl)}`)
  const none = await run('airq-watch', args, {
    ...bare.env,
    NODE_EXTRA_CA_CERTS: await place.file('ca.pem', bare.ca),
  })
  expect([none.code, none.summary['webhook']]).toEqual([3, { given: false, pending: 0 }])
})
