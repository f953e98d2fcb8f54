import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { fractionOf, ProgressLine, progressText, showsProgress } from '../src/terminal/progress.ts'
import { spanText, TimeLeft } from '../src/terminal/time-left.ts'
import { fc, test as propertyTest } from './support/property.ts'

/** A terminal of a test: what it shows at last, and all it was told. */
function screen(columns = 80) {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns })
  let told = ''
  stream.on('data', (bytes: Buffer) => (told += bytes.toString()))
  const shown = () =>
    told
      .split('\n')
      .map((line) => line.slice(line.lastIndexOf('\u001b[2K') + 1).replace(/^\[2K/, ''))
      .join('\n')
  return { stream, told: () => told, shown }
}

function lineOn({ stream }: ReturnType<typeof screen>, isShown = true) {
  let now = 0
  const line = new ProgressLine(stream, { now: () => now }, isShown)
  return { line, at: (ms: number) => (now = ms) }
}

describe('the line', () => {
  test('says what, done of total and the time left, once a second has passed', () => {
    const terminal = screen()
    const { line, at } = lineOn(terminal)
    using work = line.start('comparing candidates', 10)
    at(900)
    work.at(1)
    expect(terminal.told()).toBe('')
    at(2000)
    work.at(2)
    expect(terminal.shown()).toMatch(/^comparing candidates 2\/10 · \d+ s left$/)
    at(3000)
    work.at(3, { what: 'comparing more' })
    expect(terminal.shown()).toMatch(/^comparing more 3\/10 · 6 s left$/)
  })

  test('is taken away before anything else is written, and at the end', () => {
    const terminal = screen()
    const { line, at } = lineOn(terminal)
    const work = line.start('waiting', null)
    at(5000)
    work.at(0)
    expect(terminal.shown()).toBe('waiting · 5 s')
    line.clear()
    terminal.stream.write('warn: look here\n')
    expect(terminal.shown()).toBe('warn: look here\n')
    at(6000)
    work.at(0)
    expect(terminal.shown()).toBe('warn: look here\nwaiting · 6 s')
    work[Symbol.dispose]()
    expect(terminal.shown()).toBe('warn: look here\n')
  })

  test('a work inside another is a part of its step', () => {
    const terminal = screen()
    const { line, at } = lineOn(terminal)
    using stations = line.start('stations', 4)
    at(2000)
    stations.at(1)
    using inner = line.start('comparing candidates', 2)
    at(3000)
    inner.at(1)
    expect(terminal.shown()).toMatch(/^stations 1\/4 · comparing candidates 1\/2 · 5 s left$/)
  })

  test('never takes a second row of the terminal', () => {
    const terminal = screen(30)
    const { line, at } = lineOn(terminal)
    using work = line.start('北京市朝阳区奥体中心监测站的历史数据', 12)
    at(4000)
    work.at(3)
    expect(terminal.shown()).toBe('北京市朝阳区奥体中心监测站的…')
  })

  test('says nothing where nobody looks on, nor after the end of the run', () => {
    const terminal = screen()
    const { line, at } = lineOn(terminal, false)
    using work = line.start('comparing', 10)
    at(60_000)
    work.at(5)
    expect([terminal.told(), work.isShown]).toEqual(['', false])

    const other = lineOn(terminal)
    using late = other.line.start('late', 10)
    other.line.stop()
    other.at(60_000)
    late.at(5)
    expect(terminal.told()).toBe('')
  })
})

test.each([
  ['a terminal', {}, {}, true],
  ['--json', {}, { json: true }, false],
  ['--log-level error', {}, { logLevel: 'error' }, false],
  ['--log-level warn', {}, { logLevel: 'warn' }, true],
  ['CI', { CI: 'true' }, {}, false],
  ['CI=false', { CI: 'false' }, {}, true],
  ['a dumb terminal', { TERM: 'dumb' }, {}, false],
  ['NO_COLOR', { NO_COLOR: '1' }, {}, true],
] as const)('shown with %s: %s', (_, env, how, shown) => {
  expect(showsProgress({ isTTY: true }, env, { json: false, logLevel: 'info', ...how })).toBe(shown)
  expect(showsProgress({ isTTY: false }, env, { json: false, logLevel: 'info', ...how })).toBe(false)
})

test('one of one is not told, unless it is all there is', () => {
  const [one, part] = [
    { what: 'stations', done: 0, total: 1 },
    { what: 'comparing', done: 3, total: 13 },
  ]
  expect(progressText([one, part], 4000, 9000)).toBe('comparing 3/13 · 9 s left')
  expect(progressText([one], 4000, null)).toBe('stations 0/1 · 4 s')
})

describe('the time left', () => {
  test('of a steady work is the rest of it', () => {
    const left = new TimeLeft(1000)
    expect(left.left(5000)).toBeNull()
    for (let second = 1; second <= 5; second += 1) left.update(1000 + second * 1000, second / 20)
    expect(left.left(6000)).toBeCloseTo(15_000, 6)
    expect(left.left(7000)).toBeCloseTo(14_000, 6)
  })

  test('follows a work that slows down, smoothly', () => {
    const left = new TimeLeft(0)
    left.update(1000, 0.1)
    const before = left.left(1000) ?? 0
    for (let step = 1; step <= 4; step += 1) left.update(1000 + step * 10_000, 0.1 + step * 0.1)
    const after = left.left(41_000) ?? 0
    expect(before).toBeCloseTo(9000, 6)
    // At the pace of the last steps the half takes 50 s.
    expect(after).toBeGreaterThan(40_000)
    expect(after).toBeLessThan(60_000)
  })

  test('what goes back changes nothing', () => {
    const left = new TimeLeft(0)
    left.update(1000, 0.5)
    left.update(2000, 0.2)
    expect(left.left(1000)).toBeCloseTo(1000, 6)
  })

  propertyTest(
    'is never negative',
    fc.array(fc.tuple(fc.nat(10_000), fc.double({ min: 0, max: 1, noNaN: true }))),
    (steps) => {
      const left = new TimeLeft(0)
      for (const [at, fraction] of steps) left.update(at, fraction)
      expect(left.left(20_000) ?? 0).toBeGreaterThanOrEqual(0)
    },
  )
})

test('the fraction of works within works', () => {
  expect(fractionOf([])).toBe(0)
  expect(fractionOf([{ done: 1, total: 4 }])).toBe(0.25)
  const inner = { done: 1, total: 2 }
  expect(fractionOf([{ done: 1, total: 4 }, { done: 0, total: null }, inner])).toBe(0.375)
  expect(fractionOf([{ done: 4, total: 4 }, inner])).toBe(1)
})

test.each([
  [0, '0 s'],
  [8400, '8 s'],
  [59_700, '1 min'],
  [200_000, '3 min 20 s'],
  [7_500_000, '2 h 5 min'],
  [7_200_000, '2 h'],
])('%i ms is %s', (ms, text) => {
  expect(spanText(ms)).toBe(text)
})
