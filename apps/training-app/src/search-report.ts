import { dayFromNumber } from '@airq/aqi-client'
import type { Tuned } from '@airq/model'
import { mark } from '@airq/pipeline'
import type { Searched } from './hyperparam-optimization.ts'

/** A search as the summary has it. */
export function summariseSearch({
  station,
  decision,
  simulated,
  result,
  made,
  resumed,
  published,
}: Searched) {
  const { version, created } = published
  const { rows, firstDay, lastDay } = result.judged
  return {
    station: station.id,
    decision,
    informationSet: 'daily',
    name: version.name,
    version: version.version,
    contentSha256: version.contentSha256,
    created,
    complete: result.tuned.every(({ complete }) => complete),
    evaluations: { made, resumed },
    judged: { n: rows, firstDay: dayFromNumber(firstDay), lastDay: dayFromNumber(lastDay) },
    recipes: result.tuned.map((tuned) => ({
      id: tuned.id,
      trials: tuned.trials.length,
      stoppedEarly: stoppedEarly(tuned),
      relMae: tuned.best.relMae,
      defaultRelMae: tuned.defaults.relMae,
      params: tuned.best.params,
    })),
    simulated,
  }
}

/** A search for people. */
export function describeSearch({ station, decision, simulated, result, published }: Searched): string {
  const { rows, firstDay, lastDay } = result.judged
  const { version, created } = published
  const lines = [
    `${station.name} (${station.id}), ${decision}: hyper-parameters for information daily`,
    `  judged on ${String(rows)} days before the test days, ${dayFromNumber(firstDay)} … ${dayFromNumber(lastDay)}`,
    ...result.tuned.map(lineOf),
    `  ${created ? 'published' : 'the same as'} ${version.name} ${version.version}`,
  ]
  if (result.tuned.some(({ complete }) => !complete)) {
    lines.push('  time was up before all trials were made: --resume goes on')
  }
  if (simulated) lines.push('  simulated data: this says nothing about real air')
  return mark(lines.join('\n'), simulated)
}

function lineOf(tuned: Tuned): string {
  const { id, best, defaults, trials } = tuned
  const found =
    best.number === defaults.number
      ? 'the defaults stay'
      : `relMae ${best.relMae.toFixed(4)} against ${defaults.relMae.toFixed(4)} of the defaults`
  return `  ${id.padEnd(13)} ${found}; ${String(trials.length)} trials, ${String(stoppedEarly(tuned))} stopped early`
}

function stoppedEarly({ trials, defaults }: Tuned): number {
  return trials.filter(({ blocks }) => blocks < defaults.blocks).length
}
