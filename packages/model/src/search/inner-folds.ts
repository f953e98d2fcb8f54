import { ModelError } from '../errors.ts'
import type { Recipe } from '../forecaster.ts'
import { fitRecipe } from '../forecasters/index.ts'
import {
  at,
  checkMatrix,
  columnIndex,
  firstRows,
  knownRows,
  rowAt,
  rowCount,
  type TrainingMatrix,
} from '../matrix.ts'

/** A stretch of rows forecast by one fit on what was known at its first decision. */
export interface Block {
  readonly start: number
  readonly end: number
}

/** How wrong one recipe was on one block, beside persistence on the same rows. */
export interface BlockErrors {
  readonly rows: number
  /** Sums of absolute errors, in the unit of the series. */
  readonly absolute: number
  readonly persistence: number
}

const BLOCKS = 8
const MOST_JUDGED = 730
const LEAST_JUDGED = 48
const ROWS_TO_LEARN_FROM = 80

/**
 * The rows a search may look at: those before the last `testDays` whose outcome was known when the first of these was
 * decided. Of the rows left out, the instant of that one decision is all that is read.
 */
export function innerRows(matrix: TrainingMatrix, testDays: number): TrainingMatrix {
  const first = rowCount(matrix) - testDays
  const needed = ROWS_TO_LEARN_FROM + LEAST_JUDGED
  const inner =
    first < needed
      ? null
      : knownRows(firstRows(matrix, first), at(matrix.decidedAt, Math.min(first, rowCount(matrix) - 1)))
  if (inner === null || rowCount(inner) < needed) {
    throw new ModelError(
      'too-few-rows',
      `a search needs ${String(needed)} days before the ${String(testDays)} test days; there are ${String(Math.max(0, first))}`,
      { hint: 'Import a longer history or lower training.testDays; until then the defaults serve well.' },
    )
  }
  checkMatrix(inner)
  return inner
}

/** The last two years of the inner rows, or what leaves enough to learn from, in eight parts of equal length. */
export function judgedBlocks(inner: TrainingMatrix): Block[] {
  const rows = rowCount(inner)
  const judged = Math.min(MOST_JUDGED, rows - ROWS_TO_LEARN_FROM)
  const edge = (k: number) => rows - judged + Math.round((k * judged) / BLOCKS)
  return Array.from({ length: BLOCKS }, (_, k) => ({ start: edge(k), end: edge(k + 1) }))
}

/**
 * In which order blocks are judged, and after how many the poor trials are stopped. Two seasons of the last year come
 * first, then the other two of the year before, so that each step has seen as many seasons as it can.
 */
export const BLOCK_ORDER = [7, 5, 2, 0, 6, 4, 3, 1] as const
export const STEPS = [2, 4, 8] as const

/** Judges recipes on blocks; what is learnt from is laid out once for each block. */
export class BlockJudge {
  readonly #inner: TrainingMatrix
  readonly #blocks: readonly Block[]
  readonly #training = new Map<number, TrainingMatrix>()

  constructor(inner: TrainingMatrix) {
    this.#inner = inner
    this.#blocks = judgedBlocks(inner)
  }

  /** @throws ModelError as `fitRecipe` */
  errorsOf(recipe: Recipe, block: number, seed: number): BlockErrors {
    const range = this.#blocks[block]
    if (range === undefined) throw new ModelError('bad-params', `there is no block ${String(block)}`)
    const matrix = this.#inner
    const fitted = fitRecipe(recipe, this.#trainingOf(block, range), { seed, fits: new Map() })
    const last = columnIndex(matrix.columns, matrix.roles.last)
    let [absolute, persistence] = [0, 0]
    for (let row = range.start; row < range.end; row++) {
      const outcome = at(matrix.outcomes, row)
      const given = rowAt(matrix, row)
      absolute += Math.abs(fitted.predict(given) - outcome)
      persistence += Math.abs(at(given.values, last) - outcome)
    }
    return { rows: range.end - range.start, absolute, persistence }
  }

  #trainingOf(block: number, { start }: Block): TrainingMatrix {
    const known = this.#training.get(block)
    if (known !== undefined) return known
    const training = knownRows(this.#inner, at(this.#inner.decidedAt, start))
    this.#training.set(block, training)
    return training
  }
}
