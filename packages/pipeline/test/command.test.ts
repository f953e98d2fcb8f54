import { spawn } from 'node:child_process'
import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SCRIPT, runProbe, workDirectory } from './support/run-probe.ts'
import { summaryProblems } from './support/summary-schemas.ts'

const STACK = /^\s+at .+:\d+:\d+\)?$/m

function onlyLine(stdout: string): Record<string, unknown> {
  expect(stdout.endsWith('\n')).toBe(true)
  expect(stdout.trimEnd()).not.toContain('\n')
  return JSON.parse(stdout) as Record<string, unknown>
}

describe('texts', () => {
  test('--help shows usage, options and examples in 80 columns', async () => {
    const { code, stdout, stderr } = await runProbe('done', ['--help'])
    expect(code).toBe(0)
    expect(stderr).toBe('')
    expect(stdout).toContain('Usage: probe-pipeline <config.yaml> [options]')
    expect(stdout).toContain('$ probe-pipeline config.yaml --csv a.csv b.csv')
    for (const flag of ['--csv <file...>', '--as', '--download-zone', '--decision', '--allow-fallback']) {
      expect(stdout).toContain(flag)
    }
    for (const flag of ['--state', '--now', '--json', '--log-level', '--help', '--version']) {
      expect(stdout).toContain(flag)
    }
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  test('--version shows the version alone', async () => {
    expect(await runProbe('done', ['--version'])).toEqual({ code: 0, stdout: '1.2.3\n', stderr: '' })
  })
})

describe('arguments', () => {
  test.each([
    [['config.yaml', '--jsn'], "unknown option '--jsn' (Did you mean --json?)"],
    [['config.yaml', '--download-zone', 'wst'], 'Allowed choices are west, east, auto'],
    [['config.yaml', '--log-level', 'loud'], 'Allowed choices are trace'],
    [['config.yaml', 'other.yaml'], 'too many arguments'],
    [['config.yaml', '--csv'], 'argument missing'],
    [[], "missing required argument 'config'"],
    [['--csv', 'a.csv', 'config.yaml'], "missing required argument 'config'"],
  ])('%j is refused with what to do', async (argv, message) => {
    const { code, stdout, stderr } = await runProbe('done', argv)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(message)
    expect(stderr).toMatch(
      /^error: .+ \(bad-arguments\)\n {2}in (?:--[\w-]+|the arguments of probe-pipeline)\n {2}Usage: /,
    )
    expect(stderr).not.toMatch(STACK)
  })

  test('a wrong argument with --json is one line on stdout all the same', async () => {
    const { code, stdout, stderr } = await runProbe('done', ['config.yaml', '--json', '--nope'])
    expect(code).toBe(2)
    const summary = onlyLine(stdout)
    expect(summary).toMatchObject({ ok: false, error: { code: 'bad-arguments' } })
    expect(summaryProblems('inference', summary)).toEqual([])
    for (const line of stderr.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('level')
  })

  test('files may follow one --csv, and --csv may be repeated', async () => {
    const argv = [
      '--',
      'config.yaml',
      '--csv',
      'a',
      'b',
      '--csv=c',
      '--csv',
      'd',
      '--as',
      'beijing',
      '--json',
    ]
    const { stdout } = await runProbe('options', argv)
    expect(onlyLine(stdout)['options']).toMatchObject({
      csv: ['a', 'b', 'c', 'd'],
      as: 'beijing',
      downloadZone: 'auto',
      allowFallback: false,
    })
  })

  test('--now is the clock of the run', async () => {
    const { stdout } = await runProbe('options', [
      'config.yaml',
      '--json',
      '--now',
      '2026-01-06T08:00:00+08:00',
    ])
    expect(onlyLine(stdout)['now']).toBe(Date.UTC(2026, 0, 6))
  })

  test.each(['2026-01-06', '2026-01-06T08:00:00', '2026-02-30T00:00:00Z', 'yesterday'])(
    '--now %s is refused with an example',
    async (now) => {
      const { code, stderr } = await runProbe('done', ['config.yaml', '--now', now])
      expect(code).toBe(2)
      expect(stderr).toContain('e.g. --now 2026-01-06T08:00:00+08:00')
    },
  )
})

describe('endings', () => {
  test('without --json the text is on stdout', async () => {
    expect(await runProbe('done', ['config.yaml'])).toEqual({
      code: 0,
      stdout: 'all forecasts made\n',
      stderr: '',
    })
  })

  test('degraded exits 3; warnings are in the log and in the summary', async () => {
    const { code, stdout, stderr } = await runProbe('degraded', ['config.yaml', '--json'])
    expect(code).toBe(3)
    const summary = onlyLine(stdout)
    expect(summary).toMatchObject({
      ok: true,
      degraded: true,
      warnings: [{ code: 'no-model', message: 'there is no model yet' }],
    })
    expect(summaryProblems('inference', summary)).toEqual([])
    const log = stderr
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line))
    expect(log).toMatchObject([
      { level: 'warn', msg: 'there is no model yet', runId: summary['runId'] },
      { level: 'info', msg: 'made by persistence', station: 'beijing' },
    ])
  })

  test('the log is for people without --json, and has no colours in a pipe', async () => {
    const { code, stderr } = await runProbe('degraded', ['config.yaml'])
    expect(code).toBe(3)
    expect(stderr).toBe('warn: there is no model yet code=no-model\nmade by persistence station=beijing\n')
  })

  test('--log-level chooses', async () => {
    expect((await runProbe('degraded', ['config.yaml', '--log-level', 'silent'])).stderr).toBe('')
    expect((await runProbe('degraded', ['config.yaml', '--log-level', 'debug'])).stderr).toContain(
      'debug: only with',
    )
  })

  test('a failed run says what, where and what to do, and exits 1', async () => {
    const text = await runProbe('run-error', ['config.yaml'])
    expect(text).toEqual({
      code: 1,
      stdout: '',
      stderr: 'error: nothing can be used (no-usable-rows)\n  in a.csv:3\n  Import more.\n',
    })
    const { code, stdout } = await runProbe('run-error', ['config.yaml', '--json'])
    expect(code).toBe(1)
    expect(onlyLine(stdout)['error']).toEqual({
      code: 'no-usable-rows',
      message: 'nothing can be used',
      hint: 'Import more.',
      where: 'a.csv:3',
      details: { rows: 0 },
    })
  })

  test('wrong input found by a stage exits 2', async () => {
    const { code, stderr } = await runProbe('input-error', ['config.yaml'])
    expect(code).toBe(2)
    // It names neither: the run does.
    expect(stderr).toMatch(
      /^error: there is no station "x" \(unknown-station\)\n {2}in config\.yaml\n {2}Correct it .+\n$/,
    )
  })

  test.each([
    ['defect', 'x is not a function'],
    ['not-an-error', 'null'],
    ['unserialisable', 'BigInt'],
    ['uncaught-later', 'thrown in a timer'],
    ['unhandled-rejection', 'nobody awaited me'],
  ])('%s: an internal error, exit 1, one line, no stack', async (probe, message) => {
    const { code, stdout, stderr } = await runProbe(probe, ['config.yaml', '--json'])
    expect(code).toBe(1)
    const summary = onlyLine(stdout)
    expect(summary).toMatchObject({ ok: false, error: { code: 'internal' } })
    expect(JSON.stringify(summary)).toContain(message)
    expect(summaryProblems('inference', summary)).toEqual([])
    expect(stdout + stderr).not.toContain('probe-stage.ts')
  })

  test('the stack of a defect is shown with --log-level debug only', async () => {
    expect((await runProbe('defect', ['config.yaml'])).stderr).not.toMatch(STACK)
    expect((await runProbe('defect', ['config.yaml', '--log-level', 'debug'])).stderr).toMatch(STACK)
  })

  test('control characters never reach a terminal', async () => {
    const { stderr } = await runProbe('control', ['config.yaml'])
    expect(stderr).toContain('a file said \uFFFD[31mred')
  })
})

describe('interruptions', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('%s stops the stage and exits 130', async (signal) => {
    let sent = false
    const { code, stdout } = await runProbe('patient', ['config.yaml', '--json'], {
      onStderr: (child, text) => {
        if (!sent && text.includes('ready')) sent = child.kill(signal)
      },
    })
    expect(code).toBe(130)
    const summary = onlyLine(stdout)
    expect(summary).toMatchObject({
      ok: false,
      error: { code: 'interrupted', message: `interrupted by ${signal}` },
    })
    expect(summaryProblems('inference', summary)).toEqual([])
  })

  test('a second signal ends a stage that does not listen', async () => {
    let sent = 0
    const { code, stdout } = await runProbe('deaf', ['config.yaml', '--json'], {
      onStderr: (child, text) => {
        if (sent === 0 && text.includes('ready')) sent += Number(child.kill('SIGINT'))
        else if (sent === 1 && text.includes('stopping')) sent += Number(child.kill('SIGINT'))
      },
    })
    expect(code).toBe(130)
    expect(onlyLine(stdout)).toMatchObject({ ok: false, error: { code: 'interrupted' } })
  })

  test('a reader that goes away is no failure', async () => {
    const child = spawn(process.execPath, ['--conditions=@airq/source', SCRIPT, 'config.yaml'], {
      cwd: workDirectory(),
      env: { PATH: process.env['PATH'], PROBE: 'flood' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stderr = ''
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.stdout.once('data', () => child.stdout.destroy())
    const code = await new Promise((resolve) => child.on('close', resolve))
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })
})

describe('state', () => {
  test('the directory is made for its owner alone', async () => {
    const cwd = workDirectory()
    const { code, stdout } = await runProbe('store', ['config.yaml', '--state', 'deep/state'], { cwd })
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'sqlite local\n' })
    expect(statSync(join(cwd, 'deep/state')).mode & 0o777).toBe(0o700)
  })

  test('a file in its place is refused', async () => {
    const cwd = workDirectory()
    const { code, stdout } = await runProbe('store', ['config.yaml', '--state', 'config.yaml', '--json'], {
      cwd,
    })
    expect(code).toBe(2)
    expect(onlyLine(stdout)['error']).toMatchObject({
      code: 'state-unwritable',
      where: join(cwd, 'config.yaml'),
      hint: 'Name a directory you may write to with --state.',
    })
  })

  test('reading a store nobody has filled says what to run', async () => {
    const cwd = workDirectory()
    const { code, stderr } = await runProbe('read-only-store', ['config.yaml'], { cwd })
    expect(code).toBe(1)
    expect(stderr).toContain('nothing has been imported yet')
    expect(stderr).toContain('Run batch-feature-pipeline first')
    expect(() => statSync(join(cwd, '.airq'))).toThrow()
  })

  test('the commit is what the build says, or the workflow', async () => {
    const commit = async (env: Record<string, string>) =>
      onlyLine((await runProbe('options', ['config.yaml', '--json'], { env })).stdout)['commit']
    expect(await commit({ AIRQ_GIT_COMMIT: 'abc1234', GITHUB_SHA: 'def5678' })).toBe('abc1234')
    expect(await commit({ GITHUB_SHA: 'def5678' })).toBe('def5678')
  })
})

test('a configuration that is wrong exits 2 with places', async () => {
  const cwd = workDirectory()
  mkdirSync(join(cwd, 'other'))
  writeFileSync(join(cwd, 'other/airq.yaml'), 'stations: []\ntrainin: {}\n')
  const { code, stdout } = await runProbe('done', ['other/airq.yaml', '--json'], { cwd })
  expect(code).toBe(2)
  const summary = onlyLine(stdout)
  expect(summaryProblems('inference', summary)).toEqual([])
  expect(summary['error']).toMatchObject({
    code: 'bad-config',
    details: { problems: [{ where: 'other/airq.yaml:1:11' }, { where: 'other/airq.yaml:2:1' }] },
  })
})
