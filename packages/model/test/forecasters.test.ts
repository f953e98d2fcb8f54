import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  climatology,
  dayOfYear,
  defaultRecipe,
  ewma,
  fitRecipe,
  FORECASTER_IDS,
  hoursSoFar,
  loadFitted,
  ModelError,
  persistence,
  ridge,
  rowAt,
  rowCount,
  type TrainingMatrix,
} from '../src/index.ts'
import { dailySeries, matrixOf } from './support/series.ts'

const context = { seed: 1 }
const matrix = matrixOf(dailySeries(900))

describe('persistence', () => {
  test('says the last value', () => {
    const fitted = persistence.fit(matrix, {}, context)
    expect(fitted.predict(rowAt(matrix, 10))).toBe(matrix.values[10 * matrix.columns.length])
  })
})

describe('hours so far', () => {
  const [last, soFar] = ['aqi_last', 'so_far']
  const rows: TrainingMatrix = {
    ...matrix,
    columns: [last, soFar],
    roles: { last, history: [], soFar },
    values: Float64Array.from([70, 90, 70, Number.NaN]),
  }
  const says = (of: TrainingMatrix) =>
    [0, 1].map((i) => hoursSoFar.fit(of, {}, context).predict(rowAt(rows, i)))

  test('says what they say, and without any the last value', () => {
    expect(says(rows)).toEqual([90, 70])
  })

  test('is persistence where rows have no hours', () => {
    expect(says({ ...rows, roles: { last, history: [] } })).toEqual([70, 70])
  })
})

describe('climatology', () => {
  test('says the median of the same season in past years', () => {
    const values = Array.from({ length: 365 * 4 }, (_, i) => (i % 365 < 182 ? 50 : 150))
    const seasonal = matrixOf(values, 17_897) // 2019-01-01
    const fitted = climatology.fit(seasonal, { halfWindow: 10 }, context)
    const on = (day: number) => fitted.predict({ values: new Float64Array(7), targetDay: day })
    expect(on(17_897 + 365 * 4 + 60)).toBe(50)
    expect(on(17_897 + 365 * 4 + 270)).toBe(150)
  })

  test('29 February has a place of its own and later days keep theirs', () => {
    const day = (text: string) => dayOfYear(Date.parse(`${text}T00:00:00Z`) / 86_400_000)
    expect(day('2023-03-01')).toBe(day('2024-03-01'))
    expect(day('2024-02-29')).toBe(59)
    expect([day('2023-12-31'), day('2024-12-31')]).toEqual([365, 365])
  })
})

describe('ewma', () => {
  test('alpha 1 is persistence', () => {
    const fitted = ewma.fit(matrix, { alphas: [1] }, context)
    for (const i of [0, 50, 400]) expect(fitted.predict(rowAt(matrix, i))).toBeCloseTo(persistenceAt(i), 9)
  })

  test('chooses the factor with the least error', () => {
    const random = [80, 120, 95, 60, 140, 100, 90, 110]
    const noise = matrixOf(Array.from({ length: 400 }, (_, i) => random[(i * 5 + (i % 3)) % 8] ?? 0))
    const chosen = ewma.fit(noise, { alphas: [0.3, 1] }, context).toJSON()
    expect(chosen['alpha']).toBe(0.3)
  })

  test('skips days without a value and falls back on the last one', () => {
    const fitted = ewma.fit(matrix, { alphas: [0.5] }, context)
    const values = Float64Array.from([70, Number.NaN, Number.NaN, Number.NaN, 4, 4, 0])
    expect(fitted.predict({ values, targetDay: 1 })).toBe(70)
  })

  const persistenceAt = (i: number) => matrix.values[i * matrix.columns.length] ?? Number.NaN
})

describe('ridge', () => {
  test('beats persistence on a series with memory, and noise gets no weight', () => {
    const fitted = ridge.fit(matrix, ridge.defaults, context)
    let [own, last] = [0, 0]
    for (let i = 0; i < rowCount(matrix); i++) {
      const outcome = matrix.outcomes[i] ?? 0
      own += Math.abs(fitted.predict(rowAt(matrix, i)) - outcome)
      last += Math.abs((matrix.values[i * matrix.columns.length] ?? 0) - outcome)
    }
    expect(own).toBeLessThan(last * 0.95)
    const { terms } = fitted.toJSON() as { terms: { feature: string; weight: number }[] }
    expect(terms.map(({ feature }) => feature)).toEqual(['log_0', 'log_1', 'noise'])
    expect(Math.abs(terms[2]?.weight ?? 1)).toBeLessThan(0.05)
  })

  test('a missing or absurd feature gives a finite forecast that is not negative', () => {
    const fitted = ridge.fit(matrix, ridge.defaults, context)
    const cell = fc.oneof(fc.constant(Number.NaN), fc.double({ noNaN: true, min: -1e9, max: 1e9 }))
    fc.assert(
      fc.property(fc.array(cell, { minLength: 7, maxLength: 7 }), (cells) => {
        const forecast = fitted.predict({ values: Float64Array.from(cells), targetDay: 19_000 })
        expect(Number.isFinite(forecast) && forecast >= 0).toBe(true)
      }),
    )
  })

  test('a constant series, a constant column and a column without values do no harm', () => {
    const constant = matrixOf(Array.from({ length: 200 }, () => 42))
    const empty = { ...constant, values: constant.values.map((v, i) => (i % 7 === 6 ? Number.NaN : v)) }
    const fitted = ridge.fit(empty, ridge.defaults, context)
    expect(fitted.predict(rowAt(empty, 5))).toBeCloseTo(42, 6)
  })

  test('too few rows are refused', () => {
    expect(() => ridge.fit(matrixOf(dailySeries(40)), ridge.defaults, context)).toThrow(
      expect.objectContaining({ code: 'too-few-rows' }),
    )
  })
})

describe('every forecaster', () => {
  test.each(FORECASTER_IDS)('%s survives a round trip through JSON', (id) => {
    const fitted = fitRecipe(defaultRecipe(id), matrix, context)
    const restored = loadFitted(id, JSON.parse(JSON.stringify(fitted)))
    for (let i = 0; i < rowCount(matrix); i += 37) {
      expect(restored.predict(rowAt(matrix, i))).toBe(fitted.predict(rowAt(matrix, i)))
    }
  })

  test.each(FORECASTER_IDS)('%s refuses JSON of another shape', (id) => {
    for (const data of [null, {}, { last: 'x' }, { last: 0, more: 1 }, { terms: [{}] }]) {
      try {
        loadFitted(id, data)
        expect.unreachable()
      } catch (error) {
        expect(ModelError.isInstance(error) && error.code).toBe('bad-model')
      }
    }
  })

  test.each(FORECASTER_IDS)('%s gives the same model for the same rows', (id) => {
    const fit = () => JSON.stringify(fitRecipe(defaultRecipe(id), matrix, context))
    expect(fit()).toBe(fit())
  })

  test('an unknown one is refused by name', () => {
    expect(() => defaultRecipe('prophet')).toThrow(/there is no forecaster "prophet"/)
  })
})
