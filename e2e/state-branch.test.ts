import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { chmod, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROOT } from '../scripts/built-apps.mts'
import { run, type Workplace, workplace } from './support/bins.ts'
import { type Finished, outputOf, runCommand } from './support/command.ts'
import { fakeGitHub } from './support/github.ts'
import { rowsOf } from './support/store.ts'

const CONFIG = `
stations:
  - { id: vienna, name: Vienna, timeZone: Europe/Vienna, source: { kind: simulator, seed: 5, years: 1 } }
weather: { kind: none }
training: { candidates: [ridge], testDays: 60 }
`
const SCRIPT = join(ROOT, 'scripts', 'state-branch.mts')
const NOON = '2024-07-01T12:00:00Z'
const hours = (n: number) => new Date(Date.parse(NOON) + n * 3_600_000).toISOString()

/** A runner: its clone, and its state. */
interface Machine {
  readonly clone: string
  readonly state: string
  go(action: 'restore' | 'save', now?: string, env?: Readonly<Record<string, string>>): Promise<Finished>
  pull(now?: string): Promise<void>
  rows(): number
}

interface Place extends Workplace {
  readonly remote: string
  machine(name: string): Promise<Machine>
  /** Of the branch. */
  tip(): Promise<string>
  files(): Promise<string[]>
}

