import { afterAll, describe, expect, test } from 'vitest'
import { backtest, defaultRecipe, ModelError, searchHyperparameters } from '../src/index.ts'
import { type BacktestJob, backtestInParallel, startWorkers } from '../src/node/index.ts'
import { dailySeries, matrixOf } from './support/series.ts'

const RECIPES = [
  defaultRecipe('ridge'),
  { id: 'boosted-ridge', params: { ...defaultRecipe('boosted-ridge').params, trees: 20 } },
]
const job = (seed: number, days = 330): BacktestJob => ({
  matrix: matrixOf(dailySeries(days, seed)),
  recipes: RECIPES,
  options: { testDays: 60, warmUpDays: 60, seed: 1 },
})
const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

describe('backtests on threads', () => {
  test('give what the same backtests give in this thread, in the order of the series', async () => {
    const jobs = [1, 2, 3].map((seed) => job(seed))
    const sequential = []
    for (const { matrix, recipes, options } of jobs) sequential.push(await backtest(matrix, recipes, options))
    expect(await backtestInParallel(jobs, { threads: 2 })).toEqual(sequential)
    expect(await backtestInParallel(jobs.slice(0, 1), { threads: 4 })).toEqual(sequential.slice(0, 1))
  })

  test('an error is of its class, says the same, and ends the others', async () => {
    const bad = {
      ...job(1),
      recipes: [
        { id: 'ridge', params: { penalties: [1], clip: 0 } },
        { id: 'oracle', params: {} },
      ],
    }
    const here = await failureOf(backtest(bad.matrix, bad.recipes, bad.options))
    const there = await failureOf(backtestInParallel([job(1), bad, job(2)]))
    if (!ModelError.isInstance(here) || !ModelError.isInstance(there)) throw new Error('not of the class')
    const facts = ({ code, fault, message, hint }: ModelError) => ({ code, fault, message, hint })
    expect(facts(there)).toEqual(facts(here))
  })

  test('a series too short is refused before any thread is begun', async () => {
    const error = await failureOf(backtestInParallel([{ ...job(1, 50) }]))
    expect(ModelError.isInstance(error) && error.code).toBe('too-few-rows')
  })

  test('an abort ends them in the midst of a fit, with its reason', async () => {
    const long: BacktestJob = {
      ...job(1),
      recipes: [{ id: 'boosting', params: { ...defaultRecipe('boosting').params, trees: 5000, leaves: 64 } }],
    }
    const reason = new Error('enough')
    const error = await failureOf(backtestInParallel([long, long], { signal: AbortSignal.timeout(300) }))
    expect((error as Error).name).toBe('TimeoutError')
    expect(await failureOf(backtestInParallel([long], { signal: AbortSignal.abort(reason) }))).toBe(reason)
  }, 10_000)
})

describe('workers', () => {
  const workers = startWorkers({ threads: 2 })
  afterAll(() => workers.close())

  test('a search on threads finds what it finds in this one', async () => {
    const { matrix } = job(1)
    const options = { testDays: 60, trials: 10, seed: 1 }
    const here = await searchHyperparameters(matrix, ['ridge'], options)
    const { evaluator } = workers
    expect(await searchHyperparameters(matrix, ['ridge'], { ...options, evaluator })).toEqual(here)
  })

  test('go on after an abort and after an error', async () => {
    const { matrix, recipes, options } = job(4)
    const controller = new AbortController()
    const aborted = workers.backtest(matrix, recipes, {
      ...options,
      signal: controller.signal,
      onRefit: () => {
        controller.abort(new Error('stop'))
      },
    })
    expect(await failureOf(aborted)).toMatchObject({ message: 'stop' })
    expect(await failureOf(workers.backtest(matrix, [{ id: 'oracle', params: {} }], options))).toMatchObject({
      code: 'unknown-forecaster',
    })
    expect(await workers.backtest(matrix, recipes, options)).toEqual(await backtest(matrix, recipes, options))
  })

  test('tell each refit', async () => {
    const { matrix, recipes, options } = job(5)
    const refits: [number, number][] = []
    await workers.backtest(matrix, recipes, {
      ...options,
      onRefit: (done, total) => refits.push([done, total]),
    })
    expect(refits.map(([done]) => done)).toEqual(refits.map((_, i) => i + 1))
    expect(refits.at(-1)?.[0]).toBe(refits.at(-1)?.[1])
  })

  test('use the cores there are unless told otherwise', async () => {
    await using own = startWorkers()
    expect(own.threads).toBeGreaterThanOrEqual(1)
    expect(workers.threads).toBe(2)
  })
})
