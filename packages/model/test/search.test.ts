import { describe, expect, test } from 'vitest'
import {
  defaultRecipe,
  type Evaluated,
  fitRecipe,
  hyperparametersDocumentSchema,
  ModelError,
  parseHyperparametersDocument,
  rowAt,
  rowCount,
  searchHyperparameters,
  type SearchOptions,
  type TrainingMatrix,
  tunedRecipes,
} from '../src/index.ts'
import { dailySeries, matrixOf, seeded } from './support/series.ts'

const TEST_DAYS = 60
const options = (more: Partial<SearchOptions> = {}): SearchOptions => ({
  testDays: TEST_DAYS,
  trials: 12,
  seed: 1,
  ...more,
})
const matrix = matrixOf(dailySeries(420))

/** What no honest search may look at is made unusable. */
function withSpoiltTestRows(whole: TrainingMatrix): TrainingMatrix {
  const first = rowCount(whole) - TEST_DAYS
  const spoilt = (source: Float64Array, width = 1) => source.slice().fill(Number.NaN, first * width)
  return {
    ...whole,
    values: spoilt(whole.values, whole.columns.length),
    outcomes: spoilt(whole.outcomes),
    targetDays: whole.targetDays.slice().fill(-1, first),
  }
}

describe('a search', () => {
  test('gives the same for the same seed, other trials for another', async () => {
    const [first, again, other] = [
      await searchHyperparameters(matrix, ['ridge'], options()),
      await searchHyperparameters(matrix, ['ridge'], options()),
      await searchHyperparameters(matrix, ['ridge'], options({ seed: 2 })),
    ]
    expect(again).toEqual(first)
    expect(other.tuned[0]?.trials[1]).not.toEqual(first.tuned[0]?.trials[1])
  })

  test('reads no outcome, feature or day of the test rows', async () => {
    const honest = await searchHyperparameters(matrix, ['ridge'], options())
    expect(await searchHyperparameters(withSpoiltTestRows(matrix), ['ridge'], options())).toEqual(honest)
    // The canary sings: one row more of them and the search would see it.
    const greedy = searchHyperparameters(
      withSpoiltTestRows(matrix),
      ['ridge'],
      options({ testDays: TEST_DAYS - 1 }),
    )
    await expect(greedy).rejects.toThrow('not a finite number')
  })

  test('uses no outcome that became known only after the first test decision', async () => {
    const late = {
      ...matrix,
      outcomeKnownAt: matrix.outcomeKnownAt.slice(),
      outcomes: matrix.outcomes.slice(),
    }
    const row = rowCount(matrix) - TEST_DAYS - 40
    late.outcomeKnownAt[row] = Number.POSITIVE_INFINITY
    const before = await searchHyperparameters(late, ['ridge'], options())
    late.outcomes[row] = 500
    expect(await searchHyperparameters(late, ['ridge'], options())).toEqual(before)
  })

  test('the defaults are its first trial, and what it finds is no worse on the same rows', async () => {
    const { tuned, judged } = await searchHyperparameters(matrix, ['ridge'], options({ trials: 25 }))
    const [{ best, defaults, trials, complete } = { best: null, defaults: null, trials: [] }] = tuned
    expect(defaults?.params).toEqual(defaultRecipe('ridge').params)
    expect(trials).toHaveLength(25)
    expect([defaults?.blocks, best?.blocks, complete]).toEqual([8, 8, true])
    expect(best?.relMae).toBeLessThanOrEqual(defaults?.relMae ?? 0)
    expect(judged.lastDay).toBe(matrix.targetDays[rowCount(matrix) - TEST_DAYS - 1])
  })

  test('finds what the defaults miss: few rows, half of them noise', async () => {
    const { tuned } = await searchHyperparameters(steps(360), ['boosting'], options({ trials: 33 }))
    const { best, defaults } = tuned[0]!
    expect(best.relMae).toBeLessThan(0.97 * defaults.relMae)
  }, 60_000)

  test('stops poor trials early', async () => {
    const { tuned } = await searchHyperparameters(matrix, ['ridge'], options({ trials: 33 }))
    const trials = tuned[0]!.trials
    const stopped = trials.filter(({ blocks }) => blocks === 2)
    expect(stopped.length).toBeGreaterThan(trials.length / 3)
    const fits = trials.reduce((sum, { blocks }) => sum + blocks, 0)
    expect(fits).toBeLessThan(0.65 * 8 * trials.length)
  })

  test('a blend is searched by its members and judged as a whole', async () => {
    const fake = { trials: 2, timeLeft: () => Number.POSITIVE_INFINITY }
    const { tuned } = await searchHyperparameters(matrix, ['persistence', 'blend'], options(fake))
    expect(tuned.map(({ id }) => id)).toEqual(['boosting', 'boosted-ridge', 'blend'])
    const [boosting, boostedRidge, blend] = tuned
    const found = blend?.trials.at(-1)?.params['members']
    expect(found).toEqual([
      { id: 'boosting', params: boosting?.best.params },
      { id: 'boosted-ridge', params: boostedRidge?.best.params },
    ])
  }, 60_000)

  test('forecasters with nothing to search leave nothing', async () => {
    const { tuned } = await searchHyperparameters(matrix, ['persistence', 'climatology'], options())
    expect(tuned).toEqual([])
  })
})

