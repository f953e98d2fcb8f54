import Table from 'cli-table3'
import type { Contender } from './compare.ts'

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

/** A table of scores for people, best first. */
export function scoresTable(contenders: readonly Contender[]): string {
  const table = new Table({
    head: ['', 'MAE', 'RMSE', 'relMae', 'skill', 'bias', 'class hit', 'in 90 %', 'Winkler'],
    chars: BARE,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
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
    ])
  }
  return table.toString()
}

/** Marks every line of what simulated data led to. */
export function mark(text: string, simulated: boolean): string {
  return simulated ? text.replaceAll(/^/gm, '[simulated] ') : text
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
