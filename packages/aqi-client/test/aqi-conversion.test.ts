import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  aqiOf,
  dailySubIndices,
  inUnit,
  toConcentration,
  toSubIndex,
  type Concentration,
  type Measure,
  type Scale,
  type SubIndex,
} from '../src/index.ts'

const PM25: Measure = { pollutant: 'pm25', averaging: '24h', unit: 'ugm3' }
const SCALES = ['us-epa-2015', 'us-epa-2024', 'cn-hj633-2012', 'cn-hj633-2026'] as const
const MEASURES: Record<'us' | 'cn', Measure[]> = {
  us: [
    PM25,
    { pollutant: 'pm10', averaging: '24h', unit: 'ugm3' },
    { pollutant: 'o3', averaging: '8h', unit: 'ppm' },
    { pollutant: 'o3', averaging: '1h', unit: 'ppm' },
    { pollutant: 'no2', averaging: '1h', unit: 'ppb' },
    { pollutant: 'so2', averaging: '1h', unit: 'ppb' },
    { pollutant: 'so2', averaging: '24h', unit: 'ppb' },
    { pollutant: 'co', averaging: '8h', unit: 'ppm' },
  ],
  cn: [
    PM25,
    { pollutant: 'pm10', averaging: '24h', unit: 'ugm3' },
    { pollutant: 'o3', averaging: '8h', unit: 'ugm3' },
    { pollutant: 'o3', averaging: '1h', unit: 'ugm3' },
    { pollutant: 'no2', averaging: '1h', unit: 'ugm3' },
    { pollutant: 'no2', averaging: '24h', unit: 'ugm3' },
    { pollutant: 'so2', averaging: '1h', unit: 'ugm3' },
    { pollutant: 'so2', averaging: '24h', unit: 'ugm3' },
    { pollutant: 'co', averaging: '1h', unit: 'mgm3' },
    { pollutant: 'co', averaging: '24h', unit: 'mgm3' },
  ],
}
const columns = SCALES.flatMap((scale) =>
  MEASURES[scale.startsWith('us') ? 'us' : 'cn'].map((measure) => ({ scale, measure })),
)
/** From nothing to beyond the top of the column, now and then far beyond. */
const values = (unit: Measure['unit']) => {
  const top = { ugm3: 4000, mgm3: 200, ppb: 2500, ppm: 0.8 }[unit]
  return fc.oneof(
    fc.double({ min: 0, max: top, noNaN: true }),
    fc.double({ min: 0, max: top / 10, noNaN: true }),
    fc.integer({ min: 0, max: top * 1000 }).map((n) => n / 1000),
    fc.integer({ min: 0, max: 1_000_000 }),
  )
}

describe.each(columns)('$scale $measure.pollutant $measure.averaging', ({ scale, measure }) => {
  const indexOf = (value: number) => toSubIndex({ ...measure, value }, scale)

  test('more is never better', () => {
    fc.assert(
      fc.property(values(measure.unit), values(measure.unit), (a, b) => {
        const [less, more] = [indexOf(Math.min(a, b)), indexOf(Math.max(a, b))]
        if (less !== null && more !== null) expect(less.value).toBeLessThanOrEqual(more.value)
      }),
    )
  })

  test('there and back gives the same index, scale and measure', () => {
    fc.assert(
      fc.property(values(measure.unit), (value) => {
        const subIndex = indexOf(value)
        if (subIndex === null) return
        expect(subIndex).toMatchObject({ pollutant: measure.pollutant, averaging: measure.averaging, scale })
        const back = toConcentration(subIndex)
        expect(back).toMatchObject(measure)
        if (back !== null) expect(toSubIndex(back, scale)).toEqual(subIndex)
      }),
    )
  })
})

describe('toConcentration', () => {
  const of = (value: number, part: Partial<SubIndex>) =>
    toConcentration({ value, pollutant: 'pm25', averaging: '24h', scale: 'us-epa-2024', ...part })

  test.each([
    [50, { scale: 'us-epa-2024' }, 9],
    [50, { scale: 'us-epa-2015' }, 12],
    [101, { scale: 'us-epa-2024' }, 35.5],
    [699, { scale: 'us-epa-2024' }, 425.3],
    [100, { scale: 'cn-hj633-2012' }, 75],
    [100, { scale: 'cn-hj633-2026' }, 60],
    [500, { scale: 'cn-hj633-2026' }, 500],
  ] as const)('%d of %o is %d µg/m³', (value, part, expected) => {
    expect(of(value, part)?.value).toBeCloseTo(expected, 9)
  })

  test('gives the nearest where no concentration has the index', () => {
    // Ozone 8 h: 0.071 ppm is 101, 0.072 is 105 (104.5) and there is nothing between.
    const ozone = { pollutant: 'o3', averaging: '8h' } as const
    expect(of(102, ozone)?.value).toBe(0.071)
    expect(of(104, ozone)?.value).toBe(0.072)
  })

  test.each([
    [100, { pollutant: 'o3', averaging: '1h' }],
    [301, { pollutant: 'o3', averaging: '8h' }],
    [200, { pollutant: 'so2', averaging: '24h' }],
    [501, { scale: 'cn-hj633-2012' }],
    [0, { scale: 'cn-hj633-2026' }],
    [301, { scale: 'cn-hj633-2012', pollutant: 'o3', averaging: '8h' }],
  ] as const)('has nothing for %d of %o', (value, part) => {
    expect(of(value, part)).toBeNull()
  })

  test.each([-1, 50.5, Number.NaN, Infinity, 1e300])('refuses %d', (value) => {
    expect(() => of(value, {})).toThrow(expect.objectContaining({ code: 'bad-value' }))
  })
})