/** An outcome that steps with two of six columns; the others are noise. */
function steps(rows: number): TrainingMatrix {
  const random = seeded(5)
  const plain = matrixOf(dailySeries(rows))
  const columns = ['last', 'a', 'b', 'c', 'd', 'e', 'f']
  const values = Float64Array.from({ length: rowCount(plain) * columns.length }, () => random())
  const outcomes = Float64Array.from({ length: rowCount(plain) }, (_, i) => {
    const [a = 0, b = 0] = values.subarray(i * columns.length + 1)
    return (a > 0.5 ? 60 : 20) * (b > 0.5 ? 3 : 1) + 5 * random()
  })
  for (let i = 1; i < outcomes.length; i++) values[i * columns.length] = outcomes[i - 1] ?? 0
  return { ...plain, columns, roles: { last: 'last', history: ['last'] }, values, outcomes }
}

describe('time and interruptions', () => {
  test('when time is up the defaults stand and the search says it is not complete', async () => {
    const { tuned } = await searchHyperparameters(matrix, ['ridge'], options({ timeLeft: () => 0 }))
    expect(tuned[0]).toMatchObject({ complete: false, best: { number: 0 }, trials: [{ number: 0 }] })
  })

  test('each forecaster gets its share of the time', async () => {
    // Each fit takes one unit; the defaults of ridge take eight of the sixty.
    let left = 60
    const { tuned } = await searchHyperparameters(
      matrix,
      ['ridge', 'boosted-ridge'],
      options({ trials: 1000, timeLeft: () => left, onEvaluated: () => void (left -= 1) }),
    )
    expect(tuned.map(({ complete }) => complete)).toEqual([false, false])
    expect(tuned.every(({ trials }) => trials.length >= 5)).toBe(true)
    expect(left).toBe(0)
  })

  test('goes on after an interruption where it was: nothing is fitted twice, the result is the same', async () => {
    const whole: Evaluated[] = []
    const record = (into: Evaluated[]) => (evaluated: Evaluated) => {
      into.push(structuredClone(evaluated))
    }
    const result = await searchHyperparameters(matrix, ['ridge'], options({ onEvaluated: record(whole) }))

    const controller = new AbortController()
    const before: Evaluated[] = []
    const killed = searchHyperparameters(
      matrix,
      ['ridge'],
      options({
        signal: controller.signal,
        onEvaluated: (evaluated) => {
          record(before)(evaluated)
          if (before.length === 21) controller.abort(new Error('killed'))
        },
      }),
    )
    await expect(killed).rejects.toThrow('killed')

    const after: Evaluated[] = []
    const known = JSON.parse(JSON.stringify(before)) as Evaluated[]
    const resumed = await searchHyperparameters(
      matrix,
      ['ridge'],
      options({ known, onEvaluated: record(after) }),
    )
    expect(resumed).toEqual(result)
    expect([...before, ...after]).toEqual(whole)
  })

  test('more trials later repeat none of the earlier ones', async () => {
    const fits = { known: [] as Evaluated[], more: 0, fresh: 0 }
    const search = (trials: number, more: Partial<SearchOptions>) =>
      searchHyperparameters(matrix, ['ridge'], options({ trials, ...more }))
    await search(20, { onEvaluated: (evaluated) => void fits.known.push(evaluated) })
    const more = await search(40, { known: fits.known, onEvaluated: () => void (fits.more += 1) })
    expect(more).toEqual(await search(40, { onEvaluated: () => void (fits.fresh += 1) }))
    expect(fits.more).toBeLessThan(fits.fresh - 50)
  })

  test('progress tells the best so far', async () => {
    const seen: [string, number, number][] = []
    await searchHyperparameters(
      matrix,
      ['ridge'],
      options({ onProgress: ({ id, trials, best }) => seen.push([id, trials, best.relMae]) }),
    )
    expect(seen.map(([id, trials]) => [id, trials])).toEqual([
      ['ridge', 1],
      ['ridge', 9],
      ['ridge', 12],
    ])
    const bests = seen.map(([, , relMae]) => relMae)
    expect(bests).toEqual(bests.toSorted((a, b) => b - a))
  })
})

