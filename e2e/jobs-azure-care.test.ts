import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run, workplace } from './support/bins.ts'
import { azureWorld, DIGEST, expectNoSecret, NOON } from './support/azure-world.ts'

const IDS = { AZURE_SUBSCRIPTION_ID: '00000000-0000-4000-8000-00000000ab01' }
const LITERAL = 'markedLiteral'

let there: Awaited<ReturnType<typeof azureWorld>>
beforeAll(async () => {
  there = await azureWorld()
  await there.deploy()
})
afterAll(() => there[Symbol.asyncDispose]())

const jobPuts = () =>
  there.azure.requests.filter(({ method, path }) => method === 'PUT' && path.includes('/jobs/'))

describe('what may not reach Azure is refused before anything is sent', () => {
  test.each([
    ['a literal', ['--aqi-token', LITERAL], 'literal-secret'],
    ['a file of this machine', ['--aqi-token', '@file:token.txt'], 'secret-out-of-reach'],
    ['a file flag', ['--fs-api-key-file', 'key.txt'], 'secret-out-of-reach'],
  ])('%s', async (_, flags, code) => {
    const before = there.azure.requests.length
    const done = await there.submit('run-feature-pipeline', ...flags)
    expect([done.code, done.summary['error'].code]).toEqual([2, code])
    expect(done.summary['error'].hint).toContain('@kv:')
    expect(there.azure.requests.length).toBe(before)
    expect(done.stdout + done.stderr).not.toContain(LITERAL)
  })

  test('files, and stores that a job would take with it', async () => {
    const csv = await there.submit('run-batch-feature-pipeline', '--csv', 'my city.csv', '--as', 'beijing')
    expect([csv.code, csv.summary['error'].code]).toEqual([2, 'files-out-of-reach'])
    expect(csv.summary['error'].hint).toContain(
      `batch-feature-pipeline ${there.place.config} --csv 'my city.csv' --as beijing`,
    )
    const resumed = await there.submit('run-hyperparam-optimization-pipeline', '--resume')
    expect([resumed.code, resumed.summary['error'].code]).toEqual([2, 'bad-arguments'])
    expect(resumed.summary['error'].message).toMatch(/^--resume: /)
    await using place = await workplace(
      'stations: [{ id: a, name: A, timeZone: Asia/Tokyo, source: { kind: aqicn-csv } }]\njobs: { kind: azure-ml, resourceGroup: g, workspace: www }\n',
    )
    const { code, summary } = await run('run-training-pipeline', [place.config, '--json'], IDS)
    expect([code, summary['error'].code]).toEqual([2, 'store-out-of-reach'])
    expect(summary['error'].message).toContain('featureStore.kind is sqlite and modelRegistry.kind is local')
  })

  test('a literal stands in the command where that is asked for; a dry run hides it all the same', async () => {
    const flags = ['--aqi-token', LITERAL, '--allow-insecure-argv', '--dry-run']
    const { code, stdout, stderr, summary } = await there.submit('run-feature-pipeline', ...flags)
    expect(code).toBe(0)
    expect(summary['dryRun'].body.properties.command).toContain("--aqi-token '***' ")
    expect(summary['warnings'][0].code).toBe('secret-in-command')
    expect(stdout + stderr).not.toContain(LITERAL)
  })
})

test('a dry run is what would be sent, and takes no credentials', async () => {
  const args = [there.place.config, '--now', NOON, '--json', '--job-name', 'dry', '--dry-run']
  const dry = await run('run-feature-pipeline', args, { ...IDS, FS_PROJECT_NAME: 'airq' })
  expect([dry.code, jobPuts().length]).toEqual([0, 0])
  const sent = await there.submit('run-feature-pipeline', '--job-name', 'dry')
  expect([sent.code, sent.summary['error']]).toEqual([0, undefined])
  const put = jobPuts().at(-1)
  expect(dry.summary['dryRun'].path).toBe(`${String(put?.path)}?${String(put?.query)}`)
  // Which version is the latest is asked when it is submitted.
  const { environmentId: _, ...told } = dry.summary['dryRun'].body.properties
  expect(JSON.parse(put?.body ?? '').properties).toMatchObject(told)
  const human = await run(
    'run-feature-pipeline',
    args.filter((arg) => arg !== '--json'),
    IDS,
  )
  expect(human.stdout).toMatch(/^PUT \/subscriptions\/.*\/jobs\/dry-1\?api-version=/)
})

