import { describe, expect, test } from 'vitest'
import {
  loadModel,
  type ModelDocument,
  modelDocumentSchema,
  parseModelDocument,
  ridge,
  rowAt,
} from '../src/index.ts'
import { dailySeries, matrixOf } from './support/series.ts'

const matrix = matrixOf(dailySeries(400))

function document(): ModelDocument {
  return {
    format: 'airq-forecast-model',
    formatVersion: 1,
    station: 'somewhere',
    target: {
      name: 'aqi',
      scale: 'us-epa-2015',
      timeZone: 'UTC',
      dailyValue: 'mean',
      classBounds: [50.5, 100.5],
    },
    decision: 'end-of-day',
    lead: 1,
    coverage: 0.9,
    simulated: true,
    informationSets: {
      daily: {
        columns: [...matrix.columns],
        recipe: { id: 'ridge', params: { ...ridge.defaults } },
        fitted: ridge.fit(matrix, ridge.defaults, { seed: 1 }).toJSON(),
        residuals: [-0.2, 0, 0.1, 0.3],
        residualsFrom: { kind: 'test-days', firstDay: '2024-01-01', lastDay: '2024-01-04' },
      },
    },
  }
}

describe('model document', () => {
  test('forecasts the same after a round trip through JSON', () => {
    const stored: unknown = JSON.parse(JSON.stringify(document()))
    const row = rowAt(matrix, 20)
    const direct = ridge.fit(matrix, ridge.defaults, { seed: 1 }).predict(row)
    const { point, lower, upper } = loadModel(stored).forecast(matrix.columns, row)
    expect(point).toBe(direct)
    expect(lower).toBeLessThan(point)
    expect(upper).toBeGreaterThan(point)
  })

  test('a row with other columns is refused', () => {
    const model = loadModel(document())
    expect(() => model.forecast(matrix.columns.toReversed(), rowAt(matrix, 0))).toThrow(/other columns/)
  })

  test.each([
    ['a newer format', { formatVersion: 2 }],
    ['an unknown key', { extra: true }],
    ['no residuals', { informationSets: { daily: { ...document().informationSets.daily, residuals: [] } } }],
    ['a coverage of 1', { coverage: 1 }],
  ])('%s is refused', (_, change) => {
    expect(() => parseModelDocument({ ...document(), ...change })).toThrow(
      expect.objectContaining({ code: 'bad-model' }),
    )
  })

  test('the published schema is JSON Schema 2020-12 of this document', () => {
    const schema = modelDocumentSchema()
    expect(schema['$schema']).toBe('https://json-schema.org/draft/2020-12/schema')
    expect(Object.keys(schema['properties'] as object)).toEqual(Object.keys(document()))
  })
})
