import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { stringify } from 'yaml'
import { UserError } from '@airq/pipeline'
import { loadConfig, parseConfig } from '@airq/pipeline/config'
import { STATION, problemsIn } from './support/config-problems.ts'
import { fc, test as propertyTest } from './support/property.ts'

describe('files', () => {
  const directory = (): string => {
    const path = mkdtempSync(join(tmpdir(), 'airq-config-'))
    onTestFinished(() => {
      rmSync(path, { recursive: true })
    })
    return path
  }
  const refused = async (path: string, reason: string): Promise<void> => {
    const error: unknown = await loadConfig(path).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'bad-config', fault: 'input', where: path })
    expect(String(error)).toContain(reason)
  }

  test('a missing file and a directory', async () => {
    const path = directory()
    await refused(join(path, 'no.yaml'), 'there is no such file')
    await refused(path, 'it is a directory')
  })

  test('too large, and not text', async () => {
    const path = directory()
    writeFileSync(join(path, 'large.yaml'), '#'.repeat(1024 * 1024 + 1))
    await refused(join(path, 'large.yaml'), 'larger than 1 MB')
    writeFileSync(join(path, 'binary.yaml'), Uint8Array.of(0xff, 0xfe, 0x00))
    await refused(join(path, 'binary.yaml'), 'not UTF-8')
  })
})

describe('hostile files', () => {
  test('aliases that multiply', () => {
    const levels = Array.from(
      { length: 9 },
      (_, n) => `l${String(n + 1)}: &l${String(n + 1)} [${`*l${String(n)},`.repeat(9)}]`,
    )
    expect(problemsIn(`l0: &l0 [a]\n${levels.join('\n')}`)).toEqual([
      expect.stringMatching(/not readable as YAML/),
    ])
  })

  test('aliases without end', () => {
    expect(problemsIn(`a: &a 1\nb: [${'*a,'.repeat(5_000)}]`)).toEqual([
      expect.stringMatching(/^2:\d+ more than 100 aliases$/),
    ])
  })

  test('nesting without end', () => {
    expect(problemsIn('['.repeat(100_000)).length).toBeGreaterThan(0)
  })

  test('keys with a meaning in JavaScript', () => {
    const text = `stations: [${STATION}]\n__proto__: { polluted: 1 }\nconstructor: 1\n`
    expect(problemsIn(text).map((problem) => problem.split(' is ')[0])).toEqual([
      '2:1 __proto__',
      '3:1 constructor',
    ])
  })
})

describe('any file', () => {
  const isRefusedOrRead = (text: string): void => {
    try {
      parseConfig(text, 'c.yaml')
    } catch (error) {
      expect(error).toBeInstanceOf(UserError)
    }
  }

  propertyTest('of any values', fc.jsonValue(), (value) => {
    isRefusedOrRead(stringify(value))
  })

  propertyTest('of known keys with any values', knownKeysWithAnyValues(), (value) => {
    isRefusedOrRead(stringify(value))
  })

  propertyTest('of any characters of YAML', yamlLikeText(), isRefusedOrRead)
})

function knownKeysWithAnyValues(): fc.Arbitrary<unknown> {
  const any = fc.jsonValue()
  const section = (...keys: string[]) =>
    fc.oneof(any, fc.record(Object.fromEntries(keys.map((key) => [key, any])), { requiredKeys: [] }))
  const station = section('id', 'name', 'timeZone', 'source', 'scale')
  return fc.record(
    {
      stations: fc.oneof(any, fc.array(station)),
      forecast: section('decisions', 'coverage'),
      featureStore: section('kind'),
      training: section('candidates', 'testDays', 'seed'),
      basic: any,
    },
    { requiredKeys: [] },
  )
}

function yamlLikeText(): fc.Arbitrary<string> {
  const piece = fc.constantFrom(
    'stations',
    'id',
    ':',
    '- ',
    '\n',
    '  ',
    '&a ',
    '*a',
    '{',
    '}',
    '[',
    ']',
    '"',
    '|',
    '? ',
    '!!x ',
    '<<',
    '~',
    '#',
    ',',
    '\t',
    '---\n',
  )
  return fc
    .array(fc.oneof({ weight: 5, arbitrary: piece }, fc.string()), { maxLength: 60 })
    .map((parts) => parts.join(''))
}
