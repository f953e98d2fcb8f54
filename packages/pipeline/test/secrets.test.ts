import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runProbe, workDirectory } from './support/run-probe.ts'

const TOKEN = 'tok&n /+with"odd'

function prepare(): string {
  const cwd = workDirectory()
  writeFileSync(join(cwd, 'token.txt'), `${TOKEN}\n`)
  return cwd
}

describe('a secret comes from', () => {
  test.each<[string, readonly string[], Readonly<Record<string, string>>]>([
    ['its flag', ['--aqi-token', TOKEN], {}],
    ['a variable that its flag names', ['--aqi-token', '@env:MINE'], { MINE: TOKEN }],
    ['a file that its flag names', ['--aqi-token', '@file:token.txt'], {}],
    ['its file flag', ['--aqi-token-file', 'token.txt'], {}],
    ['the environment', [], { AQI_TOKEN: TOKEN }],
    ["the vendor's variable", [], { WAQI_TOKEN: TOKEN }],
  ])('%s', async (_, flags, env) => {
    const { code, stdout } = await runProbe('secret', ['config.yaml', ...flags], { cwd: prepare(), env })
    expect(code).toBe(0)
    expect(stdout).toContain(`a token of ${String(TOKEN.length)} characters`)
  })

  test('a .env beside the configuration, which gives nothing else', async () => {
    const cwd = workDirectory()
    writeFileSync(
      join(cwd, '.env'),
      `AQI_TOKEN='${TOKEN}'\nNODE_OPTIONS=--no-such-flag\nWAQI_BASE_URL=http://evil\n`,
    )
    const { code, stdout } = await runProbe('secret', ['config.yaml'], { cwd })
    expect(code).toBe(0)
    expect(stdout).toContain(`${String(TOKEN.length)} characters`)
  })
})

test('its flag goes before the environment, and a literal one is warned of', async () => {
  const { stdout, stderr } = await runProbe('secret', ['config.yaml', '--aqi-token', 'abcdef', '--json'], {
    env: { AQI_TOKEN: 'other-token' },
  })
  expect(JSON.parse(stdout)).toMatchObject({
    warnings: [{ code: 'secret-on-command-line' }, { code: 'slow' }],
  })
  expect(stderr).not.toContain('abcdef')
})

test.each(['secret', 'secret-error'])('%s: it is never written, in whatever form', async (probe) => {
  for (const json of [[], ['--json']]) {
    const { stdout, stderr } = await runProbe(probe, ['config.yaml', '--log-level', 'trace', ...json], {
      env: { AQI_TOKEN: TOKEN },
    })
    for (const form of [TOKEN, encodeURIComponent(TOKEN), JSON.stringify(TOKEN).slice(1, -1)]) {
      expect(stdout + stderr).not.toContain(form)
    }
    expect(stdout + stderr).toContain('***')
  }
})

test.each<[string, readonly string[], Readonly<Record<string, string>>, string]>([
  ['none at all', [], {}, 'no-secret'],
  ['an empty variable', ['--aqi-token', '@env:NONE'], {}, 'bad-secret'],
  ['a missing file', ['--aqi-token-file', 'nowhere'], {}, 'bad-secret'],
  ['a line break inside', [], { AQI_TOKEN: 'a\nb' }, 'bad-secret'],
])('%s is refused with what to do, exit 2', async (_, flags, env, code) => {
  const run = await runProbe('secret', ['config.yaml', '--json', ...flags], { env })
  expect(run.code).toBe(2)
  expect(JSON.parse(run.stdout)).toMatchObject({ error: { code } })
})

test('--degraded-exit 0 keeps the state in the summary', async () => {
  const { code, stdout } = await runProbe('degraded', ['config.yaml', '--json', '--degraded-exit', '0'])
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, degraded: true })
})
