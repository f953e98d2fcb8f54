// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- ambient types of a package that has none
/// <reference path="../ml-regression.d.ts" />
import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import { MultivariateLinearRegression } from 'ml-regression'
import { at } from '../matrix.ts'

export interface RidgeSolution {
  /** One weight a column, for centred inputs and a centred target. */
  readonly weights: readonly number[]
  readonly penalty: number
}

/**
 * Ridge regression of a centred target on centred columns (`inputs` row-major, `rows × width`). The penalty
 * with the least squared leave-one-out error is chosen; all penalties share one eigendecomposition of XᵀX.
 */
export function solveRidge(
  inputs: Float64Array,
  target: Float64Array,
  width: number,
  penalties: readonly number[],
): RidgeSolution {
  const eigen = new EigenvalueDecomposition(gram(inputs, width), { assumeSymmetric: true })
  const values = eigen.realEigenvalues.map((value) => Math.max(0, value))
  const vectors = eigen.eigenvectorMatrix
  const rotated = rotate(inputs, vectors, width)
  const moments = momentsOf(rotated, target, width)
  const penalty = leastLeaveOneOut(rotated, target, values, moments, penalties)
  return { weights: regress(values, vectors, moments, penalty), penalty }
}

function gram(inputs: Float64Array, width: number): Matrix {
  const sums = new Float64Array(width * width)
  for (let start = 0; start < inputs.length; start += width) {
    for (let a = 0; a < width; a++) {
      const left = at(inputs, start + a)
      if (left === 0) continue
      for (let b = a; b < width; b++)
        sums[a * width + b] = at(sums, a * width + b) + left * at(inputs, start + b)
    }
  }
  const matrix = Matrix.zeros(width, width)
  for (let a = 0; a < width; a++) {
    for (let b = a; b < width; b++) {
      matrix.set(a, b, at(sums, a * width + b))
      matrix.set(b, a, at(sums, a * width + b))
    }
  }
  return matrix
}

/** The inputs in the basis of the eigenvectors, row-major. */
function rotate(inputs: Float64Array, vectors: Matrix, width: number): Float64Array {
  const basis = Float64Array.from(vectors.to1DArray())
  const rotated = new Float64Array(inputs.length)
  for (let start = 0; start < inputs.length; start += width) {
    for (let k = 0; k < width; k++) {
      const value = at(inputs, start + k)
      if (value === 0) continue
      for (let j = 0; j < width; j++)
        rotated[start + j] = at(rotated, start + j) + value * at(basis, k * width + j)
    }
  }
  return rotated
}

function momentsOf(rotated: Float64Array, target: Float64Array, width: number): Float64Array {
  const moments = new Float64Array(width)
  for (let i = 0; i < target.length; i++) {
    for (let j = 0; j < width; j++) moments[j] = at(moments, j) + at(rotated, i * width + j) * at(target, i)
  }
  return moments
}

function leastLeaveOneOut(
  rotated: Float64Array,
  target: Float64Array,
  values: readonly number[],
  moments: Float64Array,
  penalties: readonly number[],
): number {
  let best = penalties[0] ?? 1
  let bestError = Number.POSITIVE_INFINITY
  for (const penalty of penalties) {
    const error = leaveOneOutError(rotated, target, values, moments, penalty)
    if (error < bestError) [best, bestError] = [penalty, error]
  }
  return best
}

/** Sum over the rows of (residual / (1 − leverage))², the leverage of the mean included. */
function leaveOneOutError(
  rotated: Float64Array,
  target: Float64Array,
  values: readonly number[],
  moments: Float64Array,
  penalty: number,
): number {
  const width = values.length
  const shrink = Float64Array.from(values, (value) => 1 / (value + penalty))
  const slopes = shrink.map((factor, j) => factor * at(moments, j))
  let sum = 0
  for (let i = 0; i < target.length; i++) {
    let fitted = 0
    let leverage = 1 / target.length
    for (let j = 0; j < width; j++) {
      const x = at(rotated, i * width + j)
      fitted += x * at(slopes, j)
      leverage += x * x * at(shrink, j)
    }
    sum += ((at(target, i) - fitted) / Math.max(1e-9, 1 - leverage)) ** 2
  }
  return sum
}

/**
 * The final regression. The decomposition compresses the training rows and the penalty into `width` rows
 * with the same normal equations, (Λ + λ)^½ Vᵀ against (Λ + λ)^−½ Vᵀ Xᵀy, so that ordinary least squares on
 * them is the ridge on all rows.
 */
function regress(
  values: readonly number[],
  vectors: Matrix,
  moments: Float64Array,
  penalty: number,
): number[] {
  const roots = values.map((value) => Math.sqrt(value + penalty))
  const rows = roots.map((root, j) => vectors.getColumn(j).map((component) => root * component))
  const targets = roots.map((root, j) => [at(moments, j) / root])
  const fit = new MultivariateLinearRegression(rows, targets, { intercept: false, statistics: false })
  return fit.weights.map((row) => row[0] ?? Number.NaN)
}
