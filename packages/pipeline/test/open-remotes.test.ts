import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startFakeHopsworks } from '@airq/feature-store/testing'
import { samplePackage, startFakeComet, startFakeMlflow } from '@airq/model-registry/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { describeError } from '@airq/pipeline'
import { processIo } from '../src/command/command-io.ts'
import { parseArguments } from '../src/command/parse-arguments.ts'
import { openContext } from '../src/run/open-context.ts'
import { Redactor } from '../src/run/redactor.ts'
import { ProgressLine } from '../src/terminal/progress.ts'
import { STATION } from './support/config-problems.ts'

interface Setting {
  readonly keys: string
  readonly env?: Readonly<Record<string, string>>
  readonly flags?: readonly string[]
  readonly dotEnv?: string
}

/** A run's context as a command would get it, its environment being this one alone. */
async function contextOf({ keys, env = {}, flags = [], dotEnv = '' }: Setting) {
  const folder = mkdtempSync(join(tmpdir(), 'airq-remotes-'))
  const opened: { close(): Promise<void> }[] = []
  onTestFinished(async () => {
    for (const one of opened.reverse()) await one.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const config = join(folder, 'config.yaml')
  writeFileSync(config, `stations: [${STATION}]\n${keys}\n`)
  writeFileSync(join(folder, '.env'), dotEnv)
  const request = parseArguments(
    {
      bin: 'probe',
      pipeline: 'training',
      version: '1.0.0',
      description: 'A probe.',
      examples: [],
      options: ['fsApiKey', 'fsProjectName', 'cometApiKey', 'cometProjectName', 'cometWorkspace'],
      load: () => Promise.reject(new Error('not run')),
    },
    [config, '--state', join(folder, 'state'), ...flags],
  )
  if (request.kind !== 'run') throw new Error('no run')
  const said: string[] = []
  const tell = (message: string, fields: object = {}) => said.push(`${message} ${JSON.stringify(fields)}`)
  const run = {
    runId: 'run-1',
    pipeline: 'training',
    logger: { trace: tell, debug: tell, info: tell, warn: tell, error: tell },
    progress: new ProgressLine(process.stderr, Date, false).start,
    signal: new AbortController().signal,
    warn: (code: string, message: string) => tell(`${code}: ${message}`),
    redactor: new Redactor(),
    keep: (one: { close(): Promise<void> }) => opened.push(one),
  }
  const { context } = await openContext(request, run, { ...processIo(), env })
  return { context, said, stateDir: join(folder, 'state') }
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'none',
    (error: unknown) => describeError(error).report.code,
  )
}

const HOPSWORKS = 'featureStore: { kind: hopsworks, project: airq }'
const COMET = 'modelRegistry: { kind: comet, workspace: airq, project: air }'

describe('Hopsworks', () => {
  test('is opened where the real environment says, before the configuration', async () => {
    await using fake = await startFakeHopsworks()
    const keys = 'featureStore: { kind: hopsworks, baseUrl: "http://127.0.0.1:9" }'
    const env = { HOPSWORKS_BASE_URL: fake.baseUrl, HOPSWORKS_API_KEY: fake.apiKey }
    const { context, said, stateDir } = await contextOf({ keys, env, flags: ['--fs-project-name', 'airq'] })
    const store = await context.openStore()
    expect([store.kind, store.capabilities.leases]).toEqual(['hopsworks', false])
    expect(said.join('\n')).toContain(`asking Hopsworks elsewhere {"host":"${new URL(fake.baseUrl).host}"}`)
    expect(said.join('\n')).toContain('hopsworks: Hopsworks 4.2.0, project airq')
    expect(await context.lease(store, 'beijing')).not.toBeNull()
    expect(() => statSync(stateDir)).toThrow()
  })

  test.each<[string, Setting, string]>([
    ['no host', { keys: HOPSWORKS, env: { FS_API_KEY: 'a.b' } }, 'no-address'],
    [
      'a host that only .env knows',
      {
        keys: HOPSWORKS,
        env: { FS_API_KEY: 'a.b' },
        dotEnv: 'HOPSWORKS_HOST=h\nHOPSWORKS_BASE_URL=http://127.0.0.1:1\n',
      },
      'no-address',
    ],
    ['no project', { keys: 'featureStore: { kind: hopsworks, host: h }' }, 'no-name'],
    ['no key', { keys: 'featureStore: { kind: hopsworks, host: h, project: airq }' }, 'no-secret'],
    ['no address', { keys: HOPSWORKS, env: { HOPSWORKS_BASE_URL: 'here' } }, 'bad-base-url'],
    [
      'a host nobody trusts',
      { keys: HOPSWORKS, env: { FS_API_KEY: 'a.b', HOPSWORKS_HOST: 'collector.example' } },
      'untrusted-host',
    ],
    [
      'plain http',
      { keys: HOPSWORKS, env: { FS_API_KEY: 'a.b', HOPSWORKS_BASE_URL: 'http://c.app.hopsworks.ai' } },
      'bad-config',
    ],
  ])('%s is refused before anything is sent', async (_, setting, code) => {
    const { context } = await contextOf(setting)
    expect(await codeOf(context.openStore())).toBe(code)
  })
})

describe('Comet', () => {
  test('is opened with names from anywhere', async () => {
    await using fake = await startFakeComet()
    const env = {
      COMET_URL_OVERRIDE: `${fake.baseUrl}/clientlib/`,
      COMETML_API_KEY: fake.apiKey,
      COMET_WORKSPACE: fake.workspace,
    }
    const { context } = await contextOf({ keys: 'modelRegistry: { kind: comet, project: air }', env })
    const registry = await context.openRegistry()
    expect([registry.kind, await registry.names()]).toEqual(['comet', []])
  })

  test.each<[string, Setting, string]>([
    ['no key', { keys: COMET }, 'no-secret'],
    ['no workspace', { keys: 'modelRegistry: { kind: comet, project: p }' }, 'no-name'],
  ])('%s is refused', async (_, setting, code) => {
    const { context } = await contextOf(setting)
    expect(await codeOf(context.openRegistry())).toBe(code)
  })

  test('its key goes to no host that is not trusted', async () => {
    const env = { COMET_API_KEY: 'abcdefg', COMET_URL_OVERRIDE: 'https://collector.example' }
    const { context } = await contextOf({ keys: COMET, env })
    const registry = await context.openRegistry()
    expect(await codeOf(registry.names())).toBe('untrusted-host')
  })
})

describe('MLflow', () => {
  test.each<[string, Readonly<Record<string, string>>, object]>([
    ['nothing', {}, {}],
    ['a token', { MLFLOW_TRACKING_TOKEN: 'tokenOfTheTest' }, { auth: { token: 'tokenOfTheTest' } }],
    [
      'a password, which goes before a token',
      {
        MLFLOW_TRACKING_USERNAME: 'u',
        MLFLOW_TRACKING_PASSWORD: 'passOfTheTest',
        MLFLOW_TRACKING_TOKEN: 'x',
      },
      { auth: { username: 'u', password: 'passOfTheTest' } },
    ],
  ])('is opened with %s', async (_, env, options) => {
    await using fake = await startFakeMlflow(options)
    const { context } = await contextOf({
      keys: 'modelRegistry: { kind: mlflow, trackingUri: "http://127.0.0.1:9" }',
      env: { ...env, MLFLOW_TRACKING_URI: fake.baseUrl },
    })
    const registry = await context.openRegistry()
    expect([registry.kind, await registry.names()]).toEqual(['mlflow', []])
  })

  test('without an address is refused', async () => {
    const { context } = await contextOf({ keys: 'modelRegistry: { kind: mlflow }' })
    expect(await codeOf(context.openRegistry())).toBe('no-address')
  })

  test('cached, what served last is given and flagged while it is away', async () => {
    const fake = await startFakeMlflow()
    const keys = `modelRegistry: { kind: mlflow, trackingUri: "${fake.baseUrl}" }`
    const { context, stateDir } = await contextOf({ keys })
    const registry = await context.openRegistry({ cached: true })
    const { version } = await registry.publish(samplePackage(), { name: 'beijing-end-of-day' })
    await registry.promote(version, 'production', { reason: 'the first' })
    const asked = () => registry.resolve('beijing-end-of-day', { stage: 'production' })
    const served = await asked()
    if (served === null) throw new Error('nothing serves')
    expect(served.cached).toBeUndefined()
    await registry.fetch(served)
    expect((await registry.history('beijing-end-of-day'))[0]?.by).toBe('training pipeline')
    await fake.close()
    expect(await asked()).toMatchObject({ version: '1.0.0', cached: { because: expect.any(String) } })
    expect(statSync(join(stateDir, 'model-cache')).mode & 0o777).toBe(0o700)
  })
})

test('what the configuration does not name is not asked for', async () => {
  const { context, said } = await contextOf({ keys: '', flags: ['--fs-api-key', 'literalKey'] })
  const kinds = [(await context.openStore()).kind, (await context.openRegistry()).kind]
  expect(kinds).toEqual(['sqlite', 'local'])
  expect(said.join('\n')).not.toContain('literalKey')
  expect(said.join('\n')).toContain('unused-option')
})
