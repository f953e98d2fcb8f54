import { scoresByName } from './compare.ts'
import { type InformedSet, serves } from './information.ts'
import { scoresTable } from './scores-text.ts'

/** A set richer than `daily` as the summary tells it. */
export function summariseSet(set: InformedSet) {
  const { name, needs, comparison, best, against } = set
  return {
    informationSet: name,
    needs,
    serves: serves(set),
    recipe: best.recipe.id,
    rows: comparison.matrix.outcomes.length,
    test: comparison.test,
    scores: scoresByName(best, comparison.contenders),
    against:
      against === null
        ? null
        : {
            informationSet: against.poorer,
            n: against.n,
            gain: against.verdict.gain,
            pValue: against.verdict.test?.pFirstBetter ?? null,
          },
  }
}

/** The same for people: its scores, and whether it beat the poorer set. @param columns of the terminal */
export function describeSet(set: InformedSet, columns: number): string {
  const { name, needs, comparison, best, against } = set
  const { test, contenders } = comparison
  const lines = [
    `  information ${name} (${needs.join(', ')}), ${String(comparison.matrix.outcomes.length)} rows, test days ${test.firstDay} … ${test.lastDay}, n ${String(test.n)}`,
    scoresTable(contenders, columns),
  ]
  if (against === null) return lines.join('\n')
  const { gain, test: paired } = against.verdict
  const change = `${Math.abs((gain ?? 0) * 100).toFixed(1)} % ${(gain ?? 0) < 0 ? 'higher' : 'lower'}`
  const chance = paired === null ? '' : `, p ${paired.pFirstBetter.toFixed(3)}`
  lines.push(
    `  ${best.name} against ${against.poorer} on the same ${String(against.n)} days: relMae ${change}${chance}; ${serves(set) ? 'it serves where this is known' : 'it earns no place'}`,
  )
  return lines.join('\n')
}
