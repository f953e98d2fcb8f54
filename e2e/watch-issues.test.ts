import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROOT } from '../scripts/built-apps.mts'
import { type Summary, workplace } from './support/bins.ts'
import { type Finished, runCommand } from './support/command.ts'
import { fakeGitHub } from './support/github.ts'

const ALERT = {
  state: 'open',
  station: 'beijing',
  cause: 'stale-data',
  number: 0,
  severity: 'critical',
  message: 'no reading for 17 h, more than 12 h',
  hint: 'See whether the source still answers.',
  openedAt: '2026-01-06T03:00:00.000Z',
  lastSeenAt: '2026-01-06T09:00:00.000Z',
  closedAt: null,
}
const OVER = { ...ALERT, state: 'recovered', message: 'new enough', closedAt: '2026-01-06T12:00:00.000Z' }
const MARKER = '<!-- airq-alert beijing stale-data -->'

function script(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
  const outside = { GITHUB_OUTPUT: '', GITHUB_TOKEN: '', GITHUB_REPOSITORY: '', ALERTS: '' }
  return runCommand(process.execPath, [join(ROOT, 'scripts', 'alert-issues.mts'), ...args], {
    cwd: ROOT,
    env: { ...outside, ...env },
  })
}
async function settle(told: object, issues: readonly object[] = []) {
  await using github = await fakeGitHub({ '/issues': () => issues })
  const { code, stdout } = await script([], { ...github.env, ALERTS: JSON.stringify(told) })
  return { code, stdout, changes: [...github.changes] }
}

describe('an alert', () => {
  test('opens one issue: what, since when, what to do, and a marker to find it again', async () => {
    const { code, stdout, changes } = await settle({ whole: true, alerts: [ALERT] })
    expect([code, stdout]).toEqual([0, '1 open alerts; issues: 1 opened, 0 updated, 0 closed\n'])
    expect(changes).toMatchObject([
      {
        method: 'POST',
        path: '/issues',
        body: { title: 'airq: beijing: stale-data', labels: ['airq-alert'] },
      },
    ])
    const text = changes[0]?.body['body'] as string
    expect(text.split('\n')[0]).toBe(MARKER)
    for (const part of [ALERT.message, ALERT.hint, ALERT.openedAt, ALERT.lastSeenAt])
      expect(text).toContain(part)
  })

  test('that goes on renews the text of its issue; the same text is not sent again', async () => {
    const first = (await settle({ whole: true, alerts: [ALERT] })).changes[0]?.body['body'] as string
    const same = await settle({ whole: true, alerts: [ALERT] }, [{ number: 7, body: first }])
    expect(same.changes).toEqual([])
    const later = { ...ALERT, lastSeenAt: '2026-01-06T15:00:00.000Z' }
    const { changes } = await settle({ whole: true, alerts: [later] }, [{ number: 7, body: first }])
    expect(changes).toMatchObject([{ method: 'PATCH', path: '/issues/7' }])
    expect(changes[0]?.body['body']).toContain(later.lastSeenAt)
  })

  test('that is over closes its issue with a word; one that opened again keeps it open', async () => {
    const issues = [{ number: 7, body: `${MARKER}\n` }]
    const { changes } = await settle({ whole: true, alerts: [OVER] }, issues)
    expect(changes.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /issues/7/comments',
      'PATCH /issues/7',
    ])
    expect(changes[0]?.body['body']).toContain('new enough')
    expect(changes[1]?.body).toEqual({ state: 'closed' })
    const again = await settle({ whole: true, alerts: [OVER, { ...ALERT, number: 1 }] }, issues)
    expect(again.changes.map(({ method, path }) => `${method} ${path}`)).toEqual(['PATCH /issues/7'])
  })

  test('nobody tells of any more closes its issue too, unless not all stations were looked at', async () => {
    const issues = [{ number: 7, body: `${MARKER}\n` }]
    expect((await settle({ whole: true, alerts: [] }, issues)).changes).toHaveLength(2)
    expect((await settle({ whole: false, alerts: [] }, issues)).changes).toEqual([])
  })

  test('leaves the issues of others alone', async () => {
    const issues = [
      { number: 1, body: `quoted: ${MARKER}` },
      { number: 2, body: null },
      { number: 3, body: MARKER, pull_request: {} },
    ]
    expect((await settle({ whole: true, alerts: [] }, issues)).changes).toEqual([])
  })

  test('of all stations is told so', async () => {
    const { changes } = await settle({
      whole: true,
      alerts: [{ ...ALERT, station: '*', cause: 'missed-run' }],
    })
    expect(changes[0]?.body['title']).toBe('airq: all stations: missed-run')
  })
})

test('text from outside is no markup, no mention, no reference, and ends no block', async () => {
  const evil = 'x\n```\n@everyone <img src=x> [a](http://b) #1 --> \u202e``` end'
  const { changes } = await settle({ whole: true, alerts: [{ ...ALERT, message: evil, hint: evil }] })
  const lines = (changes[0]?.body['body'] as string).split('\n')
  expect(lines.filter((line) => line.startsWith('```'))).toEqual(['```text', '```', '```text', '```'])
  const outside = lines.filter(
    (_, i) => lines.slice(0, i).filter((line) => line.startsWith('```')).length % 2 === 0,
  )
  expect(outside.join('\n')).not.toMatch(/everyone|img|http|#1|\u202e/)
})

test.each([
  ['no JSON', 'x'],
  ['nothing', ''],
  ['no alerts', '{}'],
  ['a station with a line in it', JSON.stringify({ alerts: [{ ...ALERT, station: 'a\n-->' }] })],
  ['a cause of another form', JSON.stringify({ alerts: [{ ...ALERT, cause: '@everyone' }] })],
  ['an alert without a message', JSON.stringify({ alerts: [{ ...ALERT, message: 1 }] })],
])('%s is refused, and nothing is changed', async (_, text) => {
  await using github = await fakeGitHub({ '/issues': () => [] })
  const { code, stdout } = await script([], { ...github.env, ALERTS: text })
  expect([code, github.changes]).toEqual([1, []])
  expect(stdout).toMatch(/^::error title=alert-issues::ALERTS is not what airq-watch writes/)
})

describe('--output', () => {
  const outputOf = async (told: object) => {
    await using place = await workplace()
    const file = await place.file('alerts.json', JSON.stringify(told))
    const outputs = await place.file('outputs', '')
    const { code } = await script(['--output', file], { GITHUB_OUTPUT: outputs })
    expect(code).toBe(0)
    return readFileSync(outputs, 'utf8')
  }

  test('hands the alerts on, in one line that the other job takes', async () => {
    const text = await outputOf({ format: 1, whole: true, alerts: [OVER, ALERT] })
    expect(text).toMatch(/^alerts=\{.*\}\n$/)
    const handed = JSON.parse(text.slice('alerts='.length)) as Summary
    expect(handed).toEqual({ whole: true, alerts: [ALERT, OVER] })
    expect((await settle(handed)).code).toBe(0)
  })

  test('is empty where there is nothing to tell, and bounded', async () => {
    expect(await outputOf({ whole: true, alerts: [] })).toBe('alerts=\n')
    const many = Array.from({ length: 150 }, (_, i) => ({ ...ALERT, station: `s${String(i)}` }))
    const handed = JSON.parse((await outputOf({ whole: true, alerts: many })).slice(7)) as Summary
    expect([handed['whole'], handed['alerts'].length]).toEqual([false, 100])
  })
})
