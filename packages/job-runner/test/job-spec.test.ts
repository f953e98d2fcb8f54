import { expect, test } from 'vitest'

import { checkJobSpec, jobName, type JobSpec } from '../src/index.ts'

const spec: JobSpec = {
  name: 'feature-app-20261123T2200Z-1a2b3c4-1',
  app: 'feature-app',
  command: ['feature-pipeline', 'config.yaml'],
  limits: { timeoutMs: 60_000 },
}

const commandOf = (...more: string[]): JobSpec => ({ ...spec, command: [...spec.command, ...more] })

test('a name tells app, minute, commit and attempt', () => {
  const at = Date.UTC(2026, 10, 23, 22, 0, 59)
  expect(jobName({ app: 'feature-app', at, commit: '1a2b3c4d5e6f', attempt: 1 })).toBe(spec.name)
})

test.each([
  [{ app: 'two words' }, /can't be the name/],
  [{ at: Number.NaN }, /needs an instant/],
  [{ commit: 'main' }, /needs an instant, a commit/],
  [{ attempt: 0 }, /attempt from 1/],
  [{ app: 'a'.repeat(255) }, /can't be the name/],
])('no name is made of %j', (wrong, message) => {
  expect(() => jobName({ app: 'a', at: 0, commit: '1a2b3c4', attempt: 1, ...wrong })).toThrow(message)
})

test('every problem is told at once, and where', () => {
  const wrong = { ...spec, name: '-x', limits: { timeoutMs: 5 }, tags: { a: 'b' }, image: 'No image' }
  expect(() => {
    checkJobSpec(wrong)
  }).toThrow(
    expect.objectContaining({
      code: 'bad-spec',
      fault: 'input',
      where: 'name',
      message: expect.stringMatching(/name takes .*image is no image reference.*limits\.timeoutMs/),
    }),
  )
})

test.each([
  ['--aqi-token', 'abc'],
  ['--aqi-token=abc'],
  ['--fs-api-key', 'a b'],
  ['--comet-api-key=x'],
  ['--password', 'x'],
])('a secret in the command is refused: %s', (...more) => {
  expect(() => {
    checkJobSpec(commandOf(...more))
  }).toThrow(expect.objectContaining({ code: 'bad-spec', message: expect.not.stringContaining('abc') }))
  checkJobSpec(commandOf(...more), { allowInsecureArgv: true })
})

test.each([
  ['--aqi-token', '@kv:aqi-token'],
  ['--aqi-token=@env:AQI'],
  ['--aqi-token-file', 'token.txt'],
  ['--fs-project-name', 'airq'],
  ['--token', '--json'],
])('what is no secret itself passes: %s', (...more) => {
  checkJobSpec(commandOf(...more))
})

test('a variable that may be a secret is to be named by reference', () => {
  expect(() => {
    checkJobSpec({ ...spec, environment: { COMET_API_KEY: 'abc' } })
  }).toThrow(/environment\.COMET_API_KEY may be a secret/)
  checkJobSpec({ ...spec, environment: { KEYBOARD: 'de' }, secrets: { COMET_API_KEY: '@env:COMET_API_KEY' } })
})
