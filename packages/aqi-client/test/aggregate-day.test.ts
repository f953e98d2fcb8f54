import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  aggregateDay,
  finalisationInstant,
  isComplete,
  COMPLETENESS,
  localDay,
  localHour,
  type AggregateOptions,
  type HourlyReading,
  type SubIndices,
} from '../src/index.ts'

const day = localDay('2026-01-05')
const timeZone = 'Asia/Shanghai'
const finalised = finalisationInstant(day, timeZone)
const HOUR = 3_600_000
const ALL = Array.from({ length: 24 }, (_, hour) => hour)

function reading(hour: number, sub: SubIndices, more: Partial<HourlyReading> = {}): HourlyReading {
  const observedAt = Date.parse('2026-01-04T16:00:00Z') + hour * HOUR
  return {
    hour: localHour(`${day}T${String(hour).padStart(2, '0')}`),
    observedAt,
    sub,
    aqi: null,
    dominant: null,
    unit: 'sub-index',
    scale: 'us-epa-2015',
    evidence: 'station',
    knownAt: observedAt + HOUR / 2,
    ...more,
  }
}
const aggregate = (readings: readonly HourlyReading[], options: Partial<AggregateOptions> = {}) =>
  aggregateDay(readings, { day, timeZone, ...options })
const pm25At = (hours: readonly number[], value = 80) => hours.map((hour) => reading(hour, { pm25: value }))

describe('the values of a day', () => {
  test('are the means of its hours, rounded half up, and the index is the largest of them', () => {
    const readings = ALL.map((hour) =>
      reading(hour, { pm25: hour % 2 === 0 ? 10 : 11, o3: hour === 14 ? 240 : 0 }),
    )
    expect(aggregate(readings)).toEqual({
      day,
      timeZone,
      sub: { pm25: 11, o3: 10 },
      aqi: 11, // not the largest hour, 240, nor the mean of the largest of each hour
      hours: 24,
      hoursOf: { pm25: 24, o3: 24 },
      status: 'final',
      origin: 'pulls',
      unit: 'sub-index',
      scale: 'us-epa-2015',
      knownAt: finalised,
    })
  })

  test('a half of decimals is rounded up too', () => {
    const tenths = ALL.map((hour) => reading(hour, { no2: hour % 2 === 0 ? 1.1 : 1.9 }))
    expect(aggregate(tenths).sub.no2).toBe(2)
    const third = ALL.map((hour) => reading(hour, { no2: [0.1, 0.2, 1.2][hour % 3] ?? 0 }))
    expect(aggregate(third).sub.no2).toBe(1)
  })

  test('the order of the readings makes no difference', () => {
    const readings = fc.array(
      fc.record({
        hour: fc.integer({ min: 0, max: 23 }),
        value: fc.double({ min: 0, max: 500, noNaN: true }),
      }),
      { maxLength: 40 },
    )
    fc.assert(
      fc.property(readings, fc.nat(), (drawn, turn) => {
        const made = drawn.map(({ hour, value }, i) =>
          reading(hour, i % 3 === 0 ? { pm25: value, co: 5 } : { pm25: value }, { knownAt: i }),
        )
        const at = made.length === 0 ? 0 : turn % made.length
        const turned = [...made.slice(at), ...made.slice(0, at)].toReversed()
        expect(aggregate(turned)).toEqual(aggregate(made))
      }),
    )
  })

  test('only the hours labelled with the day count, as the labels stand', () => {
    const next = reading(3, { pm25: 500 }, { hour: localHour('2026-01-06T00') })
    const before = reading(3, { pm25: 500 }, { hour: localHour('2026-01-04T23') })
    expect(aggregate([before, ...pm25At(ALL), next])).toMatchObject({ aqi: 80, hours: 24 })
  })

  test('an hour pulled again counts once, as pulled last', () => {
    const first = reading(7, { pm25: 500, pm10: 400 }, { knownAt: 1 })
    const again = reading(7, { pm25: 80 }, { knownAt: 2 })
    const others = pm25At(ALL.filter((hour) => hour !== 7))
    for (const readings of [
      [first, again, ...others],
      [again, ...others, first],
    ]) {
      expect(aggregate(readings)).toMatchObject({ sub: { pm25: 80 }, hours: 24, hoursOf: { pm25: 24 } })
    }
  })

  test('a later pull without values takes nothing away', () => {
    expect(aggregate([...pm25At(ALL), reading(7, {}, { knownAt: finalised + 1 })])).toEqual(
      aggregate(pm25At(ALL)),
    )
  })

  test('of pulls at the same time the later in the list counts', () => {
    const [a, b] = [reading(7, { pm25: 10 }, { knownAt: 1 }), reading(7, { pm25: 20 }, { knownAt: 1 })]
    expect(aggregate([a, b]).sub.pm25).toBe(20)
    expect(aggregate([b, a]).sub.pm25).toBe(10)
  })
})

