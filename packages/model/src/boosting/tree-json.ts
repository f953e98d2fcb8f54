import { z } from 'zod'
import type { Tree } from './tree.ts'

const MOST_NODES = 1023
const MOST_TREES = 5000

const index = z.int().min(-1).max(MOST_NODES)

const TreeJson = z
  .strictObject({
    feature: z.array(z.int().min(-1).max(5000)).min(1).max(MOST_NODES),
    threshold: z.array(z.number().nullable()).max(MOST_NODES),
    left: z.array(index).max(MOST_NODES),
    right: z.array(index).max(MOST_NODES),
    value: z.array(z.number()).max(MOST_NODES),
  })
  .refine(isSound, 'a tree does not hold together')

/** Every way down ends: a node's children come after it. */
function isSound({ feature, threshold, left, right, value }: Tree): boolean {
  const nodes = feature.length
  if ([threshold, left, right, value].some((array) => array.length !== nodes)) return false
  return feature.every((column, node) =>
    column < 0 ? true : [left[node], right[node]].every((child = 0) => child > node && child < nodes),
  )
}

/** Trees of a model as they are stored. */
export const BoostedJson = z.strictObject({
  base: z.number(),
  trees: z.array(TreeJson).min(1).max(MOST_TREES),
})
