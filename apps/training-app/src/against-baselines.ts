import { dieboldMariano, isBaseline } from '@airq/model'
import type { Contender } from './compare.ts'

/** Fewer days than a paired test takes. */
const LEAST_DAYS = 10

/** A contender that was not yet set beside the others. */
export type Alone = Omit<Contender, 'scores'> & {
  readonly scores: Omit<Contender['scores'], 'dieboldMariano'>
}

/**
 * Gives each contender the p-value of its lead over each of the other baselines on the same days: the probability of
 * so large a lead, or a larger one, between equals. `null` where there are fewer than ten days.
 */
export function againstBaselines(actual: readonly number[], contenders: readonly Alone[]): Contender[] {
  const baselines = contenders.filter(({ recipe }) => isBaseline(recipe.id))
  return contenders.map((contender) => {
    const pairs = baselines
      .filter((baseline) => baseline !== contender)
      .map(({ name, forecasts }) => [name, pOfLead(actual, contender.forecasts, forecasts)] as const)
    return { ...contender, scores: { ...contender.scores, dieboldMariano: Object.fromEntries(pairs) } }
  })
}

function pOfLead(
  actual: readonly number[],
  forecasts: readonly number[],
  baseline: readonly number[],
): number | null {
  return actual.length < LEAST_DAYS ? null : dieboldMariano(actual, forecasts, baseline).pFirstBetter
}
