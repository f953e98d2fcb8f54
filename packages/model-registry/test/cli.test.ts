import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { main } from '../src/cli/main.ts'
import { openLocalRegistry } from '../src/local/index.ts'
import { samplePackage } from '../src/testing/index.ts'
import { temporaryFolder } from './temporary.ts'

const name = 'north-evening'
const clock = { now: () => Date.UTC(2026, 0, 2) }

interface Run {
  readonly code: number
  readonly out: string
  readonly err: string
}

async function run(...argv: readonly string[]): Promise<Run> {
  const written = { out: '', err: '' }
  const sink = (to: 'out' | 'err') => ({
    write: (text: string) => {
      written[to] += text
    },
  })
  const code = await main(argv, {
    stdout: sink('out'),
    stderr: sink('err'),
    clock,
    env: { USER: 'ann' },
    signal: new AbortController().signal,
  })
  return { code, ...written }
}

async function json(...argv: readonly string[]): Promise<Record<string, unknown>> {
  const { out } = await run(...argv, '--json')
  expect(out.split('\n')).toHaveLength(2)
  return JSON.parse(out) as Record<string, unknown>
}

/** Three versions, the first two promoted in turn. */
async function filled(): Promise<string> {
  const path = await temporaryFolder()
  const registry = await openLocalRegistry({ path, clock, by: 'trainer' })
  for (const slope of [1, 2, 3]) await registry.publish(samplePackage(slope), { name })
  await registry.promote({ name, version: '1.0.0' }, 'production', { reason: 'first' })
  await registry.promote({ name, version: '1.1.0' }, 'production', { reason: 'better' })
  return path
}

describe('looking', () => {
  test('list, show and history tell a person what serves and why', async () => {
    const path = await filled()
    expect(await run('list', path)).toEqual({
      code: 0,
      err: '',
      out: [
        name,
        '  1.0.0  2026-01-02T00:00:00.000Z  mae 21.5',
        '  1.1.0  2026-01-02T00:00:00.000Z  mae 21.5  [production]',
        '  1.2.0  2026-01-02T00:00:00.000Z  mae 21.5',
        '',
      ].join('\n'),
    })
    expect((await run('show', path, `${name}@production`)).out).toMatch(/^north-evening 1\.1\.0\n/)
    expect((await run('history', path, name)).out).toContain(
      '2026-01-02T00:00:00.000Z  production: 1.0.0 to 1.1.0, by trainer\n  better\n',
    )
  })

  test('--json is one line with everything', async () => {
    const path = await filled()
    expect(await json('show', path, `${name}@1.2.0`)).toMatchObject({
      command: 'show',
      ok: true,
      registry: path,
      version: { version: '1.2.0', stages: [], lineage: { seed: 42 } },
    })
    expect(await json('show', path, `${name}@9.0.0`)).toMatchObject({
      command: 'show',
      ok: false,
      error: { code: 'not-found' },
    })
  })

  test('what lies in a registry cannot command the terminal', async () => {
    const path = await filled()
    const registry = await openLocalRegistry({ path, clock })
    await registry.promote({ name, version: '1.2.0' }, 'production', { reason: 'red \u001b[31m alert' })
    expect((await run('history', path, name)).out).toContain('red \uFFFD[31m alert')
  })
})

