import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  blend,
  boostedRidge,
  boosting,
  type BoostParams,
  fitRecipe,
  loadFitted,
  ModelError,
  ridge,
  rowAt,
  rowCount,
  type TrainingMatrix,
} from '../src/index.ts'
import { binColumns } from '../src/boosting/bins.ts'
import { boost as boostBinned, predictBoosted } from '../src/boosting/boost.ts'
import { contributionsOf } from '../src/boosting/contributions.ts'
import { dailySeries, matrixOf, seeded } from './support/series.ts'

const context = { seed: 1 }
const boost = (columns: readonly Float64Array[], target: Float64Array, params: BoostParams, seed: number) =>
  boostBinned(binColumns(columns), target, params, seed)
const quick: BoostParams = { ...boosting.defaults, trees: 60, rate: 0.1 }

/** y depends on two columns, the third is noise; `NaN` in the first means a value of its own. */
function sample(rows: number, seed: number) {
  const random = seeded(seed)
  const columns = [0, 1, 2].map(() => Float64Array.from({ length: rows }, () => Math.floor(random() * 100)))
  const [a, b] = columns
  if (a === undefined || b === undefined) throw new Error('no columns')
  for (let i = 0; i < rows; i += 11) a[i] = Number.NaN
  const truth = (row: number) =>
    (Number.isNaN(a[row]) ? 30 : (a[row] ?? 0) > 50 ? 20 : 0) + Math.sqrt(b[row] ?? 0)
  return { columns, target: Float64Array.from({ length: rows }, (_, i) => truth(i) + random() - 0.5) }
}

const rowOf = (columns: readonly Float64Array[], i: number) =>
  Float64Array.from(columns, (column) => column[i] ?? Number.NaN)

function meanError(fitted: ReturnType<typeof boost>, { columns, target }: ReturnType<typeof sample>): number {
  let sum = 0
  target.forEach((y, i) => {
    sum += Math.abs(predictBoosted(fitted, rowOf(columns, i)) - y)
  })
  return sum / target.length
}

describe.each(['l1', 'l2'] as const)('boosting with loss %s', (loss) => {
  const training = sample(1500, 1)
  const unseen = sample(600, 2)
  const params: BoostParams = { ...quick, loss, trees: 150, columnShare: 1 }
  const fitted = boost(training.columns, training.target, params, 7)

  test('learns steps, curves and missing values, and holds on unseen rows', () => {
    expect(meanError(fitted, unseen)).toBeLessThan(0.6)
  })

  test('the same rows and seed give the same trees, another seed others', () => {
    expect(boost(training.columns, training.target, params, 7)).toEqual(fitted)
    expect(boost(training.columns, training.target, params, 8)).not.toEqual(fitted)
  })

  test('contributions add up to the forecast', () => {
    for (const i of [0, 11, 500]) {
      const row = rowOf(training.columns, i)
      const { offset, byFeature } = contributionsOf(fitted, row)
      const sum = byFeature.reduce((a, b) => a + b, offset)
      expect(sum).toBeCloseTo(predictBoosted(fitted, row), 9)
    }
  })
})

describe('boosting', () => {
  test('a leaf is never smaller than minRows, so that few rows give no split', () => {
    const { columns, target } = sample(49, 3)
    const { trees } = boost(columns, target, { ...quick, minRows: 25, rowShare: 1 }, 1)
    expect(trees.every((tree) => tree.feature.length === 1)).toBe(true)
  })

  test('equal values are never parted, however the quantiles fall', () => {
    const values = Float64Array.from({ length: 400 }, (_, i) => (i < 390 ? 1 : 2))
    const target = values.map((value) => (value === 2 ? 10 : 0))
    const fitted = boost(
      [values],
      target,
      { ...quick, loss: 'l2', minRows: 5, rowShare: 1, columnShare: 1 },
      1,
    )
    expect(
      predictBoosted(fitted, Float64Array.of(2)) - predictBoosted(fitted, Float64Array.of(1)),
    ).toBeGreaterThan(9)
  })

  test('constant columns, constant targets and columns of nothing but NaN are survived', () => {
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 120 }), fc.constantFrom(0, 5, Number.NaN), (rows, fill) => {
        const columns = [new Float64Array(rows).fill(fill), new Float64Array(rows).fill(Number.NaN)]
        const fitted = boost(columns, new Float64Array(rows).fill(3), quick, 1)
        expect(predictBoosted(fitted, Float64Array.of(1, 2))).toBe(3)
      }),
    )
  })

  test('early stopping takes fewer trees where more would only learn the noise', () => {
    const random = seeded(5)
    const noise = Float64Array.from({ length: 600 }, () => random())
    const columns = [Float64Array.from({ length: 600 }, () => random())]
    const { trees } = boost(columns, noise, { ...quick, trees: 200, holdOut: 0.25, patience: 10 }, 1)
    expect(trees.length).toBeLessThan(60)
  })

  test.each([
    ['trees', 0],
    ['rate', 0],
    ['rate', Number.NaN],
    ['leaves', 1],
    ['rowShare', 1.5],
    ['holdOut', 0.9],
  ])('%s %d is refused by name', (name, value) => {
    const refused = () => boosting.fit(matrix, { ...boosting.defaults, [name]: value }, context)
    expect(refused).toThrow(ModelError)
    expect(refused).toThrow(new RegExp(name))
  })

  test('fewer than 60 rows are refused', () => {
    expect(() => boosting.fit(matrixOf(dailySeries(40)), boosting.defaults, context)).toThrow(
      /at least 60 rows/,
    )
  })
})

