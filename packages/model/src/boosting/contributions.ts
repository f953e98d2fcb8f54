import type { Boosted } from './boost.ts'
import { childOf, type Tree } from './tree.ts'

/**
 * By how much each feature moved the sum of the trees for this row, against the mean row of the training: at every
 * split on the row's way down, the change of the node's mean is the split feature's. Adds up exactly:
 * prediction = `offset` + the contributions. One entry a feature.
 * Source: Saabas, "Interpreting random forests" (2014).
 */
export function contributionsOf(
  { base, trees }: Boosted,
  values: Float64Array,
): { readonly offset: number; readonly byFeature: Float64Array } {
  const byFeature = new Float64Array(values.length)
  let offset = base
  for (const tree of trees) {
    offset += tree.value[0] ?? 0
    addPath(tree, values, byFeature)
  }
  return { offset, byFeature }
}

function addPath(tree: Tree, values: Float64Array, byFeature: Float64Array): void {
  let node = 0
  for (;;) {
    const feature = tree.feature[node] ?? -1
    if (feature < 0) return
    const child = childOf(tree, node, values)
    byFeature[feature] = (byFeature[feature] ?? 0) + (tree.value[child] ?? 0) - (tree.value[node] ?? 0)
    node = child
  }
}
