import { describe, expect, test } from 'vitest'
import { type Check, type Finding, ok } from '../src/doctor/check.ts'
import { rewrittenLine } from '../src/doctor/edit-line.ts'
import { reportText } from '../src/doctor/report.ts'
import { runChecks } from '../src/doctor/run-checks.ts'

const never = new AbortController().signal
const check = (id: string, finding: Finding | Error, more: Partial<Check> = {}): Check => ({
  id,
  where: 'here',
  run: () => (finding instanceof Error ? Promise.reject(finding) : Promise.resolve(finding)),
  ...more,
})
const run = (checks: readonly Check[], network = true, signal = never) =>
  runChecks(checks, { network, signal, now: () => 0 })

describe('checks', () => {
  test('one that throws is failed, with a step, and the others go on', async () => {
    const results = await run([check('a', new Error('boom')), check('b', ok('fine'))])
    expect(results).toMatchObject([
      { id: 'a', status: 'failed', where: 'here', next: { kind: 'do' } },
      { id: 'b', status: 'ok', next: null },
    ])
  })

  test('what depends on a failed or skipped one is skipped, and told why', async () => {
    const results = await run([
      check('a', new Error('boom')),
      check('b', ok('fine'), { needs: ['a'] }),
      check('c', ok('fine'), { needs: ['b'] }),
      check('d', ok('fine'), { needs: ['a', 'b'] }),
    ])
    expect(results.map(({ status, message }) => [status, message]).slice(1)).toEqual([
      ['skipped', 'needs a'],
      ['skipped', 'needs b'],
      ['skipped', 'needs a and b'],
    ])
  })

  test('without the network, what asks a server is not run', async () => {
    const [result] = await run([check('a', new Error('asked'), { network: true })], false)
    expect(result).toMatchObject({ status: 'skipped' })
  })

  test('an interruption ends them all', async () => {
    const stop = new AbortController()
    const hangs = check('a', ok(''), { run: () => new Promise<never>(() => undefined) })
    const running = run([hangs], true, stop.signal)
    stop.abort(new Error('enough'))
    await expect(running).rejects.toThrow('enough')
  })
})

describe('a line as it should be', () => {
  test.each([
    ['    timezone: Asia/Tokyo # of it', 5, 'key', 'timeZone', '    timeZone: Asia/Tokyo # of it'],
    ['    timeZone: Asia/Tokyo # of it', 15, 'value', 'Asia/Shanghai', '    timeZone: Asia/Shanghai # of it'],
    ['- { id: a, timeZone: Asia/Tokyo }', 22, 'value', 'UTC', '- { id: a, timeZone: UTC }'],
    [
      "source: { kind: waqi, feed: '@1437' }",
      29,
      'value',
      "'@1451'",
      "source: { kind: waqi, feed: '@1451' }",
    ],
    ['source: { feed: los angeles, kind: waqi }', 17, 'value', 'x', 'source: { feed: x, kind: waqi }'],
    ['  "timezone": UTC', 3, 'key', 'timeZone', '  timeZone: UTC'],
  ] as const)('%s', (line, column, part, replacement, expected) => {
    const file = { file: 'c.yaml', text: `a: 1\n${line}\n` }
    const next = rewrittenLine(file, { line: 2, column }, part, replacement)
    expect(next).toEqual({ kind: 'write', file: 'c.yaml', line: 2, text: expected })
  })

  test('is none where nothing stands', () => {
    expect(rewrittenLine({ file: 'c', text: 'a:\n' }, { line: 1, column: 3 }, 'value', 'x')).toBeUndefined()
  })
})

describe('the report', () => {
  const results = [
    { id: 'node', status: 'ok', message: 'm'.repeat(200), where: 'x', hint: null, next: null, durationMs: 1 },
    {
      id: 'station 北京',
      status: 'failed',
      message: 'is elsewhere',
      where: 'c.yaml:2:3',
      hint: 'h',
      next: { kind: 'run', command: 'az login' },
      durationMs: 1,
    },
  ] as const

  test('a line of at most 80 columns a check, signs and words, and the first step last', () => {
    const text = reportText(results, { colour: false, unicode: true })
    const [first = '', second = ''] = text.split('\n')
    expect(first).toMatch(/^✓ ok {5} node .*m…$/)
    expect(first.length).toBeLessThanOrEqual(80)
    expect(second).toMatch(/^✗ failed +station 北京 +is elsewhere$/)
    expect(text.split('\n').at(-1)).toBe('next: az login')
    expect(text).toContain('\n  in c.yaml:2:3\n  to do: az login\n')
  })

  test('colour where it is wanted, plain signs where nothing else is spoken', () => {
    expect(reportText(results, { colour: true, unicode: true })).toContain('\u001B[31m✗ failed')
    const plain = reportText(results, { colour: false, unicode: false })
    expect(plain).toMatch(/^\+ ok/)
  })
})
