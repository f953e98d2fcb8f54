import type { Recipe } from '../forecaster.ts'
import { BLOCK_ORDER, STEPS } from './inner-folds.ts'
import type { Evaluated, EvaluationMemory, Evaluator } from './evaluation.ts'

/** One recipe that was tried. */
export interface Trial {
  readonly number: number
  readonly params: Readonly<Record<string, unknown>>
  /** On how many blocks it was judged: all of them, or stopped before as too poor. */
  readonly blocks: number
  /** Its mean absolute error on these blocks divided by persistence's. */
  readonly relMae: number
}

export interface StudyOptions {
  readonly seed: number
  readonly evaluator: Evaluator
  readonly memory: EvaluationMemory
  readonly signal?: AbortSignal | undefined
  readonly isOver: () => boolean
  readonly onEvaluated: (evaluated: Evaluated) => void | Promise<void>
}

/** Of the trials judged on the same blocks, one in so many goes on to the next step (successive halving). */
const GOES_ON = 3

interface Candidate {
  readonly number: number
  readonly recipe: Recipe
  /** relMae after each step it has done. */
  readonly steps: number[]
}

/** The trials of one forecaster: judges batches of recipes step by step, and stops the poor ones. */
export class Study {
  readonly #options: StudyOptions
  readonly #all: Candidate[] = []
  #isCut = false

  constructor(options: StudyOptions) {
    this.#options = options
  }

  /** Trials that were judged, best first: by the steps they came through, then by their error on these. */
  get ranked(): Trial[] {
    return this.#all
      .filter(({ steps }) => steps.length > 0)
      .toSorted((a, b) => b.steps.length - a.steps.length || lastOf(a) - lastOf(b) || a.number - b.number)
      .map(trialOf)
  }

  get trials(): Trial[] {
    return this.#all.filter(({ steps }) => steps.length > 0).map(trialOf)
  }

  /** True once time was up before something was judged. */
  get isCut(): boolean {
    return this.#isCut
  }

  get size(): number {
    return this.#all.length
  }

  /** Judges recipes step by step; those that are poor beside all others so far are stopped. */
  async judge(
    recipes: readonly Recipe[],
    {
      stopPoor = true,
      inAnyCase = false,
    }: {
      readonly stopPoor?: boolean
      /** However little time is left. */
      readonly inAnyCase?: boolean
    } = {},
  ): Promise<void> {
    let batch = recipes.map((recipe, i): Candidate => ({ number: this.#all.length + i, recipe, steps: [] }))
    this.#all.push(...batch)
    for (const [step, blocks] of STEPS.entries()) {
      const judged = BLOCK_ORDER.slice(0, blocks)
      await this.#evaluate(batch, judged, inAnyCase)
      for (const candidate of batch) {
        const relMae = this.#relMaeOf(candidate, judged)
        if (relMae === undefined) this.#isCut = true
        else candidate.steps.push(relMae)
      }
      batch = batch.filter(({ steps }) => steps.length > step)
      if (stopPoor) batch = this.#goingOn(batch, step)
    }
  }

  async #evaluate(batch: readonly Candidate[], blocks: readonly number[], inAnyCase: boolean): Promise<void> {
    const { evaluator, memory, seed, signal, isOver, onEvaluated } = this.#options
    const missing = batch.flatMap(({ recipe }) =>
      blocks.flatMap((block) => (memory.get(recipe, block) === undefined ? [{ recipe, block }] : [])),
    )
    await evaluator(missing, {
      seed,
      signal,
      isOver: () => !inAnyCase && isOver(),
      onEvaluated: async (evaluated) => {
        memory.add(evaluated)
        await onEvaluated(evaluated)
      },
    })
  }

  /** `undefined` where a block is missing: time was up. */
  #relMaeOf({ recipe }: Candidate, blocks: readonly number[]): number | undefined {
    let [absolute, persistence, rows] = [0, 0, 0]
    for (const block of blocks) {
      const errors = this.#options.memory.get(recipe, block)
      if (errors === undefined) return undefined
      absolute += errors.absolute
      persistence += errors.persistence
      rows += errors.rows
    }
    // A persistence without error leaves nothing to compare with: then it is the mean error.
    return absolute / (persistence > 0 ? persistence : rows)
  }

  #goingOn(batch: readonly Candidate[], step: number): Candidate[] {
    const peers = this.#all.flatMap(({ steps }) => steps[step] ?? []).toSorted((a, b) => a - b)
    const bar = peers[Math.ceil(peers.length / GOES_ON) - 1] ?? Number.NEGATIVE_INFINITY
    return batch.filter(({ steps }) => (steps[step] ?? Number.POSITIVE_INFINITY) <= bar)
  }
}

function lastOf({ steps }: Candidate): number {
  return steps.at(-1) ?? Number.POSITIVE_INFINITY
}

function trialOf(candidate: Candidate): Trial {
  return {
    number: candidate.number,
    params: candidate.recipe.params,
    blocks: STEPS[candidate.steps.length - 1] ?? 0,
    relMae: lastOf(candidate),
  }
}
