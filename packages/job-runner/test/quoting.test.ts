import { execFileSync } from 'node:child_process'

import fc from 'fast-check'
import { expect, test } from 'vitest'

import { shellCommand } from '../src/index.ts'

const argument = fc
  .oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom(...Array.from(`'"\\$\`!*?~#&;|<>(){}[]= \t\n%^-`)) }),
    fc.constantFrom('if', 'then', 'done', 'case', 'A=b', '-n', '', '~', '$(id)', "'\\''"),
  )
  .filter((text) => !text.includes('\0') && text.isWellFormed())

test('a shell takes any command apart into the arguments it was made of', () => {
  fc.assert(
    fc.property(fc.array(argument, { minLength: 1, maxLength: 8 }), (argv) => {
      const command = shellCommand(['printf', String.raw`%s\0`, ...argv])
      const out = execFileSync('/bin/sh', ['-c', command], { encoding: 'utf8' })
      expect(out.split('\0').slice(0, -1)).toEqual(argv)
    }),
    { numRuns: 300 },
  )
})

test('what needs no quotes has none', () => {
  expect(shellCommand(['feature-pipeline', 'config.yaml', '--shard', '1/3', '--at', '@kv:x'])).toBe(
    'feature-pipeline config.yaml --shard 1/3 --at @kv:x',
  )
  expect(shellCommand(['if', ''])).toBe("'if' ''")
})

test('what no process can be given is refused', () => {
  expect(() => shellCommand(['a\0b'])).toThrow(RangeError)
})
