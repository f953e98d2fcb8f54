import { describe, expect, expectTypeOf, test } from 'vitest'
import { AqiError, CATEGORIES, CATEGORY_KEYS, categoryOf, type CategoryKey } from '../src/index.ts'

const key = (aqi: number) => categoryOf(aqi, 'us-epa-2015').key

describe('classes of us-epa-2015', () => {
  test.each([
    [0, 'good'],
    [50, 'good'],
    [50.49, 'good'],
    [50.5, 'moderate'],
    [51, 'moderate'],
    [100, 'moderate'],
    [100.49, 'moderate'],
    [100.5, 'unhealthy-sensitive'],
    [101, 'unhealthy-sensitive'],
    [150, 'unhealthy-sensitive'],
    [150.49, 'unhealthy-sensitive'],
    [150.5, 'unhealthy'],
    [151, 'unhealthy'],
    [200, 'unhealthy'],
    [200.49, 'unhealthy'],
    [200.5, 'very-unhealthy'],
    [201, 'very-unhealthy'],
    [300, 'very-unhealthy'],
    [300.49, 'very-unhealthy'],
    [300.5, 'hazardous'],
    [301, 'hazardous'],
    [500, 'hazardous'],
    [886, 'hazardous'],
  ])('%d is %s', (aqi, expected) => {
    expect(key(aqi)).toBe(expected)
  })

  test.each([-1, -0.6, Number.NaN, Infinity])('%d is no index value', (aqi) => {
    expect(() => key(aqi)).toThrow(expect.objectContaining({ code: 'bad-value' }))
  })

  test('are the official ones, ascending', () => {
    expect(CATEGORIES['us-epa-2015'].map(({ key, label, colour }) => [key, label, colour])).toEqual([
      ['good', 'Good', '#00E400'],
      ['moderate', 'Moderate', '#FFFF00'],
      ['unhealthy-sensitive', 'Unhealthy for Sensitive Groups', '#FF7E00'],
      ['unhealthy', 'Unhealthy', '#FF0000'],
      ['very-unhealthy', 'Very Unhealthy', '#8F3F97'],
      ['hazardous', 'Hazardous', '#7E0023'],
    ])
    expect(CATEGORIES['us-epa-2015'].map(({ key }) => key)).toEqual([...CATEGORY_KEYS])
    expectTypeOf(categoryOf(1, 'us-epa-2015').key).toEqualTypeOf<CategoryKey>()
  })
})

describe('AqiError', () => {
  test('is known by its marker, also when another copy of the package made it', () => {
    const error = new AqiError('bad-day', 'no', { hint: 'Do this.', cause: 'why' })
    expect(AqiError.isInstance(error)).toBe(true)
    expect(AqiError.isInstance(new Error('no'))).toBe(false)
    expect(AqiError.isInstance('no')).toBe(false)
    expect(error).toMatchObject({
      code: 'bad-day',
      fault: 'run',
      retryable: false,
      hint: 'Do this.',
      cause: 'why',
    })
    expect(error.where).toBeUndefined()

    const foreign = Object.assign(new Error('no'), { name: 'AqiError', [Symbol.for('airq.error')]: true })
    expect(AqiError.isInstance(foreign)).toBe(true)
  })
})
