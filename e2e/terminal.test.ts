import { cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Bin, binPath, ROOT } from '../scripts/built-apps.mts'
import { run, type Workplace, workplace } from './support/bins.ts'
import { type Finished, runCommand } from './support/command.ts'
import { history, NOW } from './support/histories.ts'

/** What a person sees in a pipe and on a terminal of 80 columns. */

const LONG = '北京市朝阳区奥林匹克体育中心国家环境空气质量自动监测站'
const CONFIG = `
stations:
  - { id: a-station-with-a-name-of-40-characters, name: ${LONG}, timeZone: Asia/Shanghai, source: { kind: aqicn-csv } }
  - { id: vienna, name: Vienna, timeZone: Europe/Vienna, source: { kind: simulator, seed: 5, years: 2 } }
weather: { kind: none }
training: { candidates: [global-boosting, boosted-ridge, ridge], testDays: 60 }
`
const WIDE = /[\u2E80-\uA4CF\uF900-\uFAFF\uFF00-\uFF60]/g
const ESCAPE = '\u001b'

const columns = (line: string): number => line.length + (line.match(WIDE)?.length ?? 0)
/** Lines that are too long though they could be folded. */
const tooLong = (text: string): string[] =>
  text.split('\n').filter((line) => columns(line) > 80 && /\S .*\S/.test(line.trim()))

let place: Workplace
beforeAll(async () => {
  place = await workplace(CONFIG)
  const csv = await place.file(`${LONG}.csv`, history('west', 2))
  const first = await told(
    'batch-feature-pipeline',
    '--csv',
    csv,
    '--as',
    'a-station-with-a-name-of-40-characters',
    '--download-zone',
    'west',
  )
  expect(first.code, first.stderr).toBe(0)
}, 60_000)
afterAll(() => place[Symbol.asyncDispose]())

const argsOf = (args: readonly string[]) => [place.config, '--state', place.state, '--now', NOW, ...args]
const told = (bin: Bin, ...args: string[]) => run(bin, argsOf(args))

const source = (path: string, ...args: string[]) =>
  runCommand(process.execPath, ['--conditions=@airq/source', join(ROOT, 'packages', path), ...args], {
    cwd: place.dir,
  })

describe('texts fit 80 columns, wide characters counted as two', () => {
  const BINS: readonly { readonly bin: Bin; readonly args: readonly string[] }[] = [
    { bin: 'batch-feature-pipeline', args: [] },
    { bin: 'training-pipeline', args: [] },
    {
      bin: 'hyperparam-optimization-pipeline',
      args: ['--trials', '2', '--models', 'ridge,boosting'],
    },
    { bin: 'backtest', args: ['--test-days', '60'] },
    { bin: 'check-leaks', args: [] },
    { bin: 'inference-pipeline', args: [] },
    { bin: 'feature-pipeline', args: ['--check'] },
    { bin: 'report', args: ['--out', 'site'] },
    {
      bin: 'run-inference-pipeline',
      args: ['--job-name', 'a-job-with-a-name-that-takes-its-place-in-a-line'],
    },
  ]
  // One after the other: each reads what those before it have written.
  test.each(BINS)('$bin', async ({ bin, args }) => {
    const words = args.map((arg) => (arg === 'site' ? join(place.dir, 'site') : arg))
    const { code, stdout, stderr } = await told(bin, ...words)
    expect(code, stderr).toBe(0)
    expect(stdout).not.toBe('')
    expect(stdout).not.toContain(ESCAPE)
    expect(tooLong(stdout)).toEqual([])
  })

  test('backtest of a file with a Chinese name, scored by everything: what is left out is named', async () => {
    const { code, stdout } = await told(
      'backtest',
      '--csv',
      join(place.dir, `${LONG}.csv`),
      '--download-zone',
      'west',
      '--test-days',
      '60',
    )
    expect(code).toBe(0)
    expect(stdout).toContain(LONG)
    expect(stdout).toContain('left out, in --json: Winkler')
    expect(tooLong(stdout)).toEqual([])
  })

  test('airq-store and airq-registry', async () => {
    const store = join(place.state, 'feature-store.sqlite')
    const registry = join(place.state, 'model-registry')
    const model = 'a-station-with-a-name-of-40-characters-end-of-day'
    const [storeBin, registryBin] = [
      'feature-store/src/bin/airq-store.ts',
      'model-registry/src/bin/airq-registry.ts',
    ]
    const why = `换回上一个版本，${'因为本周的预报比持续性预报差很多 '.repeat(5)}`
    const all: Finished[] = [
      await source(storeBin, 'describe', store),
      await source(storeBin, 'verify', store),
      await source(storeBin, 'copy', store, join(place.dir, 'copy.sqlite')),
      await source(registryBin, 'list', registry),
      await source(registryBin, 'show', registry, model),
      await source(
        registryBin,
        'promote',
        registry,
        `${model}@1.0.0`,
        '--stage',
        'candidate',
        '--reason',
        why,
      ),
      await source(registryBin, 'history', registry, model),
      await source(registryBin, 'verify', registry),
      await source(registryBin, 'copy', registry, join(place.dir, 'other-registry')),
    ]
    for (const { code, stdout, stderr } of all) {
      expect([code, stderr], stderr).toEqual([0, ''])
      expect(stdout).not.toContain(ESCAPE)
      // A version is a file name and its digest: facts of one word.
      expect(tooLong(stdout)).toEqual([])
    }
    expect(all[6]?.stdout.replaceAll(/\s/g, '')).toContain(why.replaceAll(/\s/g, ''))
  })
})

