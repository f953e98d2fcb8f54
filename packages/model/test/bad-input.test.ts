import { describe, expect, test } from 'vitest'
import {
  backtest,
  defaultRecipe,
  type Distribution,
  FORECASTER_IDS,
  issuedBy,
  parseModelDocument,
  rowCount,
  scoredRows,
  type TrainingMatrix,
} from '../src/index.ts'
import { dailySeries, matrixOf } from './support/series.ts'

const options = { coverage: 0.9, classBounds: [50.5, 100.5, 150.5] }
const quick = FORECASTER_IDS.map((id) =>
  id === 'boosting' || id === 'boosted-ridge'
    ? { id, params: { ...defaultRecipe(id).params, trees: 15 } }
    : id === 'blend'
      ? {
          id,
          params: {
            members: ['boosting', 'boosted-ridge'].map((member) => ({
              id: member,
              params: { ...defaultRecipe(member).params, trees: 15 },
            })),
          },
        }
      : defaultRecipe(id),
)

function without(matrix: TrainingMatrix, drop: (row: number) => boolean): TrainingMatrix {
  const rows = Array.from({ length: rowCount(matrix) }, (_, row) => row).filter((row) => !drop(row))
  const width = matrix.columns.length
  const pick = (array: Float64Array) => Float64Array.from(rows, (row) => array[row] ?? Number.NaN)
  return {
    ...matrix,
    values: Float64Array.from(
      rows.flatMap((row) => [...matrix.values.subarray(row * width, (row + 1) * width)]),
    ),
    outcomes: pick(matrix.outcomes),
    targetDays: Int32Array.from(rows, (row) => matrix.targetDays[row] ?? 0),
    decidedAt: pick(matrix.decidedAt),
    outcomeKnownAt: pick(matrix.outcomeKnownAt),
  }
}

/** The feature columns are all missing; only the series itself is there. */
function bare(matrix: TrainingMatrix): TrainingMatrix {
  const width = matrix.columns.length
  return { ...matrix, values: matrix.values.map((value, i) => (i % width >= 4 ? Number.NaN : value)) }
}

const series = dailySeries(420)

describe.each([
  ['a constant series', matrixOf(series.map(() => 42))],
  ['a series of zeros', matrixOf(series.map(() => 0))],
  ['a jump to another level for good', matrixOf(series.map((value, i) => (i < 300 ? value : value * 6)))],
  ['a sensor that sticks at 999', matrixOf(series.map((value, i) => (i % 50 < 3 ? 999 : value)))],
  ['fractions instead of index points', matrixOf(series.map((value) => value / 1000))],
  ['values in the thousands', matrixOf(series.map((value) => value * 50))],
  ['a gap of four months', without(matrixOf(series), (row) => row > 150 && row < 270)],
  ['rows with nothing but the series itself', bare(matrixOf(series))],
])('%s', (_, matrix) => {
  test('every forecaster issues finite, not negative forecasts within their own interval', async () => {
    const result = await backtest(matrix, quick, { testDays: 60, seed: 1 })
    const rows = scoredRows(result)
    expect(rows).toHaveLength(60)
    quick.forEach((recipe, index) => {
      const issued = issuedBy(result, index, { ...options, from: result.testFrom })
      expect([recipe.id, issued.filter((given) => given === null || !isSound(given))]).toEqual([
        recipe.id,
        [],
      ])
    })
  })
})

function isSound({ point, lower, upper, probabilities, sample }: Distribution): boolean {
  const numbers = [point, lower, upper, ...probabilities, ...sample]
  return numbers.every((value) => Number.isFinite(value) && value >= 0) && lower <= point && point <= upper
}

test('twenty days are refused with the reason', async () => {
  await expect(
    backtest(matrixOf(dailySeries(20)), [defaultRecipe('blend')], { testDays: 5, seed: 1 }),
  ).rejects.toMatchObject({ code: 'too-few-rows', message: expect.stringContaining('at least 60') as string })
})

describe('a package', () => {
  const document = (residuals: object) => ({
    format: 'airq-forecast-model',
    formatVersion: 2,
    station: 's',
    target: { name: 'aqi', scale: 's', timeZone: 'UTC', dailyValue: 'd', classBounds: [] },
    decision: 'end-of-day',
    decisionHour: 24,
    lead: 1,
    coverage: 0.9,
    simulated: false,
    informationSets: {
      daily: {
        needs: [],
        columns: ['last'],
        recipe: { id: 'persistence', params: {} },
        fitted: { last: 0 },
        spread: { kind: 'constant' },
        residuals,
        residualsFrom: { kind: 'backtest', firstDay: '2025-01-01', lastDay: '2025-01-02' },
      },
    },
  })
  const one = { decidedAt: [1], knownAt: [2], log: [0.1], scale: [1] }

  test.each([
    ['with NaN', { ...one, log: [Number.NaN] }],
    ['with an infinite number', { ...one, log: [Number.POSITIVE_INFINITY] }],
    ['with a spread of 0', { ...one, scale: [0] }],
    [
      'with a huge array',
      Object.fromEntries(
        Object.entries(one).map(([key, [value = 1]]) => [key, Array<number>(1e5).fill(value)]),
      ),
    ],
  ])('%s is refused', (_, residuals) => {
    expect(() => parseModelDocument(document(residuals))).toThrow(
      expect.objectContaining({ code: 'bad-model' }),
    )
  })

  test('that is sound is taken', () => {
    expect(parseModelDocument(document(one)).station).toBe('s')
  })
})
