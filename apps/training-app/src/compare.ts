import { classBounds, type DailyReading, dayFromNumber, type LocalDay, type Scale } from '@airq/aqi-client'
import { type DecisionRule, ruleAt, trainingSet, usualLead } from '@airq/feature-groups'
import {
  backtest,
  defaultRecipe,
  firstRows,
  ModelError,
  type Recipe,
  type Residual,
  RESIDUALS_KEPT,
  residualsOf,
  scoredRows,
  type TrainingMatrix,
} from '@airq/model'
import type { Decision, RunContext } from '@airq/pipeline'
import type { ForecasterId } from '@airq/pipeline/config'
import { againstBaselines } from './against-baselines.ts'
import { type ContenderScores, contenderScores } from './contender-scores.ts'

const PERSISTENCE = 'persistence'
/** What a day still running says so far: stands beside persistence where rows hold its hours. */
const HOURS_SO_FAR = 'hours-so-far'
/** What stands beside every score, the second where rows hold hours. */
export const BASELINES = [PERSISTENCE, HOURS_SO_FAR] as const

export interface Contender {
  readonly name: string
  readonly recipe: Recipe
  readonly scores: ContenderScores
  /** Forecasts of the test days as they would have been issued, in order. */
  readonly forecasts: readonly number[]
  /** Of their 90 % intervals. */
  readonly lower: readonly number[]
  readonly upper: readonly number[]
  /** Out of sample: of the test days and the days before them. */
  readonly residuals: readonly Residual[]
}

export interface Comparison {
  readonly matrix: TrainingMatrix
  /** Best first, by relMae. Persistence is always among them. */
  readonly contenders: readonly Contender[]
  readonly actual: readonly number[]
  /** The test days, in order. */
  readonly days: readonly LocalDay[]
  /** Target of the oldest residual a package takes along. */
  readonly firstResidualDay: LocalDay
  readonly test: { readonly n: number; readonly firstDay: LocalDay; readonly lastDay: LocalDay }
  readonly refits: number
  /** Target day minus last day known at the decision, of most rows. */
  readonly lead: number
}

export interface CompareOptions {
  readonly days: readonly DailyReading[]
  readonly decision: Decision
  /** Rows made of more than the days. Default: those of the days alone. */
  readonly matrix?: TrainingMatrix
  readonly recipes: ReadonlyMap<string, Recipe>
  readonly scale: Scale
  /** What is compared, for errors. */
  readonly where?: string
  /** Default: as configured. */
  readonly testDays?: number | undefined
  /** Days at the end of the history to leave out. Default: 0. */
  readonly testEnd?: number | undefined
  /** Default: in this thread. */
  readonly backtest?: typeof backtest
}

/** What a comparison takes of a run. */
export type CompareContext = Pick<RunContext, 'config' | 'logger' | 'progress' | 'signal' | 'warn'>

/** Compares recipes on the last test days of a history: rolling origin, monthly refits, persistence beside. */
export async function compare(context: CompareContext, options: CompareOptions): Promise<Comparison> {
  const { seed } = context.config.training
  const { scale } = options
  const whole = options.matrix ?? trainingSet(options.days, decisionRule(context, options.decision))
  const baselines = whole.roles.soFar === undefined ? [PERSISTENCE] : BASELINES
  const named = [...new Map([...baselines.map((id) => [id, defaultRecipe(id)] as const), ...options.recipes])]
  const matrix = withoutLastDays(whole, options.testEnd ?? 0)
  const wanted = options.testDays ?? context.config.training.testDays
  const testDays = testDaysFor(context, wanted, matrix.outcomes.length, options.where)
  using progress = context.progress(`comparing candidates, ${options.decision}`, null)
  const result = await (options.backtest ?? backtest)(
    matrix,
    named.map(([, recipe]) => recipe),
    {
      testDays,
      seed,
      signal: context.signal,
      onRefit: (done, total) => {
        context.logger.debug('refitted', { done, total })
        progress.at(done, { total })
      },
    },
  )
  const rows = scoredRows(result)
  const days = rows.map((row) => dayFromNumber(result.targetDays[row] ?? 0))
  const [firstDay, lastDay] = [days[0], days.at(-1)]
  if (firstDay === undefined || lastDay === undefined) throw noOutcomes()
  const actual = rows.map((row) => result.actual[row] ?? Number.NaN)
  const alone = named.map(([name, recipe], index) => {
    const judging = { classBounds: classBounds(scale), seed }
    const judged = contenderScores(result, { index, id: recipe.id }, rows, judging)
    return { name, recipe, ...judged, residuals: residualsOf(result, index) }
  })
  return {
    matrix,
    contenders: againstBaselines(actual, alone).toSorted((a, b) => a.scores.relMae - b.scores.relMae),
    actual,
    days,
    firstResidualDay: dayFromNumber(result.targetDays.slice(-RESIDUALS_KEPT)[0] ?? 0),
    test: { n: rows.length, firstDay, lastDay },
    refits: result.refits,
    lead: usualLead(matrix, { decision: options.decision }),
  }
}

function noOutcomes(): ModelError {
  return new ModelError('too-few-rows', 'at no test day was any earlier outcome known yet', {
    hint: 'Let a few more days come in, then train again.',
  })
}

/** A regression needs so many days to learn from before the first test day, and a score so many test days. */
const LEAST_TRAINING_ROWS = 88
export const LEAST_TEST_DAYS = 30
export const LEAST_ROWS = LEAST_TRAINING_ROWS + LEAST_TEST_DAYS

/** The configured test days, or, for a young history, what is left after the least to learn from. */
function testDaysFor(context: CompareContext, wanted: number, rows: number, where = 'the history'): number {
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
    `a model needs ${String(LEAST_ROWS)} days with a day after them; there are ${String(rows)}`,
    {
      where,
      hint: 'Import a longer history, or let more days come in; until then inference has its fallback.',
    },
  )
}

/** The rows whose targets lie at least so many days before the last one. */
function withoutLastDays(matrix: TrainingMatrix, days: number): TrainingMatrix {
  const last = (matrix.targetDays.at(-1) ?? 0) - days
  return firstRows(matrix, matrix.targetDays.findLastIndex((day) => day <= last) + 1)
}

/** A decision with the local hour the configuration gives it. */
export function decisionRule({ config }: Pick<RunContext, 'config'>, decision: Decision): DecisionRule {
  return ruleAt(decision, config.forecast.hours)
}

/** Candidates with their default hyper-parameters, by name. */
export function candidateRecipes(candidates: readonly ForecasterId[]): Map<string, Recipe> {
  return new Map(candidates.map((id) => [id, defaultRecipe(id)]))
}

/** Scores by name as summaries want them: `airq` is the model that serves, the others stand beside it. */
export function scoresByName(
  serving: Contender,
  contenders: readonly Contender[],
): Record<string, ContenderScores> {
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