test.each([
  [{ testDays: 350 }, 'too-few-rows', /128 days before the 350 test days; there are 67/],
  [{ testDays: 500 }, 'too-few-rows', /there are 0/],
  [{ trials: 0 }, 'bad-params', /at least one trial/],
])('a search of %o is refused with %s', async (more, code, message) => {
  const error: unknown = await searchHyperparameters(matrix, ['ridge'], options(more)).catch(
    (e: unknown) => e,
  )
  expect(ModelError.isInstance(error) && error.code).toBe(code)
  expect((error as Error).message).toMatch(message)
})

describe('the document of a search', () => {
  const document = {
    format: 'airq-hyperparameters',
    formatVersion: 1,
    station: 'beijing',
    decision: 'end-of-day',
    informationSet: 'daily',
    simulated: false,
    seed: 1,
    judged: { rows: 730, firstDay: '2023-01-01', lastDay: '2024-12-31' },
    recipes: [
      {
        id: 'ridge',
        params: { penalties: [42], clip: 0.01 },
        relMae: 0.88,
        defaultRelMae: 0.89,
        trials: [{ number: 0, params: {}, blocks: 8, relMae: 0.89 }],
      },
    ],
  }

  test('gives recipes that can be fitted, with defaults for what it leaves out', () => {
    const sparse = structuredClone(document)
    sparse.recipes[0]!.params = { penalties: [42] } as never
    const recipe = tunedRecipes(parseHyperparametersDocument(sparse)).get('ridge')!
    expect(recipe.params).toEqual({ penalties: [42], clip: 0.005 })
    expect(fitRecipe(recipe, matrix, { seed: 1 }).predict(rowAt(matrix, 0))).toBeGreaterThan(0)
  })

  test('forecasters that no longer exist are passed over', () => {
    const other = structuredClone(document)
    other.recipes[0]!.id = 'oracle'
    expect(tunedRecipes(parseHyperparametersDocument(other)).size).toBe(0)
  })

  test('anything else is refused, naming the place', () => {
    const spoilt = { ...document, judged: { ...document.judged, firstDay: 'soon' } }
    expect(() => parseHyperparametersDocument(spoilt)).toThrow(
      expect.objectContaining({ code: 'bad-model', where: 'judged.firstDay' }),
    )
  })

  test('has a JSON Schema', () => {
    expect(hyperparametersDocumentSchema()).toMatchObject({
      type: 'object',
      properties: { format: { const: 'airq-hyperparameters' } },
      additionalProperties: false,
    })
  })
})
