import { describe, expect, expectTypeOf, test } from 'vitest'

import { defineGroup, FeatureStoreError, type AnyFeatureGroup, type RowOf } from '../src/index.ts'
import { sampleGroup } from '../src/testing/sample-groups.ts'

const { columns } = sampleGroup

describe('defineGroup', () => {
  test('types rows from columns', () => {
    type Row = RowOf<(typeof sampleGroup)['columns']>
    expectTypeOf<Row['station']>().toEqualTypeOf<string>()
    expectTypeOf<Row['event_ms']>().toEqualTypeOf<number>()
    expectTypeOf<Row['value']>().toEqualTypeOf<number | null>()
    expectTypeOf<Row['flag']>().toEqualTypeOf<boolean | null>()
  })

  const wrong: readonly (readonly [string, Partial<AnyFeatureGroup>, RegExp])[] = [
    ['a capital in the name', { name: 'Daily' }, /"Daily" must be lower-case snake/],
    ['a name of 64 letters', { name: 'a'.repeat(64) }, /at most 63/],
    ['version 0', { version: 0 }, /version must be a whole number/],
    ['no key', { primaryKey: [] }, /names no column/],
    ['a key twice', { primaryKey: ['station', 'station'] }, /twice/],
    ['an unknown key', { primaryKey: ['city'] }, /no key column "city"/],
    ['a key of type double', { primaryKey: ['value'] }, /key column "value" must be/],
    ['a nullable key', { primaryKey: ['label'] }, /key column "label" must be/],
    ['an event time that is an int', { eventTime: 'slot' }, /"slot" must be bigint/],
    ['no known_at', { columns: { ...columns, known_at: columns.slot } }, /"known_at" must be bigint/],
    ['created_at', { columns: { ...columns, created_at: columns.event_ms } }, /store's own/],
    ['a bad column name', { columns: { ...columns, 'pm2.5': columns.value } }, /"pm2.5" must be/],
  ]
  test.for(wrong)('refuses %s', ([, change, message]) => {
    const group: AnyFeatureGroup = { ...sampleGroup, ...change }
    const define = (): unknown => defineGroup(group)
    expect(define).toThrow(message)
    expect(define).toThrow(expect.objectContaining({ code: 'bad-definition', fault: 'input' }))
  })

  test('tells everything that is wrong at once', () => {
    expect(() => defineGroup({ ...sampleGroup, name: 'X', version: -1 })).toThrow(/"X".*version/)
  })
})

test('an error of another copy of the package is recognised by marker and name', () => {
  const copy = Object.assign(new Error('busy'), {
    name: 'FeatureStoreError',
    [Symbol.for('airq.error')]: true,
  })
  expect(FeatureStoreError.isInstance(copy)).toBe(true)
  expect(FeatureStoreError.isInstance(new Error('busy'))).toBe(false)
  expect(FeatureStoreError.isInstance({ name: 'FeatureStoreError' })).toBe(false)
})