describe('toSubIndex refuses', () => {
  const refusal = (concentration: Concentration, scale: Scale, code: string) => {
    expect(() => toSubIndex(concentration, scale)).toThrow(expect.objectContaining({ code }))
  }
  test.each(SCALES)('what is no concentration: %s', (scale) => {
    for (const value of [Number.NaN, -0.1, -1e9, Infinity, -Infinity]) {
      refusal({ ...PM25, value }, scale, 'bad-value')
    }
    refusal({ pollutant: 'o3', averaging: '8h', unit: 'ugm3', value: Infinity }, scale, 'bad-value')
  })
  test('what no line reaches', () => {
    refusal({ ...PM25, value: 1e300 }, 'us-epa-2024', 'bad-value')
  })
  test('a mean the scale does not know', () => {
    refusal({ pollutant: 'no2', averaging: '24h', unit: 'ppb', value: 1 }, 'us-epa-2024', 'not-in-table')
    refusal({ pollutant: 'co', averaging: '8h', unit: 'mgm3', value: 1 }, 'cn-hj633-2026', 'not-in-table')
  })
})

describe('inUnit', () => {
  test.each([
    ['o3', 100, 50.9375],
    ['no2', 100, 53.1406],
    ['so2', 100, 38.1614],
    ['co', 1000, 872.9025],
  ] as const)('%s: %d µg/m³ are %d ppb', (pollutant, value, expected) => {
    const ppb = inUnit({ pollutant, averaging: '1h', unit: 'ugm3', value }, 'ppb')
    expect(ppb).toMatchObject({ pollutant, averaging: '1h', unit: 'ppb' })
    expect(ppb.value).toBeCloseTo(expected, 4)
    expect(inUnit(ppb, 'ppm').value).toBeCloseTo(expected / 1000, 7)
    expect(inUnit(ppb, 'mgm3').value).toBeCloseTo(value / 1000, 10)
  })

  test('particles have a mass only', () => {
    expect(inUnit({ ...PM25, value: 35 }, 'mgm3')).toEqual({ ...PM25, unit: 'mgm3', value: 0.035 })
    expect(inUnit({ ...PM25, unit: 'mgm3', value: 0.035 }, 'ugm3').value).toBeCloseTo(35, 12)
    expect(() => inUnit({ ...PM25, value: 35 }, 'ppb')).toThrow(expect.objectContaining({ code: 'bad-unit' }))
    // @ts-expect-error particles in ppb
    const wrong: Concentration = { pollutant: 'pm25', averaging: '24h', unit: 'ppb', value: 35 }
    expect(() => toSubIndex(wrong, 'us-epa-2024')).toThrow(expect.objectContaining({ code: 'bad-unit' }))
  })

  test.each([
    [{ pollutant: 'so2', averaging: '1h', unit: 'ppb' }, 1, 'ugm3'],
    [{ pollutant: 'no2', averaging: '1h', unit: 'ppb' }, 1, 'ugm3'],
    [{ pollutant: 'co', averaging: '8h', unit: 'ppm' }, 10, 'mgm3'],
    [{ pollutant: 'o3', averaging: '8h', unit: 'ppm' }, 1000, 'ppb'],
    [{ pollutant: 'pm25', averaging: '24h', unit: 'ugm3' }, 10, 'mgm3'],
  ] as const)(
    'the error of converting %o does not cross an edge of the table',
    (measure, stepsPerUnit, unit) => {
      for (let steps = 0; steps <= 200; steps++) {
        const printed: Concentration = { ...measure, value: steps / stepsPerUnit }
        expect(toSubIndex(inUnit(printed, unit), 'us-epa-2024')).toEqual(toSubIndex(printed, 'us-epa-2024'))
      }
    },
  )
})

