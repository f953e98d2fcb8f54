import { type BacktestSegment, forecastSegment, type SegmentForecasts } from '../backtest.ts'
import type { Recipe } from '../forecaster.ts'
import type { TrainingMatrix } from '../matrix.ts'
import type { Evaluation } from '../search/evaluation.ts'
import { type BlockErrors, BlockJudge } from '../search/inner-folds.ts'

/** Work on one matrix that any thread can do. */
export type Task =
  | {
      readonly kind: 'segment'
      readonly recipes: readonly Recipe[]
      readonly segment: BacktestSegment
      readonly seed: number
    }
  | { readonly kind: 'block'; readonly evaluation: Evaluation; readonly seed: number }

export type TaskResult =
  | { readonly kind: 'segment'; readonly forecasts: SegmentForecasts }
  | { readonly kind: 'block'; readonly errors: BlockErrors }

/** Does tasks on one matrix; what is laid out for one is kept for the next. */
export class MatrixWork {
  readonly #matrix: TrainingMatrix
  #judge: BlockJudge | undefined

  constructor(matrix: TrainingMatrix) {
    this.#matrix = matrix
  }

  run(task: Task): TaskResult {
    if (task.kind === 'segment') {
      const { recipes, segment, seed } = task
      return { kind: 'segment', forecasts: forecastSegment(this.#matrix, recipes, segment, seed) }
    }
    this.#judge ??= new BlockJudge(this.#matrix)
    const { recipe, block } = task.evaluation
    return { kind: 'block', errors: this.#judge.errorsOf(recipe, block, task.seed) }
  }
}