const matrix: TrainingMatrix = matrixOf(dailySeries(700))
const members = [
  { id: 'boosting', params: { ...quick } },
  { id: 'boosted-ridge', params: { ...boostedRidge.defaults, trees: 40 } },
]

describe('a blend', () => {
  const fitted = blend.fit(matrix, { members }, context)

  test('is the mean of its members on the log scale', () => {
    const alone = members.map((recipe) => fitRecipe(recipe, matrix, context))
    for (const i of [3, 200]) {
      const row = rowAt(matrix, i)
      const logs = alone.map((one) => Math.log1p(one.predict(row)))
      expect(Math.log1p(fitted.predict(row))).toBeCloseTo(logs.reduce((a, b) => a + b, 0) / logs.length, 12)
    }
  })

  test('beats persistence on a series with memory', () => {
    let [own, last] = [0, 0]
    for (let i = 0; i < rowCount(matrix); i++) {
      const outcome = matrix.outcomes[i] ?? 0
      own += Math.abs(fitted.predict(rowAt(matrix, i)) - outcome)
      last += Math.abs((matrix.values[i * matrix.columns.length] ?? 0) - outcome)
    }
    expect(own).toBeLessThan(last * 0.95)
  })

  test('takes members fitted before on the same rows', () => {
    const fits = new Map()
    const first = fitRecipe({ id: 'boosting', params: { ...quick } }, matrix, { seed: 1, fits })
    fitRecipe({ id: 'blend', params: { members } }, matrix, { seed: 1, fits })
    expect(fits.size).toBe(4) // with the ridge inside the boosted one
    expect([...fits.values()]).toContain(first)
  })

  test('of nothing, or of itself, is refused', () => {
    expect(() => blend.fit(matrix, { members: [] }, context)).toThrow(/members/)
    expect(() => blend.fit(matrix, { members: [{ id: 'blend', params: {} }] }, context)).toThrow(/members/)
    expect(() => loadFitted('blend', { members: [{ id: 'blend', fitted: {} }] })).toThrow(/within a blend/)
  })
})

describe('stored trees', () => {
  const stored = () =>
    structuredClone(boosting.fit(matrix, quick, context).toJSON()) as {
      boosted: { trees: { feature: number[]; left: number[]; value: number[] }[] }
    }

  test.each([
    ['a child before its parent', (tree: { left: number[] }) => (tree.left[0] = 0)],
    ['a child that is not there', (tree: { left: number[] }) => (tree.left[0] = 900)],
    ['an array too short', (tree: { value: number[] }) => tree.value.pop()],
  ])('%s is refused', (_, spoil) => {
    const data = stored()
    const tree = data.boosted.trees.find(({ feature }) => feature.length > 1)
    if (tree === undefined) throw new Error('no tree with a split')
    spoil(tree)
    expect(() => loadFitted('boosting', data)).toThrow(expect.objectContaining({ code: 'bad-model' }))
  })
})

describe('reasons', () => {
  test('of the ridge are exact: forecasts differ by what the reasons differ by', () => {
    const fitted = ridge.fit(matrix, ridge.defaults, context)
    const [first, second] = [rowAt(matrix, 50), rowAt(matrix, 51)]
    const sum = (row: typeof first) => fitted.explain(row).reduce((total, { log }) => total + log, 0)
    expect(sum(first) - sum(second)).toBeCloseTo(
      Math.log1p(fitted.predict(first)) - Math.log1p(fitted.predict(second)),
      9,
    )
  })

  test('name features, and the blend’s are the mean of its members’', () => {
    const fitted = blend.fit(matrix, { members }, context)
    const row = rowAt(matrix, 80)
    const of = (id: string) =>
      fitRecipe(members.find((member) => member.id === id) ?? { id, params: {} }, matrix, context)
        .explain(row)
        .find(({ feature }) => feature === 'log_0')?.log ?? Number.NaN
    const own = fitted.explain(row).find(({ feature }) => feature === 'log_0')?.log
    expect(own).toBeCloseTo((of('boosting') + of('boosted-ridge')) / 2, 12)
  })
})
