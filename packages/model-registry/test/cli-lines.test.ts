import { expect, test } from 'vitest'

import { progressLine, textOf } from '../src/cli/lines.ts'

function terminal(more: { isTTY?: boolean; env?: Record<string, string>; asJson?: boolean } = {}) {
  const { isTTY = true, env = {}, asJson = false } = more
  let now = 0
  let told = ''
  const write = (text: string) => (told += text)
  const io = {
    stdout: { write },
    stderr: { write, isTTY },
    clock: { now: () => now },
    env,
    signal: new AbortController().signal,
    asJson,
  }
  return { io, told: () => told, at: (ms: number) => (now = ms) }
}

/** What the terminal shows in the end. */
const shown = (told: string) => told.slice(told.lastIndexOf('\r') + 1)

test('a work over a second shows what, done of total and the time left, and takes the line away', () => {
  const { io, told, at } = terminal()
  const progress = progressLine(io)
  at(900)
  progress.tell('copying rows', 1, 10)
  expect(told()).toBe('')
  at(2000)
  progress.tell('copying rows', 4, 10)
  expect(shown(told())).toBe('copying rows 4/10 · 3 s left')
  at(4000)
  progress.tell('copying rows', 8, 10)
  expect(shown(told())).toBe('copying rows 8/10 · 1 s left')
  progress[Symbol.dispose]()
  expect(shown(told())).toBe('')
})

test.each([
  ['in a pipe', { isTTY: false }],
  ['with --json', { asJson: true }],
  ['in CI', { env: { CI: 'true' } }],
  ['on a dumb terminal', { env: { TERM: 'dumb' } }],
])('nothing is shown %s', (_, how) => {
  const { io, told, at } = terminal(how)
  using progress = progressLine(io)
  at(60_000)
  progress.tell('copying rows', 4, 10)
  expect(told()).toBe('')
})

test('long lines go on further in, East Asian characters taking two columns', () => {
  expect(textOf([], 'nothing')).toBe('nothing\n')
  expect(textOf([`  ${'word '.repeat(20).trim()}`, 'short'], '')).toBe(
    `  ${'word '.repeat(15).trim()}\n    ${'word '.repeat(5).trim()}\nshort\n`,
  )
  expect(textOf(['北京市 '.repeat(12).trim()], '').split('\n')[1]).toBe('  北京市')
})
