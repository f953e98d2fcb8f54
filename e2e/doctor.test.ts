import { chmodSync } from 'node:fs'
import { startFakeMlflow } from '@airq/model-registry/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { binPath } from '../scripts/built-apps.mts'
import { run, start, workplace } from './support/bins.ts'
import { runCommand } from './support/command.ts'
import { type CheckResult, doctorWorld, noSecretIn } from './support/doctor-world.ts'

type World = Awaited<ReturnType<typeof doctorWorld>>

let world: World
beforeAll(async () => {
  world = await doctorWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

/** What went over the wire, by fake. */
function methods() {
  const { azure, hopsworks, comet, waqi } = world
  const isToken = ({ server }: { server: string }) => server === 'entra'
  return [
    ...azure.requests.filter((request) => !isToken(request)),
    ...hopsworks.requests,
    ...comet.requests,
    ...waqi.requests,
  ].map(({ method }) => method)
}

describe('every service at once', () => {
  test('all is well: green, and nothing was written anywhere', async () => {
    const before = methods().length
    const { code, checks, failed, summary, stderr } = await world.examine()
    expect([failed, summary['error'], stderr]).toEqual([[], undefined, ''])
    expect(code).toBe(0)
    const byStatus = (wanted: string) => checks.filter(({ status }) => status === wanted).map(({ id }) => id)
    expect(byStatus('ok')).toEqual([
      ...['node', 'config', 'env-file', 'secret aqi-token', 'secret fs-api-key', 'secret comet-api-key'],
      ...['waqi', 'station beijing', 'open-meteo', 'clock', 'state', 'store', 'registry'],
      ...['azure-ids', 'azure', 'azure-rights', 'azure-environment feature-app'],
      ...['azure-environment training-app', 'azure-environment inference-app', 'key-vault'],
    ])
    expect(byStatus('skipped')).toEqual(['readings', 'days', 'forecasts'])
    expect(byStatus('warning')).toEqual(['models'])
    const sent = methods().slice(before)
    expect(sent.length).toBeGreaterThan(10)
    expect(new Set(sent)).toEqual(new Set(['GET']))
  })

  test('interrupted: exit code 130, and one line of JSON all the same', async () => {
    const release = world.openMeteo.hold()
    const before = world.waqi.requests.length
    try {
      const { config, state } = world.place
      const { child, done } = start('airq-doctor', [config, '--state', state, '--json'], world.env)
      await expect.poll(() => world.waqi.requests.length, { timeout: 20_000 }).toBeGreaterThan(before)
      child.kill('SIGINT')
      const { code, summary } = await done
      expect(code).toBe(130)
      expect(summary['checks']).toMatchObject([{ id: 'doctor', status: 'failed' }])
    } finally {
      release()
    }
  })

  test('a .env that others can read: how it is closed', async () => {
    const dotEnv = `${world.place.dir}/.env`
    chmodSync(dotEnv, 0o644)
    const { code, checks } = await world.examine(['--no-network'])
    chmodSync(dotEnv, 0o600)
    expect(code).toBe(0)
    expect(checks.find(({ id }) => id === 'env-file')).toMatchObject({
      status: 'warning',
      next: { kind: 'run', command: `chmod 600 ${dotEnv}` },
    })
  })

  test('without the network only this machine is looked at', async () => {
    const before = methods().length
    const { code, checks } = await world.examine(['--no-network'])
    expect(code).toBe(0)
    expect(methods().length).toBe(before)
    expect(checks.find(({ id }) => id === 'store')).toMatchObject({ status: 'skipped' })
    expect(checks.find(({ id }) => id === 'secret aqi-token')).toMatchObject({ status: 'ok' })
  })

  test('for people: a line of 80 columns a check, what to do, no colour, no secret', async () => {
    world.azure.set({ role: 'reader' })
    const { config, state } = world.place
    const done = noSecretIn(await run('airq-doctor', [config, '--state', state], world.env))
    world.heal()
    expect(done.code).toBe(1)
    const [lines = ''] = done.stdout.split('\n\n')
    for (const line of lines.split('\n')) {
      expect(line).toMatch(/^[✓!✗–] (ok|warning|failed|skipped) /)
      expect(line.length).toBeLessThanOrEqual(80)
    }
    expect(done.stdout).toMatch(
      /\nfailed: azure-rights: .*\n(?: {2}.*\n)* {2}in .*\n {2}to do: az role assignment/,
    )
    expect(done.stdout.trimEnd().split('\n').at(-1)).toMatch(/^next: az role assignment/)
    expect(done.stdout).not.toContain('\u001B')
  })
})

describe('MLflow', () => {
  test('with the right token, with a wrong one, and where none is given', async () => {
    const token = 'markedTokenOfMlflow'
    await using mlflow = await startFakeMlflow({ auth: { token } })
    await using place = await workplace(
      `stations: [{ id: beijing, name: Beijing, timeZone: Asia/Shanghai, source: { kind: aqicn-csv } }]
modelRegistry: { kind: mlflow, trackingUri: '${mlflow.baseUrl}' }
`,
    )
    const ask = async (env: Readonly<Record<string, string>>) => {
      const done = await run('airq-doctor', [place.config, '--state', place.state, '--json'], env)
      const registry = done.summary['checks'].find(({ id }: CheckResult) => id === 'registry') as CheckResult
      expect(done.stdout + done.stderr).not.toMatch(/markedToken|wrongToken/)
      return registry
    }
    expect(await ask({ MLFLOW_TRACKING_TOKEN: token })).toMatchObject({ status: 'ok' })
    expect(await ask({ MLFLOW_TRACKING_TOKEN: 'wrongToken' })).toMatchObject({
      status: 'failed',
      next: { kind: 'run', command: expect.stringMatching(/^export MLFLOW_TRACKING_TOKEN=</) },
    })
    expect(await ask({})).toMatchObject({
      status: 'failed',
      next: { kind: 'write', text: expect.stringMatching(/^MLFLOW_TRACKING_TOKEN=</) },
    })
    const changing = mlflow.requests.filter(
      ({ method, path }) => method !== 'GET' && !path.endsWith('/search'),
    )
    expect(changing).toEqual([])
  })
})

test('without an argument it takes config.yaml of the folder it is in', async () => {
  const args = [binPath('airq-doctor'), '--json', '--no-network']
  const { stdout } = await runCommand(process.execPath, args, { cwd: world.place.dir })
  const { checks } = JSON.parse(stdout) as { checks: CheckResult[] }
  expect(checks.find(({ id }) => id === 'config')).toMatchObject({ status: 'ok', where: 'config.yaml' })
})

test.each([
  [['--bogus'], 'command-line'],
  [['--now', 'yesterday'], 'config'],
  [['--station', 'atlantis'], 'config'],
])('wrong input %j exits 2', async (args, id) => {
  const { code, failed } = await world.examine(args)
  expect(failed.map((check) => check.id)).toEqual([id])
  expect(code).toBe(2)
})
