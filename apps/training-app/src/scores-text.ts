import Table from 'cli-table3'
import { displayWidth } from '@airq/pipeline'
import { BASELINES, type Contender } from './compare.ts'
import type { ContenderScores } from './contender-scores.ts'

const BARE = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '  ',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

interface Column {
  readonly title: string
  readonly value: (scores: ContenderScores) => string
}

const MAE: Column = { title: 'MAE', value: ({ mae }) => mae.toFixed(2) }
const RMSE: Column = { title: 'RMSE', value: ({ rmse }) => rmse.toFixed(2) }
const REL_MAE: Column = { title: 'relMae', value: ({ relMae }) => relMae.toFixed(3) }
const SKILL: Column = { title: 'skill', value: ({ skill }) => percent(skill) }
const BIAS: Column = { title: 'bias', value: ({ bias }) => bias.toFixed(2) }
const CLASS_HIT: Column = { title: 'class hit', value: (scores) => percent(scores.categoryAccuracy) }
const COVERAGE: Column = { title: 'in 90 %', value: ({ coverage90 }) => percent(coverage90) }
const WINKLER: Column = { title: 'Winkler', value: ({ winkler90 }) => winkler90.toFixed(1) }

const COLUMNS = [MAE, RMSE, REL_MAE, SKILL, BIAS, CLASS_HIT, COVERAGE, WINKLER]
/** Where a table is too wide, these go, the first first; `--json` has them all. */
const DISPENSABLE = [WINKLER, RMSE, BIAS, CLASS_HIT, COVERAGE]
const P_TITLES: Readonly<Record<string, string>> = { persistence: 'p', 'hours-so-far': 'p hours' }
const P_MEANING = {
  persistence: 'p: how likely such a lead over persistence is by chance',
  'hours-so-far': 'p hours: the same over the hours so far',
}

/**
 * A table of scores for people, best first, with the p-value of each lead over persistence and the hours so far.
 * What does not fit is left out and named below.
 * @param columns of the terminal
 */
export function scoresTable(contenders: readonly Contender[], columns: number): string {
  const baselines = BASELINES.filter((id) => contenders.some(({ name }) => name === id))
  const chances = baselines.map((id): Column => ({
    title: P_TITLES[id] ?? id,
    value: ({ dieboldMariano }) => chance(dieboldMariano[id]),
  }))
  const left: Column[] = []
  const shown = () => [...COLUMNS.filter((column) => !left.includes(column)), ...chances]
  let table = drawn(contenders, shown())
  for (const column of DISPENSABLE) {
    if (widthOf(table) <= columns) break
    left.push(column)
    table = drawn(contenders, shown())
  }
  const notes = [
    ...baselines.map((id) => P_MEANING[id]),
    ...(left.length === 0 ? [] : [`left out, in --json: ${left.map(({ title }) => title).join(', ')}`]),
  ]
  return [table, ...notes.map((note) => `  ${note}`)].join('\n')
}

function drawn(contenders: readonly Contender[], columns: readonly Column[]): string {
  const head = ['', ...columns.map(({ title }) => title)]
  const table = new Table({
    head,
    chars: BARE,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colAligns: head.map((_, column) => (column === 0 ? 'left' : 'right')),
  })
  for (const { name, scores } of contenders) table.push([name, ...columns.map(({ value }) => value(scores))])
  return table.toString().replaceAll(/ +$/gm, '')
}

function widthOf(table: string): number {
  return Math.max(...table.split('\n').map(displayWidth))
}

function percent(share: number): string {
  // What is nothing but rounding has no sign.
  return `${(share * 100).toFixed(1).replace(/^-0\.0$/, '0.0')} %`
}

/** A p-value; empty for a baseline beside itself. */
function chance(p: number | null | undefined): string {
  if (p === undefined || p === null) return ''
  return p < 0.001 ? '< 0.001' : p.toFixed(3)
}