const git = (cwd: string, ...args: string[]) =>
  outputOf('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], { cwd })

async function open(): Promise<Place> {
  const place = await workplace(CONFIG)
  const remote = join(place.dir, 'remote.git')
  await git(place.dir, 'init', '--quiet', '--bare', '--initial-branch=main', remote)
  const machine = async (name: string): Promise<Machine> => {
    const clone = join(place.dir, name)
    await git(place.dir, 'clone', '--quiet', remote, clone)
    const state = join(clone, '.airq')
    return {
      clone,
      state,
      go: (action, now = NOON, env = {}) =>
        runCommand(process.execPath, [SCRIPT, action, '--now', now], {
          cwd: clone,
          env: { GITHUB_REPOSITORY: '', ...env },
        }),
      pull: async (now = NOON) => {
        const { code, stderr } = await run('feature-pipeline', [place.config, '--state', state, '--now', now])
        expect(code, stderr).toBe(0)
      },
      rows: () => rowsOf(state, 'aqi_readings_v1').length,
    }
  }
  const tip = async () => (await git(remote, 'rev-parse', 'airq-state')).trim()
  const files = async () =>
    (await git(remote, 'ls-tree', '-r', '--name-only', 'airq-state')).trim().split('\n')
  return { ...place, remote, machine, tip, files }
}

async function ok(done: Promise<Finished>): Promise<string> {
  const { code, stdout, stderr } = await done
  expect(code, stdout + stderr).toBe(0)
  return stdout
}

describe('one machine after the other', () => {
  test('the first run finds no branch and makes it; the next goes on from there', async () => {
    await using place = await open()
    const first = await place.machine('first')
    expect(await ok(first.go('restore'))).toContain('nothing on airq-state yet')
    await first.pull()
    expect((await run('training-pipeline', [place.config, '--state', first.state, '--now', NOON])).code).toBe(
      0,
    )
    expect(await ok(first.go('save'))).toContain('saved to airq-state')
    expect(await place.files()).toEqual(
      expect.arrayContaining([
        'feature-store.sqlite.gz',
        'model-registry/vienna-end-of-day/1.0.0/model.json',
        'state.json',
      ]),
    )
    expect(await place.files()).not.toContain('lease.json')

    const second = await place.machine('second')
    expect(await ok(second.go('restore', hours(3)))).toContain('restored from airq-state')
    expect(second.rows()).toBe(first.rows())
    await second.pull(hours(3))
    expect(second.rows()).toBeGreaterThan(first.rows())
    const forecast = await run('inference-pipeline', [
      place.config,
      '--state',
      second.state,
      '--now',
      hours(3),
    ])
    expect(forecast.code, forecast.stderr).toBe(0)
    await ok(second.go('save', hours(3)))
    expect((await git(place.remote, 'rev-list', '--count', 'airq-state')).trim(), 'no past piles up').toBe(
      '1',
    )

    const third = await place.machine('third')
    await ok(third.go('restore', hours(6)))
    expect(rowsOf(third.state, 'aqi_forecasts_v1')).toEqual(rowsOf(second.state, 'aqi_forecasts_v1'))
    await ok(third.go('save', hours(6)))
  })

  test('a first run that pulled nothing leaves no state, and the next is first again', async () => {
    await using place = await open()
    const [one, two] = [await place.machine('one'), await place.machine('two')]
    await ok(one.go('restore'))
    await ok(one.go('save'))
    expect(await place.files()).toEqual(['README.md'])
    expect(await ok(two.go('restore'))).toContain('nothing on airq-state yet')
  })

  test('a state that is in the way is not overwritten, one that was lost not saved over the branch', async () => {
    await using place = await open()
    const machine = await place.machine('one')
    await ok(machine.go('restore'))
    await machine.pull()
    await ok(machine.go('save'))
    const tip = await place.tip()
    const again = await machine.go('restore')
    expect([again.code, again.stdout]).toEqual([1, expect.stringContaining('is not empty')])
    expect(await place.tip(), 'no lease is left behind').toBe(tip)
    const unasked = await machine.go('save')
    expect([unasked.code, unasked.stdout]).toEqual([1, expect.stringContaining('was not restored')])

    const other = await place.machine('other')
    await ok(other.go('restore'))
    for (const gone of ['feature-store.sqlite', 'model-registry']) {
      await rm(join(other.state, gone), { recursive: true, force: true })
    }
    const lost = await other.go('save')
    expect([lost.code, lost.stdout]).toEqual([1, expect.stringContaining('the branch is not')])
  })

  test('a branch that was tampered with is not taken for a state', async () => {
    await using place = await open()
    const machine = await place.machine('one')
    await ok(machine.go('restore'))
    await machine.pull()
    await ok(machine.go('save'))
    const hand = join(place.dir, 'hand')
    await git(place.dir, 'clone', '--quiet', '--branch', 'airq-state', place.remote, hand)
    writeFileSync(join(hand, 'feature-store.sqlite.gz'), 'else')
    await git(hand, 'commit', '--quiet', '--all', '--message', 'by hand')
    await git(hand, 'push', '--quiet')
    const other = await place.machine('other')
    const refused = await other.go('restore')
    expect([refused.code, refused.stdout]).toEqual([1, expect.stringContaining('is damaged')])
    expect(existsSync(other.state)).toBe(false)
  })
})

describe('two machines at once', () => {
  test('the second is told who has the state, until an hour has passed', async () => {
    await using place = await open()
    const [one, two] = [await place.machine('one'), await place.machine('two')]
    const who = { GITHUB_WORKFLOW: 'Without Azure', GITHUB_RUN_ID: '42' }
    await ok(one.go('restore', NOON, who))
    const refused = await two.go('restore', hours(0.9))
    expect(refused.code).toBe(1)
    expect(refused.stdout).toContain(`in use by Without Azure, run 42 since ${NOON.replace('Z', '.000Z')}`)
    await ok(two.go('restore', hours(1)))
  })

  test('a push in between is rejected and tried again: nothing of it, nor of ours, is lost', async () => {
    await using place = await open()
    const [one, two, three] = [
      await place.machine('one'),
      await place.machine('two'),
      await place.machine('three'),
    ]
    await ok(one.go('restore'))
    await one.pull()
    // Two takes over what one holds for more than an hour; then both save.
    await ok(two.go('restore', hours(2)))
    await two.pull(hours(2))
    await ok(two.go('save', hours(2)))
    expect(await ok(one.go('save', hours(2)))).toContain('with what another run had saved meanwhile')
    await ok(three.go('restore', hours(3)))
    const slots = (machine: Machine) =>
      rowsOf(machine.state, 'aqi_readings_v1').map(({ hour }) => String(hour))
    expect(new Set(slots(three))).toEqual(new Set([...slots(one), ...slots(two)]))
  })

  test('a save while another holds the lease leaves it, and the other merges in its turn', async () => {
    await using place = await open()
    const [one, two] = [await place.machine('one'), await place.machine('two')]
    await ok(one.go('restore'))
    await one.pull()
    await ok(two.go('restore', hours(2)))
    await ok(one.go('save', hours(2)))
    expect(await place.files()).toContain('lease.json')
    await two.pull(hours(2))
    expect(await ok(two.go('save', hours(2)))).toContain('with what another run had saved meanwhile')
    expect(await place.files()).not.toContain('lease.json')
  })

  test('of two forecasts of one decision, the one that was saved first stays', async () => {
    await using place = await open()
    const [one, two] = [await place.machine('one'), await place.machine('two')]
    await ok(one.go('restore'))
    await one.pull()
    const at = (machine: Machine, now: string) => [place.config, '--state', machine.state, '--now', now]
    expect((await run('inference-pipeline', [...at(one, NOON), '--allow-fallback'])).code).toBe(3)
    await ok(two.go('restore', hours(2)))
    await two.pull(hours(2))
    expect((await run('training-pipeline', at(two, hours(2)))).code).toBe(0)
    expect((await run('inference-pipeline', at(two, hours(2)))).code).toBe(0)
    await ok(two.go('save', hours(2)))
    const tip = await place.tip()
    const refused = await one.go('save', hours(2))
    expect([refused.code, refused.stdout]).toEqual([1, expect.stringContaining('airq-store copy failed')])
    expect(await place.tip()).toBe(tip)
  })

  test('a commit by hand beside the state is no reason to fail', async () => {
    await using place = await open()
    const one = await place.machine('one')
    await ok(one.go('restore'))
    await one.pull()
    const hand = join(place.dir, 'hand')
    await git(place.dir, 'clone', '--quiet', '--branch', 'airq-state', place.remote, hand)
    await git(hand, 'commit', '--quiet', '--allow-empty', '--message', 'by hand')
    await git(hand, 'push', '--quiet')
    await ok(one.go('save'))
    expect(await place.files()).toContain('feature-store.sqlite.gz')
  })
})

test('a save that is cut off leaves the branch as it was, and can be made again', async () => {
  await using place = await open()
  const one = await place.machine('one')
  await ok(one.go('restore'))
  await one.pull()
  const tip = await place.tip()
  const [hook, reached] = [join(place.remote, 'hooks', 'pre-receive'), join(place.dir, 'reached')]
  writeFileSync(hook, `#!/bin/sh\ntouch '${reached}'\nsleep 1\nexit 1\n`)
  await chmod(hook, 0o755)
  const child = spawn(process.execPath, [SCRIPT, 'save'], {
    cwd: one.clone,
    env: { ...process.env, GITHUB_REPOSITORY: '' },
    stdio: 'ignore',
  })
  const ended = new Promise((resolve) => child.on('close', resolve))
  while (!existsSync(reached)) await new Promise((resolve) => setTimeout(resolve, 20))
  child.kill('SIGKILL')
  await ended
  await rm(hook)
  expect(await place.tip()).toBe(tip)
  await ok(one.go('save'))
  expect(await place.tip()).not.toBe(tip)
  expect(readdirSync(one.state).filter((file) => file.startsWith('.'))).toEqual([])
})

test('a push that the server refuses says so, and the state stays', async () => {
  await using place = await open()
  const one = await place.machine('one')
  await ok(one.go('restore'))
  await one.pull()
  const hook = join(place.remote, 'hooks', 'pre-receive')
  writeFileSync(hook, '#!/bin/sh\necho "protected branch" >&2\nexit 1\n')
  await chmod(hook, 0o755)
  const refused = await one.go('save')
  expect([refused.code, refused.stdout]).toEqual([1, expect.stringContaining('protected branch')])
  await rm(hook)
  await ok(one.go('save'))
})

test('in a public repository nothing is saved', async () => {
  await using place = await open()
  const one = await place.machine('one')
  let isPrivate = false
  await using github = await fakeGitHub({ '': () => ({ private: isPrivate }) })
  const { env } = github
  const refused = await one.go('restore', NOON, env)
  expect([refused.code, refused.stdout]).toEqual([1, expect.stringContaining('this repository is public')])
  isPrivate = true
  await ok(one.go('restore', NOON, env))
  expect(readFileSync(join(one.state, 'state-branch.json'), 'utf8')).not.toContain('token')
  const wrong = await one.go('save', NOON, { ...env, GITHUB_TOKEN: 'wrong' })
  expect(wrong.code).not.toBe(0)
  expect(wrong.stderr).toContain('GitHub answered 401')
  expect(wrong.stdout + wrong.stderr).not.toContain('Bearer')
})