describe('what Azure refuses', () => {
  test('--check names the rights that are missing; nothing is submitted', async () => {
    const good = await there.submit('run-feature-pipeline', '--check')
    expect([good.code, good.summary['error']]).toEqual([0, undefined])
    const before = jobPuts().length
    there.azure.set({ role: 'reader' })
    const bad = await there.submit('run-feature-pipeline', '--check')
    const deploy = await there.submit('deploy-environment', '--app', 'feature-app', '--check')
    there.azure.set({ role: 'contributor' })
    expect([bad.code, bad.summary['error'].code]).toEqual([1, 'check-failed'])
    const right = 'Microsoft.MachineLearningServices/workspaces'
    expect(bad.summary['error'].message).toContain(
      `may not: ${right}/jobs/write, ${right}/jobs/cancel/action`,
    )
    expect(deploy.summary['error'].message).toContain(`${right}/environments/versions/write`)
    expect(jobPuts().length).toBe(before)
  })

  test('a vault that may not be read fails the job, which says why', async () => {
    there.azure.set({ vaultReadable: false })
    const done = await there.submit('run-feature-pipeline', '--job-name', 'shut')
    there.azure.set({ vaultReadable: true })
    expect([done.code, done.summary['error'].code]).toEqual([1, 'job-failed'])
    const log = readFileSync(join(there.logs, 'shut-1.log'), 'utf8')
    expect(log).toContain('Microsoft.KeyVault/vaults/secrets/getSecret/action')
    expect(log).toContain('Key Vault Secrets User')
    // Nobody asked the vendors with the reference in place of the secret.
    expect(there.store.requests.filter(({ headers }) => headers.authorization?.includes('@kv'))).toEqual([])
  })

  test('another image for a version that is there', async () => {
    const config = readFileSync(there.place.config, 'utf8')
    await writeFile(
      there.place.config,
      config.replace('compute: cpu', "compute: cpu, environment: '{app}:7'"),
    )
    const image = (digit: string) => [
      '--image',
      `r.example/feature-app@sha256:${DIGEST.replace(/^a/, digit)}`,
    ]
    const first = await there.submit('deploy-environment', '--app', 'feature-app', ...image('b'))
    const again = await there.submit('deploy-environment', '--app', 'feature-app', ...image('b'))
    const other = await there.submit('deploy-environment', '--app', 'feature-app', ...image('c'))
    await writeFile(there.place.config, config)
    expect(first.summary['environment']).toMatchObject({ name: 'feature-app', version: '7', created: true })
    expect(again.summary['environment'].created).toBe(false)
    expect([other.code, other.summary['error'].code]).toEqual([2, 'environment-conflict'])
  })
})

test('a degraded job ends with 3 here; its warnings come along', async () => {
  const config = readFileSync(there.place.config, 'utf8')
  const extra =
    "  - { id: gone, name: Gone, timeZone: Asia/Shanghai, location: { latitude: 1, longitude: 1 }, source: { kind: waqi, feed: '@999999' } }\n"
  await writeFile(there.place.config, config.replace('weather:', `${extra}weather:`))
  const { code, summary } = await there.submit('run-feature-pipeline', '--job-name', 'half')
  await writeFile(there.place.config, config)
  expect([code, summary['error'], summary['degraded']]).toEqual([3, undefined, true])
  expect(summary['jobs'][0]).toMatchObject({ outcome: 'succeeded', degraded: true })
  expect(summary['warnings'].some(({ message }: { message: string }) => message.includes('gone'))).toBe(true)
})

test('no secret has been left anywhere', () => {
  expect(there.azure.requests.length).toBeGreaterThan(50)
  expectNoSecret(there.exposed())
  expect(there.exposed().some((text) => text.includes(LITERAL))).toBe(false)
})
