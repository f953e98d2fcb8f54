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

test('what with its code, where, what to do: a line each', () => {
  expect(errorLines({ code: 'x', message: 'what', where: 'a:1:2', hint: 'Do.' })).toEqual([
    'what (x)',
    '  in a:1:2',
    '  Do.',
  ])
  expect(errorLines({ code: 'x', message: 'two are wrong:\n  a\n  b', where: 'c' })).toEqual([
    'two are wrong: (x)\n  a\n  b',
    '  in c',
  ])
})

test('the causes are told, the nearest first', () => {
  const cause = new Error('the disk is full', { cause: new Error('ENOSPC') })
  const { causes } = describeError(new PipelineError('state-unwritable', 'cannot write', { cause }))
  expect(causes).toEqual(['the disk is full', 'ENOSPC'])
})

propertyTest('anything that is thrown can be described', fc.anything(), (thrown) => {
  expect(describeError(thrown).report.message).not.toBe('')
})
