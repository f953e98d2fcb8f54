import { expect, test } from 'vitest'
import { PipelineError, UserError, describeError, errorLines, isAirqError } from '@airq/pipeline'
import { fc, test as propertyTest } from './support/property.ts'

const marker = Symbol.for('airq.error')

/** As another library of the house, or another copy of this one, would throw it. */
class OtherLibraryError extends Error {
  readonly [marker] = true
  readonly code = 'store-damaged'
  readonly fault = 'run'
  readonly hint = 'Restore the file.'
  readonly where = 'a.sqlite'
}

test('errors of every airq library are told the same way', () => {
  const error = new OtherLibraryError('the file is damaged')
  expect(isAirqError(error)).toBe(true)
  expect(PipelineError.isInstance(error)).toBe(false)
  expect(describeError(error)).toEqual({
    report: {
      code: 'store-damaged',
      message: 'the file is damaged',
      hint: 'Restore the file.',
      where: 'a.sqlite',
    },
    exitCode: 1,
  })
})

test('an error of the user exits 2', () => {
  const error = new UserError('bad-config', 'wrong')
  expect(PipelineError.isInstance(error)).toBe(true)
  expect(describeError(error).exitCode).toBe(2)
})

test('an aborted call is an interruption', () => {
  expect(describeError(new DOMException('This operation was aborted', 'AbortError')).exitCode).toBe(130)
  expect(describeError(new PipelineError('aborted', 'aborted')).exitCode).toBe(130)
})

test('what, where, what to do: three lines at most, and no place twice', () => {
  expect(errorLines({ code: 'x', message: 'what', where: 'a:1:2', hint: 'Do.' })).toEqual([
    'what',
    '  in a:1:2',
    '  Do.',
  ])
  expect(errorLines({ code: 'x', message: 'a:1:2 is wrong', where: 'a:1:2' })).toEqual(['a:1:2 is wrong'])
})

propertyTest('anything that is thrown can be described', fc.anything(), (thrown) => {
  expect(describeError(thrown).report.message).not.toBe('')
})
