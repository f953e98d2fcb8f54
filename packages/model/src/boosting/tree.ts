import { at } from '../matrix.ts'
import { type BinnedColumns, MOST_BINS } from './bins.ts'

/** A regression tree in arrays: node k splits `feature[k]` at `threshold[k]`, or is a leaf where `feature[k]` is −1. */
export interface Tree {
  readonly feature: number[]
  /** A value up to it, or a missing one, goes left; with `null` only a missing one. */
  readonly threshold: (number | null)[]
  readonly left: number[]
  readonly right: number[]
  /** Of a leaf what it adds; of the others the mean of what lies below them. */
  readonly value: number[]
}

/** Rows `start … end` of the rearranged rows lie in a leaf. */
export interface LeafRows {
  readonly node: number
  readonly start: number
  readonly end: number
}

export interface GrowOptions {
  readonly leaves: number
  readonly minRows: number
  /** Columns that may be split. */
  readonly columns: Int32Array
}

interface Split {
  readonly gain: number
  /** Position among the allowed columns. */
  readonly slot: number
  readonly bin: number
}

interface Leaf {
  readonly node: number
  /** Rows of the leaf: `rows[start … end)`. */
  readonly start: number
  readonly end: number
  readonly histogram: Histogram
  readonly split: Split | null
}

/** For each allowed column and bin, the sum of gradients and the count of rows, side by side. */
type Histogram = Float64Array

/** What all leaves of a tree are grown from. */
interface Ground {
  readonly binned: BinnedColumns
  readonly gradients: Float64Array
  readonly rows: Int32Array
  readonly options: GrowOptions
  /** Histograms to use again: allocating them anew takes longer than filling them. */
  readonly spare: Histogram[]
}

/** Kept between trees by the caller: histograms to use again, all for the same number of columns. */
export type SpareHistograms = Float64Array[]

/**
 * Grows a tree leaf by leaf, the best split first, on gradients of the loss (negative: the value should rise). Leaf
 * values are left to the caller: `leafRows` tells which rows lie where, in the order of `rows`, which is rearranged.
 */
export function growTree(
  binned: BinnedColumns,
  gradients: Float64Array,
  rows: Int32Array,
  options: GrowOptions,
  spare: SpareHistograms = [],
): { tree: Tree; leafRows: LeafRows[] } {
  const ground: Ground = { binned, gradients, rows, options, spare }
  const tree: Tree = { feature: [], threshold: [], left: [], right: [], value: [] }
  const scratch = new Int32Array(rows.length)
  const root = histogramOf(ground, 0, rows.length)
  const leaves: Leaf[] = [leafOf(ground, addNode(tree), 0, rows.length, root)]
  while (leaves.length < options.leaves) {
    const index = indexOfBest(leaves)
    const leaf = leaves[index]
    if (leaf?.split == null) break
    const { slot, bin } = leaf.split
    const column = at(options.columns, slot)
    const middle = partition(binned.bins, column * binned.rows, bin, rows, leaf.start, leaf.end, scratch)
    const isLast = leaves.length + 1 === options.leaves
    const [left, right] = halves(ground, tree, leaf, middle, isLast)
    tree.feature[leaf.node] = column
    tree.threshold[leaf.node] = bin === 0 ? null : (binned.bounds[column]?.[bin - 1] ?? 0)
    tree.left[leaf.node] = left.node
    tree.right[leaf.node] = right.node
    leaves.splice(index, 1, left, right)
  }
  for (const { histogram } of leaves) if (histogram.length > 0) spare.push(histogram)
  return { tree, leafRows: leaves.map(({ node, start, end }) => ({ node, start, end })) }
}

function addNode(tree: Tree): number {
  tree.feature.push(-1)
  tree.threshold.push(0)
  tree.left.push(-1)
  tree.right.push(-1)
  tree.value.push(0)
  return tree.feature.length - 1
}

function leafOf(ground: Ground, node: number, start: number, end: number, histogram: Histogram): Leaf {
  return { node, start, end, histogram, split: bestSplit(histogram, end - start, ground.options) }
}

function indexOfBest(leaves: readonly Leaf[]): number {
  let best = -1
  let bestGain = 0
  leaves.forEach(({ split }, i) => {
    if (split !== null && split.gain > bestGain) [best, bestGain] = [i, split.gain]
  })
  return best
}

