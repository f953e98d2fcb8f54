import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { UserError } from '@airq/pipeline'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { StageOptions } from '../src/command/options.ts'
import { KeyVault } from '../src/run/key-vault.ts'
import { Redactor } from '../src/run/redactor.ts'
import type { RemoteName, SecretName } from '../src/run/secret-table.ts'
import { Givens, redactLiterals } from '../src/run/secrets.ts'

const KEY = 'abcdefPrefix.s3cretOfTheTest'
const NONE = {
  aqiToken: undefined,
  aqiTokenFile: undefined,
  fsApiKey: undefined,
  fsApiKeyFile: undefined,
  fsProjectName: undefined,
  cometApiKey: undefined,
  cometApiKeyFile: undefined,
  cometProjectName: undefined,
  cometWorkspace: undefined,
}

interface Place {
  readonly options?: Partial<typeof NONE | Record<keyof typeof NONE, string>>
  readonly env?: Readonly<Record<string, string>>
  readonly dotEnv?: string
  readonly stdin?: string
  readonly key?: string
}

const say = () => undefined
const silent = { trace: say, debug: say, info: say, warn: say, error: say }

function givens({ options = {}, env = {}, dotEnv, stdin = '', key = KEY }: Place) {
  const folder = mkdtempSync(join(tmpdir(), 'airq-givens-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  const file = join(folder, 'key.txt')
  writeFileSync(file, `${key}\n`)
  if (dotEnv !== undefined) writeFileSync(join(folder, '.env'), dotEnv)
  const here = (text: string | undefined) => text?.replace('FILE', file)
  const warnings: string[] = []
  const redactor = new Redactor()
  const all = { ...NONE, ...Object.fromEntries(Object.entries(options).map(([k, v]) => [k, here(v)])) }
  redactLiterals(all as unknown as StageOptions, redactor)
  return {
    redactor,
    warnings,
    givens: new Givens({
      // Of the options these alone are looked at.
      options: all as unknown as StageOptions,
      configPath: join(folder, 'config.yaml'),
      io: { env, stdin: Readable.from([stdin]) },
      redactor,
      vault: new KeyVault({
        ...{ env, configured: undefined, trustedHosts: [] },
        ...{ logger: silent, signal: new AbortController().signal },
      }),
      warn: (code) => warnings.push(code),
    }),
  }
}

async function refusal(call: Promise<unknown>): Promise<UserError> {
  const error: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (error instanceof UserError) return error
  throw new Error('it was not refused')
}

describe.each<[SecretName, keyof typeof NONE, keyof typeof NONE, readonly string[]]>([
  ['fs-api-key', 'fsApiKey', 'fsApiKeyFile', ['FS_API_KEY', 'HOPSWORKS_API_KEY']],
  ['comet-api-key', 'cometApiKey', 'cometApiKeyFile', ['COMET_API_KEY', 'COMETML_API_KEY']],
])('%s comes from', (name, flag, fileFlag, variables) => {
  test.each<[string, Place]>([
    ['its flag', { options: { [flag]: KEY } }],
    ['a variable its flag names', { options: { [flag]: '@env:MINE' }, env: { MINE: KEY } }],
    ['a file its flag names', { options: { [flag]: '@file:FILE' } }],
    ['its file flag', { options: { [fileFlag]: 'FILE' } }],
    ['standard input', { options: { [fileFlag]: '-' }, stdin: `${KEY}\n` }],
    ...variables.map((variable): [string, Place] => [variable, { env: { [variable]: KEY } }]),
    ...variables.map((variable): [string, Place] => [
      `${variable} of .env`,
      { dotEnv: `${variable}=${KEY}\n` },
    ]),
  ])('%s, and is redacted', async (_, place) => {
    const { givens: given, redactor, warnings } = givens(place)
    expect(await given.secret(name)).toBe(KEY)
    // Asked for again, nothing is read again: standard input gives it once.
    expect(await given.secret(name)).toBe(KEY)
    expect(redactor.redact(`sent ${KEY}`)).toBe('sent ***')
    expect(warnings).toEqual(place.options?.[flag] === KEY ? ['secret-on-command-line'] : [])
  })

  test('where it is missing, every way to give it is told', async () => {
    const { code, message, hint } = await refusal(givens({}).givens.secret(name))
    expect(code).toBe('no-secret')
    expect(message).toMatch(/API key of (Hopsworks|Comet)/)
    for (const way of [...variables, '.env', `--${name}-file`, `--${name} @env:NAME`, '@file:PATH']) {
      expect(hint).toContain(way)
    }
  })
})

describe.each<[RemoteName, keyof typeof NONE, readonly string[], string]>([
  ['fs-project-name', 'fsProjectName', ['FS_PROJECT_NAME', 'HOPSWORKS_PROJECT'], 'featureStore.project'],
  [
    'comet-project-name',
    'cometProjectName',
    ['COMET_PROJECT_NAME', 'COMETML_PROJECT_NAME'],
    'modelRegistry.project',
  ],
  ['comet-workspace', 'cometWorkspace', ['COMET_WORKSPACE', 'COMETML_WORKSPACE'], 'modelRegistry.workspace'],
])('%s, a name and no secret,', (name, flag, variables, configKey) => {
  test('comes from its flag, the environment, .env, and at last the configuration', async () => {
    const sources: Place[] = [
      { options: { [flag]: 'airq-name' }, env: { [variables[0] ?? '']: 'other' } },
      { options: { [flag]: '@env:MINE' }, env: { MINE: 'airq-name' } },
      ...variables.map((variable) => ({ env: { [variable]: 'airq-name' } })),
      ...variables.map((variable) => ({ dotEnv: `${variable}=airq-name\n` })),
    ]
    for (const place of sources) {
      const { givens: given, warnings, redactor } = givens(place)
      expect(await given.name(name, 'configured')).toBe('airq-name')
      expect([warnings, redactor.redact('airq-name')]).toEqual([[], 'airq-name'])
    }
    expect(await givens({}).givens.name(name, 'configured')).toBe('configured')
  })

  test('where it is missing, every way to give it is told', async () => {
    const { code, hint } = await refusal(givens({}).givens.name(name, undefined))
    expect(code).toBe('no-name')
    for (const way of [...variables, `--${name}`, configKey]) expect(hint).toContain(way)
  })
})

describe('care', () => {
  test('a literal on the command line is redacted even where nobody asks for it', () => {
    const { redactor } = givens({ options: { fsApiKey: KEY } })
    expect(redactor.redact(KEY)).toBe('***')
  })

  test('a .env gives what is asked for and nothing else', async () => {
    const { givens: given } = givens({ dotEnv: 'HOPSWORKS_BASE_URL=http://evil\nAQI_TOKEN=abcdefg\n' })
    expect(await given.secretIfGiven('comet-api-key')).toBeUndefined()
    expect(await given.secret('aqi-token')).toBe('abcdefg')
  })

  test.each<[string, Place]>([
    ['an unknown kind of reference', { options: { fsApiKey: '@vault:hopsworks' } }],
    ['a name that no secret of a vault can have', { options: { fsApiKey: '@kv:hops_works' } }],
    ['a reference in a file', { options: { fsApiKeyFile: 'FILE' }, key: '@kv:hopsworks' }],
    ['a reference in a variable that is not looked up', { env: { FS_API_KEY: '@file:/etc/hostname' } }],
    ['an empty variable', { options: { fsApiKey: '@env:NOT_SET' } }],
    ['a file that is not there', { options: { fsApiKeyFile: '/nowhere/at/all' } }],
    ['two lines', { env: { FS_API_KEY: 'one\ntwo' } }],
  ])('%s is refused', async (_, place) => {
    expect((await refusal(givens(place).givens.secret('fs-api-key'))).code).toBe('bad-secret')
  })

  test('standard input gives one secret only', async () => {
    const { givens: given } = givens({ options: { fsApiKeyFile: '-', cometApiKeyFile: '-' }, stdin: KEY })
    await given.secret('fs-api-key')
    const { code, message } = await refusal(given.secret('comet-api-key'))
    expect([code, message]).toEqual(['bad-secret', expect.stringContaining('--fs-api-key-file already')])
  })
})
