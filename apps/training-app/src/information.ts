import type { DailyReading, Scale } from '@airq/aqi-client'
import { type Beside, type Block, BLOCKS_ADDED, INFORMATION_SETS, trainingSet } from '@airq/feature-groups'
import { gate, type GateVerdict, type Recipe, score } from '@airq/model'
import type { Decision, InformationSet } from '@airq/pipeline'
import {
  bestOf,
  compare,
  type CompareContext,
  type Comparison,
  type Contender,
  decisionRule,
  LEAST_ROWS,
  LEAST_TEST_DAYS,
} from './compare.ts'

/** A set of what is known at a decision, with the best that could be made of it. */
export interface InformedSet {
  readonly name: InformationSet
  /** What must be known beside the days. */
  readonly needs: readonly Block[]
  readonly comparison: Comparison
  readonly best: Contender
  /** How it did against the poorer set it stands on; `null` for `daily`. */
  readonly against: {
    readonly poorer: InformationSet
    readonly n: number
    readonly verdict: GateVerdict
  } | null
}

/** The set every other one stands on: daily values alone. */
export function dailySet(comparison: Comparison, best: Contender): InformedSet {
  return { name: 'daily', needs: [], comparison, best, against: null }
}

export interface InformationQuestion {
  readonly days: readonly DailyReading[]
  readonly beside: Beside
  readonly decision: Decision
  readonly recipes: ReadonlyMap<string, Recipe>
  readonly scale: Scale
}

/**
 * Tries each richer set on the rows that have what it needs. A set stands on the best of the poorer ones and serves
 * only if it beats that one on the same days, by the rules of the gate; one without enough rows is not tried.
 */
export async function richerSets(
  context: CompareContext,
  daily: InformedSet,
  question: InformationQuestion,
): Promise<InformedSet[]> {
  const tried: InformedSet[] = []
  let base = daily
  for (const name of INFORMATION_SETS) {
    const set = await trySet(context, base, name, question)
    if (set === null) continue
    tried.push(set)
    if (serves(set)) base = set
  }
  return tried
}

/** Whether a set earned its place. */
export function serves({ against }: InformedSet): boolean {
  return against === null || against.verdict.promote
}

async function trySet(
  context: CompareContext,
  base: InformedSet,
  name: InformationSet,
  { days, beside, decision, recipes, scale }: InformationQuestion,
): Promise<InformedSet | null> {
  const rows = { ...decisionRule(context, decision), beside }
  const needs = [
    ...base.needs,
    ...addedBlocks(name, base.needs, (blocks) => trainingSet(days, { ...rows, blocks })),
  ]
  if (needs.length === base.needs.length) return null
  const matrix = trainingSet(days, { ...rows, blocks: needs })
  context.logger.info('comparing with more information', {
    decision,
    information: name,
    rows: matrix.outcomes.length,
  })
  const comparison = await compare(context, { days, decision, matrix, recipes, scale })
  const best = bestOf(comparison, context.config.training.candidates)
  const against = judge(context, base, { comparison, best })
  return against === null ? null : { name, needs, comparison, best, against }
}

/** The blocks of a set that enough rows have. */
export function addedBlocks(
  name: InformationSet,
  base: readonly Block[],
  rowsWith: (blocks: readonly Block[]) => { readonly outcomes: { readonly length: number } },
): Block[] {
  const added: Block[] = []
  for (const block of BLOCKS_ADDED[name]) {
    if (rowsWith([...base, ...added, block]).outcomes.length >= LEAST_ROWS) added.push(block)
  }
  return added
}

/** Asks the gate, on the days that both have forecast; `null` where they are too few. */
function judge(
  { config }: CompareContext,
  base: InformedSet,
  { comparison, best }: Pick<InformedSet, 'comparison' | 'best'>,
): InformedSet['against'] {
  const poorerAt = new Map(base.comparison.days.map((day, i) => [day, i]))
  const persistence = comparison.contenders.find(({ name }) => name === 'persistence')
  const common = comparison.days.flatMap((day, i) => {
    const other = poorerAt.get(day)
    return other === undefined ? [] : [{ own: i, other }]
  })
  if (common.length < LEAST_TEST_DAYS) return null
  const actual = common.map(({ own }) => comparison.actual[own] ?? Number.NaN)
  const forecasts = common.map(({ own }) => best.forecasts[own] ?? Number.NaN)
  const poorer = common.map(({ other }) => base.best.forecasts[other] ?? Number.NaN)
  const last = common.map(({ own }) => persistence?.forecasts[own] ?? Number.NaN)
  const relMae = (of: readonly number[]) => score(actual, of, last, []).relMae
  const verdict = gate(
    {
      actual,
      challenger: { relMae: relMae(forecasts), forecasts },
      champion: { relMae: relMae(poorer), forecasts: poorer },
      sameRecipe: false,
      championPublishedRelMae: null,
    },
    config.training.gate,
  )
  return { poorer: base.name, n: common.length, verdict }
}