describe('aqiOf', () => {
  const sub = <S extends Scale>(pollutant: SubIndex['pollutant'], value: number, scale: S): SubIndex<S> => ({
    value,
    pollutant,
    averaging: '24h',
    scale,
  })

  test('is the largest, with who reaches it', () => {
    const aqi = aqiOf([
      sub('pm25', 80, 'us-epa-2015'),
      sub('pm10', 90, 'us-epa-2015'),
      sub('co', 90, 'us-epa-2015'),
    ])
    expect(aqi).toEqual({ value: 90, scale: 'us-epa-2015', dominant: ['pm10', 'co'] })
    expect(aqiOf([])).toBeNull()
  })

  test('has no dominant pollutant on a Chinese scale up to 50', () => {
    expect(aqiOf([sub('pm25', 50, 'cn-hj633-2026')])?.dominant).toEqual([])
    expect(aqiOf([sub('pm25', 51, 'cn-hj633-2026')])?.dominant).toEqual(['pm25'])
    expect(aqiOf([sub('pm25', 50, 'us-epa-2024')])?.dominant).toEqual(['pm25'])
  })

  test('unlike scales are a type error, and an error at run time', () => {
    const unlike = [sub('pm25', 80, 'us-epa-2015'), sub('pm10', 90, 'us-epa-2024')]
    // @ts-expect-error two scales
    expect(() => aqiOf(unlike)).toThrow(expect.objectContaining({ code: 'unlike-scales' }))
    // @ts-expect-error two scales
    expect(() => aqiOf([sub('pm25', 80, 'us-epa-2015'), sub('o3', 80, 'cn-hj633-2012')])).toThrow()

    const read: SubIndex[] = unlike
    expect(() => aqiOf(read)).toThrow(expect.objectContaining({ code: 'unlike-scales' }))
    expectTypeOf(aqiOf([sub('pm25', 80, 'us-epa-2015')])?.scale).toEqualTypeOf<'us-epa-2015' | undefined>()
  })

  test.each([Number.NaN, -1, Infinity])('refuses %d', (value) => {
    expect(() => aqiOf([sub('pm25', value, 'us-epa-2015')])).toThrow(
      expect.objectContaining({ code: 'bad-value' }),
    )
  })
})

describe('dailySubIndices', () => {
  const so2 = (averaging: '1h' | '24h', value: number): Concentration => ({
    pollutant: 'so2',
    averaging,
    unit: 'ppb',
    value,
  })
  const o3 = (averaging: '1h' | '8h', value: number): Concentration => ({
    pollutant: 'o3',
    averaging,
    unit: 'ppm',
    value,
  })
  const valuesOf = (means: Concentration[], scale: Scale) =>
    dailySubIndices(means, scale).map(({ pollutant, averaging, value }) => [pollutant, averaging, value])

  test.each([
    [[so2('1h', 304), so2('24h', 100)], [['so2', '1h', 200]]],
    [[so2('1h', 400), so2('24h', 304)], [['so2', '1h', 200]]],
    [[so2('1h', 400)], [['so2', '1h', 200]]],
    [[so2('1h', 400), so2('24h', 305)], [['so2', '24h', 201]]],
    [[so2('1h', 400), so2('24h', 604)], [['so2', '24h', 300]]],
  ])('EPA SO2: %o', (means, expected) => {
    expect(valuesOf(means, 'us-epa-2024')).toEqual(expected)
    expect(valuesOf(means, 'us-epa-2015')).toEqual(expected)
  })

  test.each([
    [[o3('8h', 0.07), o3('1h', 0.1)], [['o3', '8h', 100]]],
    [[o3('8h', 0.07), o3('1h', 0.13)], [['o3', '1h', 107]]],
    [[o3('8h', 0.21), o3('1h', 0.405)], [['o3', '1h', 301]]],
  ])('EPA ozone: the larger of %o', (means, expected) => {
    expect(valuesOf(means, 'us-epa-2024')).toEqual(expected)
  })

  test('the day of China takes ozone 1 h until 2026 only, and never SO2 1 h', () => {
    const means: Concentration[] = [
      { pollutant: 'o3', averaging: '1h', unit: 'ugm3', value: 300 },
      { pollutant: 'o3', averaging: '8h', unit: 'ugm3', value: 160 },
      { pollutant: 'so2', averaging: '1h', unit: 'ugm3', value: 800 },
      { pollutant: 'so2', averaging: '24h', unit: 'ugm3', value: 50 },
      { ...PM25, value: 60 },
    ]
    expect(valuesOf(means, 'cn-hj633-2012')).toEqual([
      ['pm25', '24h', 82],
      ['o3', '1h', 150],
      ['so2', '24h', 50],
    ])
    const daily = dailySubIndices(means, 'cn-hj633-2026')
    expect(aqiOf(daily)).toEqual({ value: 100, scale: 'cn-hj633-2026', dominant: ['pm25', 'o3'] })
  })
})
