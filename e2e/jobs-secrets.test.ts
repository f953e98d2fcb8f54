import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { startFakeWaqi } from '@airq/aqi-client/testing'
import { startFakeAzure } from '@airq/job-runner/testing'
import { expect, test } from 'vitest'
import { run, workplace } from './support/bins.ts'
import { runCommand } from './support/command.ts'
import { LOAD_TRACE } from './support/consumers.ts'
import { filesBelow, watchProcesses } from './support/processes.ts'
import { binPath } from '../scripts/built-apps.mts'

/** The machine's processes are searched for it: other tests have others. */
const TOKEN = `markedTokenOfWaqi${randomBytes(9).toString('hex')}`
const NOON = '2026-03-06T12:25:00+08:00'
const CONFIG = `
stations:
  - { id: beijing, name: Beijing, timeZone: Asia/Shanghai, location: { latitude: 39.95, longitude: 116.47 }, source: { kind: waqi, feed: '@1451' } }
weather: { kind: none }
`

async function world() {
  const waqi = await startFakeWaqi({ token: TOKEN, seed: 3 })
  waqi.setNow(Date.parse(NOON))
  const place = await workplace(CONFIG)
  return {
    ...{ waqi, place },
    args: [place.config, '--state', place.state, '--now', NOON, '--json'],
    [Symbol.asyncDispose]: async () => {
      await waqi.close()
      await place[Symbol.asyncDispose]()
    },
  }
}

test.each<[string, (file: string) => readonly string[], Readonly<Record<string, string>>]>([
  ['its file', (file) => ['--aqi-token-file', file], {}],
  ['the environment', () => [], { AQI_TOKEN: TOKEN }],
])(
  'a job of this machine gets a secret from %s; it is in no command line, file or log',
  async (_, flags, env) => {
    await using there = await world()
    const { place, waqi, args } = there
    const file = await place.file('token.txt', TOKEN)
    using processes = watchProcesses(['cmdline'])
    const given = { WAQI_BASE_URL: waqi.baseUrl, ...env }
    const done = await run('run-feature-pipeline', [...args, ...flags(file)], given)
    expect([done.code, done.summary['error']]).toEqual([0, undefined])
    const shown = await run('run-feature-pipeline', [...args, ...flags(file), '--dry-run'], given)
    expect(shown.summary['dryRun'].job).toMatchObject({
      command: expect.arrayContaining(['--aqi-token', '@env:AQI_TOKEN']),
      variables: { AQI_TOKEN: '@env:AQI_TOKEN' },
    })
    const commands = [...processes.seen]
    expect(commands.some((text) => text.includes('@env:AQI_TOKEN'))).toBe(true)
    const files = filesBelow(place.dir).filter((path) => path !== file)
    for (const text of [
      ...commands,
      ...files.map((path) => readFileSync(path, 'latin1')),
      ...[done, shown].flatMap(({ stdout, stderr }) => [stdout, stderr]),
    ]) {
      expect(text.includes(TOKEN)).toBe(false)
    }
  },
)

test("Azure's identity is loaded for a secret of the Key Vault, and for nothing else", async () => {
  await using there = await world()
  await using azure = await startFakeAzure({ vault: { 'aqi-token': TOKEN } })
  const { place, waqi, args } = there
  const trace = await place.file('trace.mjs', LOAD_TRACE)
  const pull = (token: string) =>
    runCommand(process.execPath, ['--import', trace, binPath('feature-pipeline'), ...args.slice(0, -1)], {
      cwd: place.dir,
      env: {
        ...{ WAQI_BASE_URL: waqi.baseUrl, AQI_TOKEN: token },
        ...{ ...azure.jobEnv, AZURE_KEY_VAULT_URL: azure.vaultUrl },
        AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential',
      },
    })
  /** By what stands in it: the bundle has other names than the packages. */
  const loadsIdentity = (stdout: string) =>
    stdout
      .split('\n')
      .filter((line) => line.startsWith('file:') && line.endsWith('.js'))
      .some((url) => readFileSync(new URL(url), 'utf8').includes('login.microsoftonline.com'))
  const plain = await pull(TOKEN)
  expect([plain.code, plain.stdout.includes('feature-pipeline.js'), loadsIdentity(plain.stdout)]).toEqual([
    0,
    true,
    false,
  ])
  const referred = await pull('@kv:aqi-token')
  expect([referred.code, loadsIdentity(referred.stdout)]).toEqual([0, true])
})
