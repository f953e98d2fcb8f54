import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  type ForecastRow,
  loadModel,
  packResiduals,
  type ModelDocument,
  modelDocumentSchema,
  parseModelDocument,
  ridge,
  rowAt,
} from '../src/index.ts'
import { dailySeries, matrixOf } from './support/series.ts'

const matrix = matrixOf(dailySeries(400))
const golden = new URL('./fixtures/format-1.json', import.meta.url)

interface Forecast1 {
  point: number
  lower: number
  upper: number
  probabilities: number[]
}

function document(): ModelDocument {
  return {
    format: 'airq-forecast-model',
    formatVersion: 2,
    station: 'somewhere',
    target: {
      name: 'aqi',
      scale: 'us-epa-2015',
      timeZone: 'UTC',
      dailyValue: 'mean',
      classBounds: [50.5, 100.5],
    },
    decision: 'end-of-day',
    decisionHour: 24,
    lead: 1,
    coverage: 0.9,
    simulated: true,
    informationSets: {
      daily: {
        needs: [],
        columns: [...matrix.columns],
        recipe: { id: 'ridge', params: { ...ridge.defaults } },
        fitted: ridge.fit(matrix, ridge.defaults, { seed: 1 }).toJSON(),
        spread: { kind: 'constant' },
        residuals: packResiduals(
          [-0.2, -0.1, 0, 0.1, 0.3].map((log, i) => ({ decidedAt: i, knownAt: i + 1, log, scale: 1 })),
        ),
        residualsFrom: { kind: 'backtest', firstDay: '2024-01-01', lastDay: '2024-01-04' },
      },
    },
  }
}

const question = (row: ForecastRow) => ({ columns: matrix.columns, row, decidedAt: 1000 })

describe('model document', () => {
  test('forecasts the same after a round trip through JSON', () => {
    const stored: unknown = JSON.parse(JSON.stringify(document()))
    const row = rowAt(matrix, 20)
    const direct = ridge.fit(matrix, ridge.defaults, { seed: 1 }).predict(row)
    const { point, lower, upper } = loadModel(stored).forecast(question(row))
    expect(point).toBeCloseTo(direct, 9)
    expect(lower).toBeLessThan(point)
    expect(upper).toBeGreaterThan(point)
  })

  test('documents of format 1 still forecast the same', () => {
    const { row, models } = JSON.parse(readFileSync(golden, 'utf8')) as {
      row: { targetDay: number; values: number[] }
      models: { document: { informationSets: { daily: { columns: string[] } } }; forecast: Forecast1 }[]
    }
    expect(models).toHaveLength(4)
    for (const { document: old, forecast } of models) {
      const { point, lower, upper, probabilities } = loadModel(old).forecast({
        columns: old.informationSets.daily.columns,
        row: { ...row, values: Float64Array.from(row.values) },
        decidedAt: Date.UTC(2026, 0, 1),
      })
      expect([point, lower, upper]).toEqual(
        [forecast.point, forecast.lower, forecast.upper].map((value) => expect.closeTo(value, 9) as unknown),
      )
      expect(probabilities).toEqual(forecast.probabilities)
    }
  })

  test('holds a model for each information set, told from the poorest to the richest', () => {
    const { daily } = document().informationSets
    const richer = {
      ...daily,
      needs: ['stationHours'],
      recipe: { id: 'persistence', params: {} },
      fitted: { last: 0 },
    }
    const model = loadModel({
      ...document(),
      decision: 'evening',
      decisionHour: 20,
      informationSets: {
        '+weather': { ...richer, needs: ['stationHours', 'weather'] },
        daily,
        '+stationHours': richer,
      },
    })
    expect(model.sets.map(({ name, needs }) => [name, needs])).toEqual([
      ['daily', []],
      ['+stationHours', ['stationHours']],
      ['+weather', ['stationHours', 'weather']],
    ])
    const row = rowAt(matrix, 20)
    const points = model.sets.map((set) => set.forecast(question(row)).point)
    expect(points[0]).toBe(model.forecast(question(row)).point)
    expect(points[1]).toBeCloseTo(row.values[0] ?? 0, 9)
  })

  test('a row with other columns is refused', () => {
    const model = loadModel(document())
    expect(() =>
      model.forecast({ ...question(rowAt(matrix, 0)), columns: matrix.columns.toReversed() }),
    ).toThrow(/other columns/)
  })

  test.each([
    ['a newer format', { formatVersion: 3 }],
    ['no format', { formatVersion: 'two' }],
    ['an unknown key', { extra: true }],
    [
      'no residuals',
      { informationSets: { daily: { ...document().informationSets.daily, residuals: packResiduals([]) } } },
    ],
    [
      'residuals that do not hold together',
      {
        informationSets: {
          daily: {
            ...document().informationSets.daily,
            residuals: { ...document().informationSets.daily.residuals, log: [0.1] },
          },
        },
      },
    ],
    ['a coverage of 1', { coverage: 1 }],
    ['a decision nobody knows', { decision: 'noon' }],
    ['no set of daily values', { informationSets: { '+weather': document().informationSets.daily } }],
  ])('%s is refused', (_, change) => {
    expect(() => parseModelDocument({ ...document(), ...change })).toThrow(
      expect.objectContaining({ code: 'bad-model' }),
    )
  })

  test('the published schema is JSON Schema 2020-12 of this document', () => {
    const schema = modelDocumentSchema()
    expect(schema['$schema']).toBe('https://json-schema.org/draft/2020-12/schema')
    expect(Object.keys(schema['properties'] as object).toSorted()).toEqual(Object.keys(document()).toSorted())
  })
})
