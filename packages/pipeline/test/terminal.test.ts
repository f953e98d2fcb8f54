import { describe, expect, test } from 'vitest'
import { columnsFor, displayWidth, mark } from '@airq/pipeline'
import { terminalOf, wantsColour } from '../src/terminal/terminal.ts'
import { clipped, folded } from '../src/terminal/width.ts'
import { fc, test as propertyTest } from './support/property.ts'

const TTY = { isTTY: true }
const PIPE = { isTTY: false }

describe('colour', () => {
  test.each([
    ['a terminal', TTY, {}, true],
    ['a pipe', PIPE, {}, false],
    ['NO_COLOR, whatever its value', TTY, { NO_COLOR: '0' }, false],
    ['an empty NO_COLOR', TTY, { NO_COLOR: '' }, true],
    ['a dumb terminal', TTY, { TERM: 'dumb' }, false],
    ['FORCE_COLOR in a pipe', PIPE, { FORCE_COLOR: '1' }, true],
    ['an empty FORCE_COLOR', PIPE, { FORCE_COLOR: '' }, true],
    ['FORCE_COLOR=0 on a terminal', TTY, { FORCE_COLOR: '0' }, false],
    ['FORCE_COLOR on a dumb terminal', TTY, { FORCE_COLOR: '1', TERM: 'dumb' }, true],
    ['NO_COLOR beside FORCE_COLOR', TTY, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
  ])('%s', (_, stream, env, colour) => {
    expect(wantsColour(stream, env)).toBe(colour)
  })
})

test.each([
  [{}, true],
  [{ LANG: 'zh_CN.UTF-8' }, true],
  [{ LANG: 'en_US.utf8', TERM: 'xterm' }, true],
  [{ LANG: 'C' }, false],
  [{ LANG: 'de_AT.UTF-8', LC_ALL: 'POSIX' }, false],
  [{ LANG: 'C', LC_CTYPE: 'C.UTF-8' }, true],
  [{ LANG: 'zh_CN.GBK', LC_ALL: '' }, false],
  [{ LANG: 'C.UTF-8', TERM: 'dumb' }, false],
])('characters beyond ASCII with %j: %s', (env, unicode) => {
  expect(terminalOf(PIPE, env).unicode).toBe(unicode)
})

describe('width', () => {
  test.each([
    ['', 0],
    ['Beijing', 7],
    ['北京市朝阳区', 12],
    ['東京 とうきょう', 15],
    ['서울', 4],
    ['Zürich', 6],
    ['Zu\u0308rich', 6],
    ['▁▂▃▄▅▆▇█ … µ', 12],
    ['（全角）', 8],
    ['👨‍👩‍👧', 2],
    ['\u001b[31mred\u001b[39m', 3],
  ])('%s takes %i columns', (text, columns) => {
    expect(displayWidth(text)).toBe(columns)
  })

  test('what is clipped ends with an ellipsis and fits', () => {
    expect(clipped('stations 北京市 2/5', 13)).toBe('stations 北…')
    expect(clipped('fits', 4)).toBe('fits')
  })

  test('long lines go on two columns further in, and no word is lost', () => {
    expect(folded('  one two three four\nshort', 12)).toBe('  one two\n    three\n    four\nshort')
    expect(folded('an interval of 90 % of days', 17)).toBe('an interval of\n  90 % of days')
    expect(folded('  北京市朝阳区 北京', 12)).toBe('  北京市朝阳\n    区 北京')
    expect(folded('  /a/path/without/any/space is long', 10)).toBe(
      '  /a/path/without/any/space\n    is\n    long',
    )
  })

  propertyTest(
    'folding loses no word and no line is too long that has two words',
    fc.array(fc.constantFrom('a', 'word', '北京', 'unhealthy', '/some/path'), { maxLength: 60 }),
    (words) => {
      const lines = folded(words.join(' '), 30).split('\n')
      const rejoined = lines.map((line) => line.trim()).join(' ')
      expect(rejoined.replaceAll(' ', '')).toBe(words.join(''))
      for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(30)
    },
  )

  test('a mark stands on every line and counts', () => {
    const text = mark(`Beijing: ${'word '.repeat(40)}`, true)
    const lines = text.split('\n')
    expect(lines.length).toBeGreaterThan(2)
    for (const line of lines) expect(line).toMatch(/^\[simulated\] .{1,68}$/)
    expect([columnsFor(true), columnsFor(false)]).toEqual([68, 80])
  })
})
