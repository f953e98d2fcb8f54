import Table from 'cli-table3'
import { BASELINES, type Contender } from './compare.ts'

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

const HEAD = ['', 'MAE', 'RMSE', 'relMae', 'skill', 'bias', 'class hit', 'in 90 %', 'Winkler']

/** A table of scores for people, best first; with the p-value of each lead over persistence and the hours so far. */
export function scoresTable(contenders: readonly Contender[]): string {
  const baselines = BASELINES.filter((id) => contenders.some(({ name }) => name === id))
  const head = [...HEAD, ...baselines.map((id) => `p vs ${id}`)]
  const table = new Table({
    head,
    chars: BARE,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colAligns: head.map((_, column) => (column === 0 ? 'left' : 'right')),
  })
  for (const { name, scores } of contenders) {
    table.push([
      name,
      scores.mae.toFixed(2),
      scores.rmse.toFixed(2),
      scores.relMae.toFixed(3),
      percent(scores.skill),
      scores.bias.toFixed(2),
      percent(scores.categoryAccuracy),
      percent(scores.coverage90),
      scores.winkler90.toFixed(1),
      ...baselines.map((id) => chance(scores.dieboldMariano[id])),
    ])
  }
  return table.toString().replaceAll(/ +$/gm, '')
}

/** Marks every line of what simulated data led to. */
export function mark(text: string, simulated: boolean): string {
  return simulated ? text.replaceAll(/^/gm, '[simulated] ') : text
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

/** A p-value; empty for a baseline beside itself. */
function chance(p: number | null | undefined): string {
  if (p === undefined || p === null) return ''
  return p < 0.001 ? '< 0.001' : p.toFixed(3)
}
