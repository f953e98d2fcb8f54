import type { Recipe } from '../forecaster.ts'
import type { TrainingMatrix } from '../matrix.ts'
import { type BlockErrors, BlockJudge } from './inner-folds.ts'

/** One recipe to be fitted and judged on one block. */
export interface Evaluation {
  readonly recipe: Recipe
  readonly block: number
}

/** What came of it: plain JSON, so that it can be written down and given back to a later search. */
export interface Evaluated extends Evaluation {
  readonly errors: BlockErrors
}

export interface EvaluateOptions {
  readonly seed: number
  readonly signal?: AbortSignal | undefined
  /** Asked before each; once true, no other is begun. */
  readonly isOver: () => boolean
  /** Called after each, in the order they are done; the next of the same thread waits for it. */
  readonly onEvaluated: (evaluated: Evaluated) => void | Promise<void>
}

/** Evaluates in any order; in another thread where it can. */
export type Evaluator = (evaluations: readonly Evaluation[], options: EvaluateOptions) => Promise<void>

/** Evaluates one after the other in this thread. */
export function evaluatorFor(inner: TrainingMatrix): Evaluator {
  const judge = new BlockJudge(inner)
  return async (evaluations, { seed, signal, isOver, onEvaluated }) => {
    for (const { recipe, block } of evaluations) {
      // Lets signals and progress through between the long computations.
      await new Promise((resolve) => setTimeout(resolve, 0))
      signal?.throwIfAborted()
      if (isOver()) return
      await onEvaluated({ recipe, block, errors: judge.errorsOf(recipe, block, seed) })
    }
  }
}

/** Of all evaluations of a search, by what they are of. */
export class EvaluationMemory {
  readonly #errors = new Map<string, BlockErrors>()

  constructor(known: readonly Evaluated[] = []) {
    for (const evaluated of known) this.add(evaluated)
  }

  add({ recipe, block, errors }: Evaluated): void {
    this.#errors.set(keyOf(recipe, block), errors)
  }

  get(recipe: Recipe, block: number): BlockErrors | undefined {
    return this.#errors.get(keyOf(recipe, block))
  }
}

function keyOf({ id, params }: Recipe, block: number): string {
  const sorted = Object.entries(params).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([id, block, sorted])
}