describe('completeness', () => {
  test.each([
    ['18 hours, all at the end', ALL.slice(6), 'final'],
    ['17 hours, all at the end', ALL.slice(7), 'partial'],
    ['every third hour', [1, 4, 7, 10, 13, 16, 19, 22], 'final'],
    ['every third hour from midnight', [0, 3, 6, 9, 12, 15, 18, 21], 'final'],
    ['six of eight, none after another missing', [1, 7, 10, 13, 19, 22], 'final'],
    ['six of eight, two in a row missing', [1, 4, 13, 16, 19, 22], 'partial'],
    ['six of eight, the ends missing', [4, 7, 10, 13, 16, 19], 'final'],
    ['six of eight, the first two missing', [7, 10, 13, 16, 19, 22], 'partial'],
    ['six of eight, the last two missing', [1, 4, 7, 10, 13, 16], 'partial'],
    ['five pulls', [2, 7, 12, 17, 22], 'partial'],
    ['one hour', [12], 'partial'],
    ['none', [], 'missing'],
  ])('%s', (_, hours, status) => {
    const made = aggregate(pm25At(hours))
    expect(made).toMatchObject({ status, hours: hours.length, aqi: hours.length === 0 ? null : 80 })
    expect(isComplete(hours.toReversed(), COMPLETENESS)).toBe(status === 'final')
  })

  test('more hours never make a day less complete', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 23 })),
        fc.integer({ min: 0, max: 23 }),
        (hours, one) => {
          const more = [...new Set([...hours, one])]
          expect(Number(isComplete(more, COMPLETENESS))).toBeGreaterThanOrEqual(
            Number(isComplete(hours, COMPLETENESS)),
          )
        },
      ),
    )
  })

  test('a pollutant with too few hours of its own is left out, and says how few', () => {
    const readings = ALL.map((hour) => reading(hour, hour < 5 ? { pm25: 80, so2: 300 } : { pm25: 80 }))
    expect(aggregate(readings)).toMatchObject({
      sub: { pm25: 80 },
      aqi: 80,
      status: 'final',
      hours: 24,
      hoursOf: { pm25: 24, so2: 5 },
    })
    expect(aggregate(readings).sub).not.toHaveProperty('so2')
  })

  test('where no pollutant is complete the day is partial, whatever its hours add up to', () => {
    const readings = ALL.map((hour) => reading(hour, hour < 12 ? { pm25: 80 } : { pm10: 40 }))
    expect(aggregate(readings)).toMatchObject({
      status: 'partial',
      hours: 24,
      sub: { pm25: 80, pm10: 40 },
      aqi: 80,
    })
  })

  test('the caller may ask for another rule', () => {
    const strict = { hours: 24, spreadHours: 24, longestStep: 1 }
    expect(aggregate(pm25At(ALL.slice(1)), { rule: strict }).status).toBe('partial')
    expect(aggregate(pm25At(ALL), { rule: strict }).status).toBe('final')
  })

  test('hours without a value are no hours', () => {
    expect(aggregate(ALL.map((hour) => reading(hour, {})))).toMatchObject({
      status: 'missing',
      hours: 0,
      sub: {},
    })
  })
})

describe('when a day is known', () => {
  test('at its finalisation, or with the last pull used where that is later', () => {
    expect(aggregate([]).knownAt).toBe(finalised)
    const late = reading(23, { pm25: 80 }, { knownAt: finalised + 5 })
    expect(aggregate([...pm25At(ALL.slice(0, 23)), late]).knownAt).toBe(finalised + 5)
  })

  test('a pull that was replaced does not delay it', () => {
    const replaced = reading(23, { pm25: 1 }, { knownAt: finalised + 5 })
    const last = reading(23, { pm25: 80 }, { knownAt: finalised + 9 })
    expect(aggregate([replaced, last]).knownAt).toBe(finalised + 9)
  })
})

describe('readings that are not alike are refused', () => {
  test.each([
    ['unlike-scales', { scale: 'us-epa-2024' }],
    ['unlike-readings', { evidence: 'model' }],
    ['unlike-readings', { evidence: 'sensor' }],
  ] as const)('%s', (code, other) => {
    expect(() => aggregate([reading(1, { pm25: 1 }), reading(2, { pm25: 1 }, other)])).toThrow(
      expect.objectContaining({ code, fault: 'input', message: expect.stringContaining(day) }),
    )
  })

  test('but those of other days are no concern of this one', () => {
    const other = reading(1, { pm25: 1 }, { hour: localHour('2026-01-06T01'), scale: 'us-epa-2024' })
    expect(aggregate([...pm25At(ALL), other]).status).toBe('final')
  })

  test.each([Number.NaN, -1, Number.POSITIVE_INFINITY])('%d is no sub-index', (value) => {
    expect(() => aggregate([reading(1, { pm25: value })])).toThrow(
      expect.objectContaining({ code: 'bad-value', fault: 'input' }),
    )
  })

  test('a zone that is none', () => {
    expect(() => aggregate([], { timeZone: 'Mars/Olympus' })).toThrow(
      expect.objectContaining({ code: 'bad-time-zone' }),
    )
  })

  test('a day takes the scale of its readings', () => {
    expect(aggregate([reading(1, { pm25: 1 }, { scale: 'cn-hj633-2026' })]).scale).toBe('cn-hj633-2026')
    expect(aggregate([], { scale: 'us-epa-2024', origin: 'simulator' })).toMatchObject({
      scale: 'us-epa-2024',
      origin: 'simulator',
    })
  })
})