describe('changing', () => {
  test('promote, rollback and retire are kept with who and why', async () => {
    const path = await filled()
    const reason = ['--reason', 'by hand'] as const
    expect((await run('promote', path, `${name}@1.2.0`, ...reason, '--expected', '1.1.0')).code).toBe(0)
    expect((await run('rollback', path, name, ...reason, '--by', 'bob')).out).toContain(
      'production: 1.2.0 to 1.1.0 (rollback), by bob\n  by hand\n',
    )
    expect((await run('retire', path, `${name}@1.2.0`, ...reason)).out).toBe(
      'north-evening 1.2.0 retired: by hand\n',
    )
    const { history } = await json('history', path, name)
    expect(history).toMatchObject([{}, {}, { by: 'ann', kind: 'promotion' }, { by: 'bob', kind: 'rollback' }])
  })

  test('an expectation that is not met exits 1, a retired version 2, and nothing changes', async () => {
    const path = await filled()
    const reason = ['--reason', 'by hand'] as const
    expect((await run('promote', path, `${name}@1.2.0`, ...reason, '--expected', 'none')).code).toBe(1)
    expect((await run('retire', path, `${name}@1.1.0`, ...reason)).code).toBe(2)
    expect((await json('history', path, name))['history']).toHaveLength(2)
  })
})

describe('verify', () => {
  test('says of every version whether it is whole', async () => {
    const path = await filled()
    expect(await run('verify', path)).toMatchObject({ code: 0, err: '' })
    await writeFile(join(path, name, '1.0.0', 'manifest.json'), '{}')
    await rm(join(path, name, '1.2.0', 'model.json'))
    const { code, out, err } = await run('verify', path)
    expect(code).toBe(1)
    expect(err).toContain('2 problems found')
    expect(out).toContain('north-evening 1.1.0: whole')
    const unfolded = out.replaceAll(/\n +/g, ' ')
    expect(unfolded).toMatch(/north-evening 1\.0\.0: .*manifest\.json is damaged/)
    expect(unfolded).toMatch(/north-evening 1\.2\.0: .*model\.json is damaged: it is missing/)
  })
})

describe('copy', () => {
  test('brings versions, stages and retirements; again it does nothing', async () => {
    const [from, to] = [await filled(), await temporaryFolder()]
    await run('retire', from, `${name}@1.0.0`, '--reason', 'old')
    expect((await json('copy', from, to))['models']).toEqual([
      { name, versions: 3, created: 3, promoted: 1, retired: 1 },
    ])
    expect((await json('copy', from, to))['models']).toEqual([
      { name, versions: 3, created: 0, promoted: 0, retired: 0 },
    ])
    const target = await openLocalRegistry({ path: to, clock })
    expect((await target.list(name)).map(({ stages, retired }) => [stages, retired?.reason])).toEqual([
      [[], 'old'],
      [['production'], undefined],
      [[], undefined],
    ])
    expect((await target.history(name))[0]).toMatchObject({
      by: 'trainer',
      reason: 'copied from a folder, promoted 2026-01-02T00:00:00.000Z: better',
    })
    expect(await readFile(join(to, name, '1.1.0', 'model.json'), 'utf8')).toBe(
      await readFile(join(from, name, '1.1.0', 'model.json'), 'utf8'),
    )
  })

  test('onto another content under the same number is refused', async () => {
    const [from, to] = [await filled(), await temporaryFolder()]
    await (await openLocalRegistry({ path: to, clock })).publish(samplePackage(9), { name })
    expect(await run('copy', from, to)).toMatchObject({ code: 2 })
    expect((await run('copy', from, from)).err).toContain('onto itself')
  })
})

describe('the command line', () => {
  test.for([
    [[], /A command is missing/],
    [['frobnicate'], /unknown command/],
    [['promote', 'models', 'north@1.0.0'], /--reason/],
    [['promote', 'models', 'north', '--reason', 'x'], /names no version/],
    [['promote', 'models', 'north@1.0.0', '--reason', 'x', '--stage', 'serving'], /serving/],
    [['show', 'models', '../north'], /not a model name/],
    [['list', 'comet:one'], /comet:WORKSPACE\/PROJECT/],
    [['list', 'comet:one/two'], /COMET_API_KEY is not set/],
  ] as const)('%j exits 2 and says why', async ([argv, message]) => {
    const { code, err, out } = await run(...argv)
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(message)
  })

  test('--help fits 80 columns', async () => {
    const { code, out } = await run('--help')
    expect(code).toBe(0)
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })
})