/** The two leaves a split makes. The rows of the smaller are counted; the larger has what remains of the parent's. */
function halves(ground: Ground, tree: Tree, leaf: Leaf, middle: number, areFinal: boolean): [Leaf, Leaf] {
  const { start, end, histogram } = leaf
  const [leftNode, rightNode] = [addNode(tree), addNode(tree)]
  if (areFinal) {
    ground.spare.push(histogram)
    const none = new Float64Array(0)
    return [
      { node: leftNode, start, end: middle, histogram: none, split: null },
      { node: rightNode, start: middle, end, histogram: none, split: null },
    ]
  }
  const leftIsSmall = middle - start <= end - middle
  const small = leftIsSmall ? histogramOf(ground, start, middle) : histogramOf(ground, middle, end)
  for (let i = 0; i < histogram.length; i++) histogram[i] = (histogram[i] as number) - (small[i] as number)
  return [
    leafOf(ground, leftNode, start, middle, leftIsSmall ? small : histogram),
    leafOf(ground, rightNode, middle, end, leftIsSmall ? histogram : small),
  ]
}

/** Numbers a column has in a histogram. */
const CELLS = MOST_BINS * 2
/** Columns that are counted in one pass over the rows: additions to different bins need not wait for each other. */
const AT_ONCE = 4

function histogramOf(
  { binned, gradients, rows, options, spare }: Ground,
  start: number,
  end: number,
): Histogram {
  const { columns } = options
  const histogram = spare.pop()?.fill(0) ?? new Float64Array(columns.length * CELLS)
  const { bins, rows: stride } = binned
  let slot = 0
  for (; slot + AT_ONCE <= columns.length; slot += AT_ONCE) {
    const a = (columns[slot] as number) * stride
    const b = (columns[slot + 1] as number) * stride
    const c = (columns[slot + 2] as number) * stride
    const d = (columns[slot + 3] as number) * stride
    const base = slot * CELLS
    for (let k = start; k < end; k++) {
      const row = rows[k] as number
      const gradient = gradients[row] as number
      count(histogram, base + ((bins[a + row] as number) << 1), gradient)
      count(histogram, base + CELLS + ((bins[b + row] as number) << 1), gradient)
      count(histogram, base + 2 * CELLS + ((bins[c + row] as number) << 1), gradient)
      count(histogram, base + 3 * CELLS + ((bins[d + row] as number) << 1), gradient)
    }
  }
  for (; slot < columns.length; slot++) {
    const offset = (columns[slot] as number) * stride
    const base = slot * CELLS
    for (let k = start; k < end; k++) {
      const row = rows[k] as number
      count(histogram, base + ((bins[offset + row] as number) << 1), gradients[row] as number)
    }
  }
  return histogram
}

function count(histogram: Histogram, cell: number, gradient: number): void {
  histogram[cell] = (histogram[cell] as number) + gradient
  histogram[cell + 1] = (histogram[cell + 1] as number) + 1
}

/** The split that lowers the squared error of the gradients most; `null` where none leaves enough rows on both sides. */
function bestSplit(histogram: Histogram, rows: number, { columns, minRows }: GrowOptions): Split | null {
  if (rows < 2 * minRows || histogram.length === 0) return null
  let total = 0
  for (let bin = 0; bin < MOST_BINS; bin++) total += histogram[bin * 2] as number
  const whole = (total * total) / rows
  let best = { gain: 1e-12, slot: -1, bin: -1 }
  for (let slot = 0; slot < columns.length; slot++) {
    let cell = slot * CELLS
    let sum = 0
    let count = 0
    for (let bin = 0; bin < MOST_BINS - 1; bin++, cell += 2) {
      const inBin = histogram[cell + 1] as number
      if (inBin === 0) continue
      sum += histogram[cell] as number
      count += inBin
      if (count < minRows) continue
      const other = rows - count
      if (other < minRows) break
      const gain = (sum * sum) / count + ((total - sum) * (total - sum)) / other - whole
      if (gain > best.gain) best = { gain, slot, bin }
    }
  }
  return best.slot < 0 ? null : best
}

/** Rows up to the bin first, the others after them, each side in its order. Gives where the others begin. */
function partition(
  bins: Uint8Array,
  offset: number,
  bin: number,
  rows: Int32Array,
  start: number,
  end: number,
  scratch: Int32Array,
): number {
  let left = start
  let right = 0
  for (let k = start; k < end; k++) {
    const row = rows[k] as number
    if ((bins[offset + row] as number) <= bin) rows[left++] = row
    else scratch[right++] = row
  }
  rows.set(scratch.subarray(0, right), left)
  return left
}

/** The value of the leaf that a row of features falls into. */
export function predictTree(tree: Tree, values: Float64Array): number {
  let node = 0
  while ((tree.feature[node] ?? -1) >= 0) node = childOf(tree, node, values)
  return tree.value[node] ?? 0
}

/** The child of a node that a row of features goes on to. */
export function childOf(tree: Tree, node: number, values: Float64Array): number {
  const value = values[tree.feature[node] ?? -1] ?? Number.NaN
  const threshold = tree.threshold[node] ?? null
  const goesLeft = Number.isNaN(value) || (threshold !== null && value <= threshold)
  return (goesLeft ? tree.left[node] : tree.right[node]) ?? 0
}
