import { Matrix, solve } from 'ml-matrix'
import { describe, expect, test } from 'vitest'
import { solveRidge } from '../src/ridge/solve.ts'
import { seeded } from './support/series.ts'

const ROWS = 60
const WIDTH = 5

function centredData(seed: number) {
  const random = seeded(seed)
  const inputs = Array.from({ length: ROWS }, () => Array.from({ length: WIDTH }, () => random() - 0.5))
  const target = inputs.map((row) => (row[0] ?? 0) * 2 - (row[3] ?? 0) + (random() - 0.5) * 0.4)
  const mean = target.reduce((sum, value) => sum + value, 0) / ROWS
  for (let j = 0; j < WIDTH; j++) {
    const centre = inputs.reduce((sum, row) => sum + (row[j] ?? 0), 0) / ROWS
    for (const row of inputs) row[j] = (row[j] ?? 0) - centre
  }
  return { inputs, target: target.map((value) => value - mean) }
}

/** The textbook solution (XᵀX + λI)⁻¹Xᵀy. */
function textbook(inputs: number[][], target: number[], penalty: number): number[] {
  const x = new Matrix(inputs)
  const gram = x.transpose().mmul(x).add(Matrix.eye(WIDTH, WIDTH).mul(penalty))
  return solve(gram, x.transpose().mmul(Matrix.columnVector(target))).to1DArray()
}

/** Leave-one-out the long way: fit without each row, the mean included. */
function leaveOneOut(inputs: number[][], target: number[], penalty: number): number {
  let sum = 0
  for (let out = 0; out < ROWS; out++) {
    const others = inputs.filter((_, i) => i !== out)
    const outcomes = target.filter((_, i) => i !== out)
    const x = new Matrix(others.map((row) => [...row, 1]))
    const ridge = Matrix.eye(WIDTH + 1, WIDTH + 1).mul(penalty)
    ridge.set(WIDTH, WIDTH, 0)
    const gram = x.transpose().mmul(x).add(ridge)
    const weights = solve(gram, x.transpose().mmul(Matrix.columnVector(outcomes))).to1DArray()
    const forecast = [...(inputs[out] ?? []), 1].reduce((acc, value, j) => acc + value * (weights[j] ?? 0), 0)
    sum += ((target[out] ?? 0) - forecast) ** 2
  }
  return sum
}

describe('solveRidge', () => {
  test.each([0.1, 1, 25])('equals the textbook solution for penalty %d', (penalty) => {
    const { inputs, target } = centredData(3)
    const { weights } = solveRidge(Float64Array.from(inputs.flat()), Float64Array.from(target), WIDTH, [
      penalty,
    ])
    textbook(inputs, target, penalty).forEach((weight, j) => {
      expect(weights[j]).toBeCloseTo(weight, 9)
    })
  })

  test.each([1, 2, 3, 4])('chooses the penalty that real leave-one-out chooses (data %d)', (seed) => {
    const { inputs, target } = centredData(seed)
    const penalties = [0.01, 0.1, 1, 10, 100]
    const { penalty } = solveRidge(
      Float64Array.from(inputs.flat()),
      Float64Array.from(target),
      WIDTH,
      penalties,
    )
    const errors = penalties.map((candidate) => leaveOneOut(inputs, target, candidate))
    expect(penalty).toBe(penalties[errors.indexOf(Math.min(...errors))])
  })

  test('two equal columns share their weight', () => {
    const { inputs, target } = centredData(5)
    const doubled = inputs.map((row) => [...row.slice(0, 4), row[0] ?? 0])
    const { weights } = solveRidge(Float64Array.from(doubled.flat()), Float64Array.from(target), WIDTH, [1])
    expect(weights[0]).toBeCloseTo(weights[4] ?? Number.NaN, 6)
  })
})
