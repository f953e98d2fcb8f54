import {
  assembleBacktest,
  type backtest,
  type Backtest,
  type BacktestOptions,
  planBacktest,
  type SegmentForecasts,
} from '../backtest.ts'
import type { Recipe } from '../forecaster.ts'
import type { TrainingMatrix } from '../matrix.ts'
import type { Evaluator } from '../search/evaluation.ts'
import { WorkerPool } from './worker-pool.ts'

export interface WorkerOptions {
  /** Default: the cores this process may use. */
  readonly threads?: number | undefined
}

/** Threads that backtest and search; close them when all is done. */
export interface Workers extends AsyncDisposable {
  readonly threads: number
  /** As `backtest`, with the same result: each refit is made in the next free thread. Several may run at once. */
  readonly backtest: typeof backtest
  /** For `searchHyperparameters`: recipes are judged in the next free thread. */
  readonly evaluator: (inner: TrainingMatrix) => Evaluator
  readonly close: () => Promise<void>
}

/** Threads are begun with the first work. What is aborted is ended in the midst of it. */
export function startWorkers({ threads }: WorkerOptions = {}): Workers {
  const pool = new WorkerPool(threads)
  return {
    threads: pool.threads,
    backtest: (matrix, recipes, options) => backtestOn(pool, matrix, recipes, options),
    evaluator: (inner) => evaluatorOn(pool, inner),
    close: () => pool.close(),
    [Symbol.asyncDispose]: () => pool.close(),
  }
}

/** One series to be backtested. */
export interface BacktestJob {
  readonly matrix: TrainingMatrix
  readonly recipes: readonly Recipe[]
  readonly options: Omit<BacktestOptions, 'signal'>
}

/**
 * Backtests many series on worker threads; the results are those of `backtest`, in the order of the jobs.
 * @throws the error of the first that failed, of its class; the reason of the signal
 */
export async function backtestInParallel(
  jobs: readonly BacktestJob[],
  { threads, signal }: WorkerOptions & { readonly signal?: AbortSignal | undefined } = {},
): Promise<Backtest[]> {
  await using workers = startWorkers({ threads })
  const failing = new AbortController()
  const stop = signal === undefined ? failing.signal : AbortSignal.any([signal, failing.signal])
  return await Promise.all(
    jobs.map(async ({ matrix, recipes, options }) => {
      try {
        return await workers.backtest(matrix, recipes, { ...options, signal: stop })
      } catch (error) {
        failing.abort(error)
        throw error
      }
    }),
  )
}

async function backtestOn(
  pool: WorkerPool,
  matrix: TrainingMatrix,
  recipes: readonly Recipe[],
  { seed, signal, onRefit, ...options }: BacktestOptions,
): Promise<Backtest> {
  const plan = planBacktest(matrix, options)
  const total = plan.segments.length
  const forecasts: SegmentForecasts[] = []
  let [begun, ended] = [0, 0]
  const indexes = new Map<object, number>()
  try {
    await pool.run({
      matrix,
      signal,
      next() {
        // The last segments have most to learn from and take longest: they come first.
        const index = total - 1 - begun
        const segment = plan.segments[index]
        if (segment === undefined) return null
        begun += 1
        const task = { kind: 'segment' as const, recipes, segment, seed }
        indexes.set(task, index)
        return task
      },
      done(task, result) {
        if (result.kind === 'segment') forecasts[indexes.get(task) ?? 0] = result.forecasts
        ended += 1
        onRefit?.(ended, total)
      },
    })
  } finally {
    pool.forget(matrix)
  }
  return assembleBacktest(matrix, recipes.length, plan, forecasts)
}

function evaluatorOn(pool: WorkerPool, inner: TrainingMatrix): Evaluator {
  return async (evaluations, { seed, signal, isOver, onEvaluated }) => {
    const left = evaluations.values()
    await pool.run({
      matrix: inner,
      signal,
      next() {
        if (isOver()) return null
        const { value, done } = left.next()
        return done === true ? null : { kind: 'block', evaluation: value, seed }
      },
      async done(task, result) {
        if (task.kind !== 'block' || result.kind !== 'block') return
        await onEvaluated({ ...task.evaluation, errors: result.errors })
      },
    })
  }
}