/** Runs a command on a terminal of 80 columns; both its streams, as they came. */
async function onTerminal(bin: Bin, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const quoted = [process.execPath, binPath(bin), ...argsOf(args)].map((word) => `'${word}'`).join(' ')
  const clean = { CI: '', NO_COLOR: '', TERM: 'xterm', LC_ALL: 'C.UTF-8', ...env }
  const { code, stdout } = await runCommand('script', ['-qec', `stty cols 80; ${quoted}`, '/dev/null'], {
    cwd: place.dir,
    env: clean,
  })
  return { code, shown: stdout.replaceAll('\r\n', '\n') }
}

const PROGRESS = /\d+\/\d+ · (?:\d+ min )?\d+ s(?: left)?/

describe('on a terminal', () => {
  const LONG_WORK = ['--trials', '40', '--models', 'boosting', '--station', 'vienna']

  test('work over a second shows what, done of total and the time left; nothing of it stays', async () => {
    const { code, shown } = await onTerminal('hyperparam-optimization-pipeline', [
      ...LONG_WORK,
      '--trials',
      '150',
    ])
    expect(code).toBe(0)
    expect(shown).toMatch(new RegExp(`searching, vienna end-of-day ${PROGRESS.source}`))
    // What the terminal shows in the end: behind the last clearing of each line.
    const left = shown.split('\n').map((line) => line.slice(line.lastIndexOf(`${ESCAPE}[2K`) + 1))
    expect(left.join('\n')).not.toMatch(PROGRESS)
    expect(left.join('\n')).toContain('[simulated] Vienna (vienna), end-of-day')
  })

  test.each([
    ['with --json', ['--json'], {}],
    ['with --log-level error', ['--log-level', 'error'], {}],
    ['in CI', [], { CI: 'true' }],
    ['on a dumb terminal', [], { TERM: 'dumb' }],
  ] as const)('no progress %s', async (_, more, env) => {
    const { code, shown } = await onTerminal('hyperparam-optimization-pipeline', [...LONG_WORK, ...more], env)
    expect(code).toBe(0)
    expect(shown).not.toMatch(PROGRESS)
    expect(shown).not.toContain(`${ESCAPE}[2K`)
  })

  test('no progress in a pipe: the log tells how a search stands', async () => {
    const { stderr } = await told('hyperparam-optimization-pipeline', ...LONG_WORK)
    expect(stderr).toContain('searching station=vienna')
    expect(stderr).not.toContain(ESCAPE)
  })

  test('colour where it is wanted, and the words with or without', async () => {
    const forecast = ['--station', 'vienna']
    const { shown } = await onTerminal('inference-pipeline', forecast)
    // eslint-disable-next-line no-control-regex -- the codes are what is looked for
    expect(shown).toMatch(/\u001b\[\d+mAQI \d+, [A-Z]/)
    for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
      const plain = (await onTerminal('inference-pipeline', forecast, env)).shown
      expect(plain).not.toContain(ESCAPE)
      expect(plain).toMatch(/AQI \d+, [A-Z]/)
    }
    expect((await run('inference-pipeline', argsOf(forecast), { FORCE_COLOR: '1' })).stdout).toContain(ESCAPE)
  })

  test('an error is red, and says what it is', async () => {
    const { code, shown } = await onTerminal('backtest', ['--models', 'oracle'])
    expect(code).toBe(2)
    expect(shown).toContain(`${ESCAPE}[31merror${ESCAPE}[39m: `)
  })
})

describe('the forecast', () => {
  test('shows the last four weeks and the interval on the scale, of what was known then', async () => {
    const { stdout } = await told('inference-pipeline', '--station', 'vienna')
    expect(stdout).toMatch(/^\[simulated\] {3}0 {8}50 {7}100 {6}150 {6}200 {6}300 {6}500$/m)
    expect(stdout).toMatch(/^\[simulated\] {3}[ ·├─]*●[ ·┤─▶]*$/m)
    const [, blocks = '', days] = /4 weeks to (?:[\d-]{10}): \|([▁▂▃▄▅▆▇█ ]{28})\|\n(.+)/.exec(stdout) ?? []
    expect(blocks.trim()).not.toBe('')
    expect(days).toMatch(/▁ \d+ on [\d-]{10} to █ \d+ on [\d-]{10}, in 8 equal steps/)
  })

  test('in ASCII where the locale knows no more', async () => {
    const { stdout } = await run('inference-pipeline', argsOf(['--station', 'vienna']), { LC_ALL: 'C' })
    expect(stdout).toMatch(/^\[simulated\] {3}[- .[]*O[- .\]>]*$/m)
    expect(stdout).toMatch(/4 weeks to [\d-]{10}: \|[1-8 ]{28}\|/)
  })

  test('is the same whatever became known later', async () => {
    const linesOf = (text: string) => text.split('\n').filter((line) => /4 weeks|equal steps/.test(line))
    const before = linesOf((await told('inference-pipeline', '--station', 'vienna')).stdout)
    await mkdir(join(place.dir, 'later'))
    const state = join(place.dir, 'later', 'state')
    await cp(place.state, state, { recursive: true })
    const later = [place.config, '--state', state, '--station', 'vienna']
    const filled = await run('batch-feature-pipeline', [
      place.config,
      '--state',
      state,
      '--now',
      '2024-08-01T00:00:00+08:00',
    ])
    expect(filled.code, filled.stderr).toBe(0)
    const after = await run('inference-pipeline', [...later, '--now', NOW])
    expect(linesOf(after.stdout)).toEqual(before)
    expect(before).toHaveLength(2)
  })
})
