import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Bin, BINS, ROOT } from '../scripts/built-apps.mts'
import { run, workplace } from './support/bins.ts'
import { runCommand } from './support/command.ts'
import { MISTAKES } from './support/mistakes.ts'

/** Every failing command says what (with a code), where, and what to do: three lines, no stack. */

interface Told {
  readonly what: string
  readonly code: string
  readonly where: string
  readonly hint: string
}

/** The three lines; what was logged before stands above them. */
function threeLines(stderr: string, name = 'error'): Told {
  expect(stderr).not.toMatch(/^\s+at .+:\d+:\d+\)?$|node:internal/m)
  const lines = stderr.trimEnd().split('\n')
  const [first = '', second = '', third = ''] = lines.slice(-3)
  const [, what = '', code = ''] = new RegExp(`^${name}: (.+) \\(([\\w-]+)\\)$`).exec(first) ?? []
  const [, where = ''] = /^ {2}in (.+)$/.exec(second) ?? []
  const [, hint = ''] = /^ {2}(\S.+)$/.exec(third) ?? []
  expect([what, code, where, hint], stderr).not.toContain('')
  return { what, code, where, hint }
}

describe('typical mistakes', () => {
  test.each(MISTAKES)('$bin, $title: $code', async (mistake) => {
    await using place = await workplace(mistake.config)
    const given = (await mistake.args?.(place)) ?? []
    const state = given.includes('--state') ? [] : ['--state', place.state]
    const args = [place.config, ...state, ...given]
    const { code, stdout, stderr } = await run(mistake.bin, args, mistake.env)
    const told = threeLines(stderr)
    expect([code, told.code, stdout]).toEqual([mistake.exit ?? 2, mistake.code, ''])
    expect(told.where).toMatch(mistake.where ?? /config\.yaml$/)
    expect(told.hint).toMatch(mistake.hint)
    expect(stderr).not.toContain('invented-token')
  })
})

const ALL = (Object.keys(BINS) as Bin[]).map((bin) => ({ bin }))

describe('every command', () => {
  test.each(ALL)('$bin, an option that does not exist', async ({ bin }) => {
    const { code, stderr } = await run(bin, ['config.yaml', '--wat'])
    expect(code).toBe(2)
    expect(threeLines(stderr)).toMatchObject({ code: 'bad-arguments', where: '--wat' })
    expect(threeLines(stderr).hint).toContain(`${bin} --help`)
  })

  // The doctor looks for these itself.
  test.each(ALL.filter(({ bin }) => bin !== 'airq-doctor'))(
    '$bin, no configuration, and one with a mistake',
    async ({ bin }) => {
      await using place = await workplace('stations:\n  - id: beijing\n    timezone: Asia/Shanghai\n')
      const missing = await run(bin, [join(place.dir, 'other.yaml')])
      expect([missing.code, threeLines(missing.stderr).where]).toEqual([2, join(place.dir, 'other.yaml')])
      const wrong = await run(bin, [await place.file('one.yaml', 'stations: []\n')])
      expect(wrong.code).toBe(2)
      expect(threeLines(wrong.stderr)).toMatchObject({
        code: 'bad-config',
        where: `${join(place.dir, 'one.yaml')}:1:11`,
      })
    },
  )
})

test('--log-level debug adds what led to it, still without a stack', async () => {
  await using place = await workplace()
  const config = await place.file('latin.yaml', Uint8Array.of(0x73, 0xe9, 0x0a))
  expect(threeLines((await run('training-pipeline', [config])).stderr).hint).toMatch(/UTF-8/)
  const { stderr } = await run('training-pipeline', [config, '--log-level', 'debug'])
  expect(stderr).toMatch(/^error: .+\n {2}in .+\n {2}.+\n {2}because: .+\n$/)
})

const OTHERS: readonly (readonly [
  name: string,
  source: string,
  args: readonly string[],
  code: string,
  where: RegExp,
  hint: RegExp,
])[] = [
  ['airq-store', 'feature-store/src/bin', [], 'bad-arguments', /arguments/, /Usage: airq-store/],
  [
    'airq-store',
    'feature-store/src/bin',
    ['look', 'x'],
    'bad-arguments',
    /arguments|--/,
    /airq-store --help/,
  ],
  [
    'airq-store',
    'feature-store/src/bin',
    ['describe', 'none.db'],
    'not-a-store',
    /none\.db$/,
    /Run a pipeline/,
  ],
  [
    'airq-store',
    'feature-store/src/bin',
    ['export', 'none.db', '--group', 'a', '--out', 'a.xls'],
    'bad-arguments',
    /arguments|a\.xls/,
    /\.csv or \.parquet/,
  ],
  [
    'airq-store',
    'feature-store/src/bin',
    ['compact', 'none.db'],
    'bad-arguments',
    /arguments/,
    /--history-before 90d/,
  ],
  ['airq-registry', 'model-registry/src/bin', ['list'], 'bad-arguments', /arguments/, /airq-registry --help/],
  [
    'airq-registry',
    'model-registry/src/bin',
    ['list', 'comet:only'],
    'bad-arguments',
    /arguments/,
    /comet:WORKSPACE\/PROJECT/,
  ],
  [
    'airq-registry',
    'model-registry/src/bin',
    ['list', 'comet:a/b'],
    'bad-arguments',
    /arguments/,
    /COMET_API_KEY/,
  ],
  [
    'airq-registry',
    'model-registry/src/bin',
    ['show', 'none', 'beijing-end-of-day'],
    'not-found',
    /none|arguments/,
    /airq-registry list|\w/,
  ],
  [
    'airq-registry',
    'model-registry/src/bin',
    ['promote', 'none', 'beijing-end-of-day', '--reason', 'x'],
    'bad-arguments',
    /arguments/,
    /beijing-end-of-day@1\.4\.0/,
  ],
  ...[
    'aqi-client/airq-fake-sources',
    'feature-store/airq-fake-hopsworks',
    'job-runner/airq-fake-azure',
    'model-registry/airq-fake-comet',
    'model-registry/airq-fake-mlflow',
  ].map((fake) => {
    const [pkg = '', name = ''] = fake.split('/')
    return [
      name,
      `${pkg}/src/testing/bin`,
      ['--wat'],
      'ERR_PARSE_ARGS_UNKNOWN_OPTION',
      /^--wat$/,
      /--help/,
    ] as const
  }),
]

test.each(OTHERS)('%s (%s) %j: %s', async (name, folder, args, code, where, hint) => {
  await using place = await workplace()
  const source = join(ROOT, 'packages', folder, `${name}.ts`)
  const env = { COMET_API_KEY: '' }
  const done = await runCommand(process.execPath, ['--conditions=@airq/source', source, ...args], {
    cwd: place.dir,
    env,
  })
  const told = threeLines(done.stderr, name)
  expect([done.code, told.code, done.stdout]).toEqual([2, code, ''])
  expect(told.where).toMatch(where)
  expect(told.hint).toMatch(hint)
})
