import { classBounds, type DailyReading, dayFromNumber, type LocalDay, type Scale } from '@airq/aqi-client'
import { trainingSet, usualLead } from '@airq/feature-groups'
import {
  backtest,
  defaultRecipe,
  ModelError,
  type Recipe,
  score,
  type Scores,
  type TrainingMatrix,
} from '@airq/model'
import type { Config, Decision, RunContext } from '@airq/pipeline'

const PERSISTENCE = 'persistence'

export interface Contender {
  readonly name: string
  readonly recipe: Recipe
  readonly scores: Scores
  /** Forecasts of the test days, in order. */
  readonly forecasts: readonly number[]
}

export interface Comparison {
  readonly matrix: TrainingMatrix
  /** Best first, by relMae. Persistence is always among them. */
  readonly contenders: readonly Contender[]
  readonly actual: readonly number[]
  readonly test: { readonly n: number; readonly firstDay: LocalDay; readonly lastDay: LocalDay }
  readonly refits: number
  /** Target day minus last day known at the decision, of most rows. */
  readonly lead: number
}

/** Compares recipes on the last test days of a history: rolling origin, monthly refits, persistence beside. */
export async function compare(
  context: RunContext,
  days: readonly DailyReading[],
  decision: Decision,
  recipes: ReadonlyMap<string, Recipe>,
  scale: Scale,
): Promise<Comparison> {
  const { seed } = context.config.training
  const named = [...new Map([[PERSISTENCE, defaultRecipe(PERSISTENCE)], ...recipes])]
  const matrix = trainingSet(days, { decision })
  const testDays = testDaysFor(context, matrix.outcomes.length)
  const result = await backtest(
    matrix,
    named.map(([, recipe]) => recipe),
    {
      testDays,
      seed,
      signal: context.signal,
      onRefit: (done, total) => {
        context.logger.debug('refitted', { done, total })
      },
    },
  )
  const baseline = result.forecasts[0] ?? []
  const contenders = named.map(([name, recipe], i) => {
    const forecasts = result.forecasts[i] ?? []
    return { name, recipe, forecasts, scores: score(result.actual, forecasts, baseline, classBounds(scale)) }
  })
  return {
    matrix,
    contenders: contenders.toSorted((a, b) => a.scores.relMae - b.scores.relMae),
    actual: result.actual,
    test: {
      n: result.actual.length,
      firstDay: dayFromNumber(result.targetDays[0] ?? 0),
      lastDay: dayFromNumber(result.targetDays.at(-1) ?? 0),
    },
    refits: result.refits,
    lead: usualLead(matrix),
  }
}

/** A regression needs so many days to learn from before the first test day, and a score so many test days. */
const LEAST_TRAINING_ROWS = 88
const LEAST_TEST_DAYS = 30

/** The configured test days, or, for a young history, what is left after the least to learn from. */
function testDaysFor(context: RunContext, rows: number): number {
  const wanted = context.config.training.testDays
  const possible = rows - LEAST_TRAINING_ROWS
  if (possible >= wanted) return wanted
  if (possible >= LEAST_TEST_DAYS) {
    context.warn(
      'short-history',
      `only ${String(possible)} test days instead of ${String(wanted)}: the history is short, its scores are soft`,
    )
    return possible
  }
  throw new ModelError(
    'too-few-rows',
    `a model needs ${String(LEAST_TRAINING_ROWS + LEAST_TEST_DAYS)} days with a day after them; there are ${String(rows)}`,
    { hint: 'Import a longer history, or let more days come in; until then inference has its fallback.' },
  )
}

/** The configured candidates with their default hyper-parameters, by name. */
export function candidateRecipes(config: Config): Map<string, Recipe> {
  return new Map(config.training.candidates.map((id) => [id, defaultRecipe(id)]))
}

/** Scores by name as summaries want them: `airq` is the model that serves, the others stand beside it. */
export function scoresByName(serving: Contender, contenders: readonly Contender[]): Record<string, Scores> {
  return {
    airq: serving.scores,
    ...Object.fromEntries(contenders.map((contender) => [contender.name, contender.scores])),
  }
}

/** The best of the configured candidates (persistence and the champion stand beside them). */
export function bestOf(comparison: Comparison, candidates: readonly string[]): Contender {
  const best = comparison.contenders.find((contender) => candidates.includes(contender.name))
  if (best === undefined) throw new Error('no candidate was compared')
  return best
}
