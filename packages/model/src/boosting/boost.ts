import { at } from '../matrix.ts'
import { drawSorted, seededUniform } from '../random.ts'
import type { BinnedColumns } from './bins.ts'
import { medianInPlace } from './median.ts'
import { growTree, type LeafRows, predictTree, type SpareHistograms, type Tree } from './tree.ts'

export interface BoostParams {
  /** `l1`: medians in the leaves, for the smallest absolute error; `l2`: means. */
  readonly loss: 'l1' | 'l2'
  readonly trees: number
  /** Share of each tree's values that counts. */
  readonly rate: number
  readonly leaves: number
  /** Rows a leaf has at least. */
  readonly minRows: number
  /** Share of the rows each tree sees. */
  readonly rowShare: number
  /** Share of the columns each tree may split. */
  readonly columnShare: number
  /**
   * Share of the rows, the newest, on which the number of trees is chosen (early stopping) before all rows are fitted
   * with it; 0: `trees` as they are.
   */
  readonly holdOut: number
  /** Early stopping ends after so many trees without a better one. */
  readonly patience: number
}

export interface Boosted {
  readonly base: number
  readonly trees: readonly Tree[]
}

/**
 * Gradient boosting on binned columns. L1: trees are grown on the signs of the residuals and their leaves hold
 * medians; L2: on the residuals, with means. Rows in the order of time; the same input and seed give the same trees.
 */
export function boost(
  binned: BinnedColumns,
  target: Float64Array,
  params: BoostParams,
  seed: number,
): Boosted {
  const trees = params.holdOut > 0 ? chooseTrees(binned, target, params, seed) : params.trees
  const grower = new Grower(binned, target, params, seed)
  for (let t = 0; t < trees; t++) grower.grow()
  return { base: grower.base, trees: grower.trees }
}

/** How many trees forecast the newest rows best when grown on the rows before them. */
function chooseTrees(binned: BinnedColumns, target: Float64Array, params: BoostParams, seed: number): number {
  const split = Math.floor(target.length * (1 - params.holdOut))
  if (split < 2 * params.minRows || split === target.length) return params.trees
  const grower = new Grower(binned, target, params, seed, split)
  let best = { trees: 0, loss: Number.POSITIVE_INFINITY }
  for (let t = 1; t <= params.trees && t - best.trees <= params.patience; t++) {
    grower.grow()
    const loss = grower.lossFrom(split)
    if (loss < best.loss) best = { trees: t, loss }
  }
  return Math.max(1, best.trees)
}

/** The state between two trees. */
class Grower {
  readonly base: number
  readonly trees: Tree[] = []
  readonly #target: Float64Array
  readonly #rows: number
  readonly #params: BoostParams
  readonly #binned: BinnedColumns
  readonly #fitted: Float64Array
  readonly #gradients: Float64Array
  readonly #uniform: () => number
  readonly #spare: SpareHistograms = []

  /** Trees are grown on the first `rows` rows; all rows are forecast. */
  constructor(
    binned: BinnedColumns,
    target: Float64Array,
    params: BoostParams,
    seed: number,
    rows = target.length,
  ) {
    this.#target = target
    this.#rows = rows
    this.#params = params
    this.#binned = binned
    this.#uniform = seededUniform(seed)
    const seen = target.subarray(0, rows)
    this.base = params.loss === 'l1' ? medianInPlace(seen.slice()) : meanOf(seen)
    this.#fitted = new Float64Array(target.length).fill(this.base)
    this.#gradients = new Float64Array(target.length)
  }

  grow(): Tree {
    const { loss, leaves, minRows, rowShare, columnShare } = this.#params
    const target = this.#target
    for (let i = 0; i < target.length; i++) {
      const residual = (target[i] as number) - (this.#fitted[i] as number)
      this.#gradients[i] = loss === 'l1' ? Math.sign(residual) : residual
    }
    const rows = drawSorted(this.#rows, rowShare, this.#uniform)
    const columns = drawSorted(this.#binned.bounds.length, columnShare, this.#uniform)
    const options = { leaves, minRows, columns }
    const { tree, leafRows } = growTree(this.#binned, this.#gradients, rows, options, this.#spare)
    this.#fillValues(tree, leafRows, rows)
    this.trees.push(tree)
    this.#add(tree)
    return tree
  }

  /** Mean loss of the rows from one on. */
  lossFrom(row: number): number {
    let sum = 0
    for (let i = row; i < this.#target.length; i++) {
      const error = at(this.#target, i) - at(this.#fitted, i)
      sum += this.#params.loss === 'l1' ? Math.abs(error) : error * error
    }
    return sum / (this.#target.length - row)
  }

  /** Leaves hold what their rows still lack; a node above them the mean of its leaves, by rows. */
  #fillValues(tree: Tree, leafRows: readonly LeafRows[], rows: Int32Array): void {
    const { loss, rate } = this.#params
    const counts = new Int32Array(tree.value.length)
    for (const { node, start, end } of leafRows) {
      const lacking = new Float64Array(end - start)
      for (let k = start; k < end; k++) {
        const row = rows[k] as number
        lacking[k - start] = (this.#target[row] as number) - (this.#fitted[row] as number)
      }
      tree.value[node] = short(rate * (loss === 'l1' ? medianInPlace(lacking) : meanOf(lacking)))
      counts[node] = end - start
    }
    for (let node = tree.value.length - 1; node >= 0; node--) {
      const [left, right] = [tree.left[node] ?? -1, tree.right[node] ?? -1]
      if (left < 0) continue
      const [a, b] = [at(counts, left), at(counts, right)]
      counts[node] = a + b
      tree.value[node] = short(
        (a * (tree.value[left] ?? 0) + b * (tree.value[right] ?? 0)) / Math.max(1, a + b),
      )
    }
  }

  /** Thresholds as bins: comparing bytes is what makes this loop cheap. */
  #add(tree: Tree): void {
    const { bins, bounds, rows: stride } = this.#binned
    const cuts = tree.feature.map((feature, node) => {
      const threshold = tree.threshold[node] ?? null
      return feature < 0 || threshold === null ? 0 : (bounds[feature]?.indexOf(threshold) ?? 0) + 1
    })
    for (let i = 0; i < stride; i++) {
      let node = 0
      for (;;) {
        const feature = tree.feature[node] as number
        if (feature < 0) break
        const goesLeft = (bins[feature * stride + i] as number) <= (cuts[node] as number)
        node = (goesLeft ? tree.left[node] : tree.right[node]) as number
      }
      this.#fitted[i] = (this.#fitted[i] as number) + (tree.value[node] as number)
    }
  }
}

/** The sum of base and trees for a row of features. */
export function predictBoosted({ base, trees }: Boosted, values: Float64Array): number {
  let sum = base
  for (const tree of trees) sum += predictTree(tree, values)
  return sum
}

/** Values of leaves are rounded: a millionth of a log unit is nothing, and a stored tree stays small. */
function short(value: number): number {
  return Math.round(value * 1e6) / 1e6
}

function meanOf(values: Float64Array): number {
  let sum = 0
  for (const value of values) sum += value
  return values.length === 0 ? 0 : sum / values.length
}
