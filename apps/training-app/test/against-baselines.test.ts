import { defaultRecipe, dieboldMariano } from '@airq/model'
import { expect, test } from 'vitest'
import { againstBaselines, type Alone } from '../src/against-baselines.ts'
import { scoresTable } from '../src/scores-text.ts'

const SCORES = {
  mae: 1,
  rmse: 1,
  relMae: 1,
  skill: 0,
  bias: 0,
  categoryAccuracy: 1,
  coverage90: 0.9,
  width90: 1,
  winkler90: 1,
  crps: 1,
  brier: { 100: 0 },
  f1: { 100: null },
  f1Interval: { 100: null },
  slices: {},
}

const actual = Array.from({ length: 60 }, (_, i) => 50 + ((i * 37) % 101))
const off = (by: number) => actual.map((value, i) => value + by * (((i * 29) % 7) - 3))

function contender(name: string, forecasts: readonly number[], id = name): Alone {
  return { name, recipe: defaultRecipe(id), scores: SCORES, forecasts, lower: [], upper: [], residuals: [] }
}

const ALONE = [
  contender('persistence', off(6)),
  contender('hours-so-far', off(3)),
  contender('climatology', off(9)),
  contender('ridge', off(2)),
  contender('champion', off(8), 'ridge'),
]
const valuesOf = (name: string, days = actual) =>
  againstBaselines(days, ALONE).find((one) => one.name === name)?.scores.dieboldMariano

test('each is set beside every baseline but itself, by the test that the gate asks', () => {
  expect(Object.keys(valuesOf('ridge') ?? {})).toEqual(['persistence', 'hours-so-far', 'climatology'])
  expect(Object.keys(valuesOf('persistence') ?? {})).toEqual(['hours-so-far', 'climatology'])
  expect(valuesOf('ridge')?.['persistence']).toBe(dieboldMariano(actual, off(2), off(6)).pFirstBetter)
  expect(valuesOf('ridge')?.['persistence']).toBeLessThan(0.001)
  expect(valuesOf('champion')?.['persistence']).toBeGreaterThan(0.999)
})

test('on fewer than ten days nothing can be said', () => {
  expect(valuesOf('ridge', actual.slice(0, 9))).toEqual({
    persistence: null,
    'hours-so-far': null,
    climatology: null,
  })
})

test('the table has a column for persistence, and one for the hours so far where they stand beside', () => {
  const all = againstBaselines(actual, ALONE)
  const [head = '', persistence = '', , , ridge = ''] = scoresTable(all, 100).split('\n')
  expect(head).toMatch(/Winkler +p +p hours$/)
  expect(persistence.trimEnd()).toMatch(/1\.000$/)
  expect(ridge).toMatch(/< 0\.001 +< 0\.001$/)
  expect(
    scoresTable(
      all.filter(({ name }) => name !== 'hours-so-far'),
      100,
    ),
  ).not.toContain('hours')
})

test('what does not fit is left out in order, and named', () => {
  const longest = { ...SCORES, mae: 123.45, rmse: 234.56, skill: -0.1234, bias: -123.45, winkler90: 1234.5 }
  const wide = againstBaselines(actual, [...ALONE, contender('global-boosting', off(4), 'ridge')]).map(
    (one) => ({ ...one, scores: { ...longest, dieboldMariano: one.scores.dieboldMariano } }),
  )
  const headOf = (columns: number) => scoresTable(wide, columns).split('\n')[0]?.trim().split(/ {2,}/)
  expect(headOf(120)).toHaveLength(10)
  expect(headOf(80)).not.toContain('Winkler')
  for (const columns of [68, 80]) {
    const lines = scoresTable(wide, columns).split('\n')
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(columns)
    expect(lines.at(-1)).toMatch(/^ {2}left out, in --json: Winkler/)
  }
})
