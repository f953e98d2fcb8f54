import { isDeepStrictEqual } from 'node:util'
import { classBounds, type DailyReading } from '@airq/aqi-client'
import { aqiDaily, hourOf, trainingRowsSha256 } from '@airq/feature-groups'
import {
  type FitContext,
  fitRecipe,
  fitSpread,
  type FittedModel,
  isForecasterId,
  isGlobal,
  type ModelDocument,
  modelDocumentSchema,
  packResiduals,
  type Recipe,
} from '@airq/model'
import type { Json, ModelPackage, ModelRef, ModelVersion } from '@airq/model-registry'
import type { Decision, RunContext, StationConfig } from '@airq/pipeline'
import { z } from 'zod'
import manifest from '../package.json' with { type: 'json' }
import { type Comparison, type Contender, decisionRule } from './compare.ts'
import type { ContenderScores } from './contender-scores.ts'
import type { InformedSet } from './information.ts'
import { describeModel, signatureOf } from './published-facts.ts'

const DAILY_VALUE =
  "mean of the local day's hourly sub-indices, rounded half up; the AQI is the largest of the pollutants'"

export interface PackageParts {
  readonly station: StationConfig
  readonly decision: Decision
  readonly days: readonly DailyReading[]
  readonly comparison: Comparison
  readonly winner: Contender
  /** Sets richer than `daily` that earned their place. */
  readonly richer: readonly InformedSet[]
  readonly simulated: boolean
  /** What the search published that the recipes were taken from; `null`: their own. */
  readonly hyperparameters: ModelRef | null
}

/** Fits the winner on all rows and packs it with its test residuals, scores and lineage. */
export function packageOf(context: RunContext, parts: PackageParts): ModelPackage {
  const { comparison, winner, richer } = parts
  const params = toJson(winner.recipe.params)
  return {
    model: toJson(documentOf(context, parts)),
    schema: toJson(modelDocumentSchema()),
    signature: signatureOf(comparison),
    description: describeModel(parts, comparison),
    params: { recipe: winner.recipe.id, hyperparameters: params },
    metrics: Object.fromEntries([
      ...[{ ...winner, name: 'airq' }, ...comparison.contenders].flatMap(({ name, scores }) =>
        flatScores(scores).map(([metric, value]) => [`${name}_${metric}`, value] as const),
      ),
      ...richer.flatMap((set) =>
        flatScores(set.best.scores).map(([metric, value]) => [`${plainName(set)}_${metric}`, value] as const),
      ),
    ]),
    lineage: {
      gitCommit: context.gitCommit(),
      trainingRowsSha256: trainingRowsSha256(comparison.matrix),
      pool: poolOf(winner, comparison),
      featureGroups: { [aqiDaily.name]: aqiDaily.version },
      seed: context.config.training.seed,
      station: parts.station.id,
      decision: parts.decision,
      lead: comparison.lead,
      informationSet: 'daily',
      richerSets: richer.map(({ name, needs, best, comparison: { matrix, test } }) => ({
        name,
        needs: [...needs],
        recipe: best.recipe.id,
        trainingRows: matrix.outcomes.length,
        trainingRowsSha256: trainingRowsSha256(matrix),
        testDays: { ...test },
      })),
      trainingRows: comparison.matrix.outcomes.length,
      firstDay: parts.days[0]?.day ?? null,
      lastDay: parts.days.at(-1)?.day ?? null,
      testDays: { ...comparison.test },
      simulated: parts.simulated,
      hyperparameters: parts.hyperparameters && {
        name: parts.hyperparameters.name,
        version: parts.hyperparameters.version,
      },
      tools: { [manifest.name]: manifest.version },
    },
  }
}

/** Scores as metrics: `brier` of days above 100 becomes `brier_100`. Slices stay in the summary of the run. */
function flatScores(scores: ContenderScores): [string, number][] {
  return Object.entries(scores).flatMap(([metric, value]: [string, unknown]): [string, number][] => {
    if (typeof value === 'number') return [[metric, value]]
    if (typeof value !== 'object' || value === null) return []
    return Object.entries(value).flatMap(([key, one]: [string, unknown]): [string, number][] =>
      typeof one === 'number' ? [[`${metric}_${key}`, one]] : [],
    )
  })
}

function documentOf(context: RunContext, parts: PackageParts): ModelDocument {
  const { station, decision, comparison, winner, richer, simulated } = parts
  return {
    format: 'airq-forecast-model',
    formatVersion: 2,
    station: station.id,
    target: {
      name: 'aqi',
      scale: station.scale,
      timeZone: station.timeZone,
      dailyValue: DAILY_VALUE,
      classBounds: classBounds(station.scale),
    },
    decision,
    decisionHour: hourOf(decisionRule(context, decision)),
    lead: comparison.lead,
    coverage: context.config.forecast.coverage,
    simulated,
    informationSets: {
      daily: fittedModel(context, { needs: [], comparison, best: winner }),
      ...Object.fromEntries(richer.map((set) => [set.name, fittedModel(context, set)])),
    },
  }
}

function fittedModel(
  { config }: RunContext,
  { needs, comparison, best }: Pick<InformedSet, 'needs' | 'comparison' | 'best'>,
): FittedModel {
  // The ridge that the spread is learnt from may be part of the recipe: it is fitted once.
  const fitting: FitContext = { seed: config.training.seed, fits: new Map() }
  return {
    needs: [...needs],
    columns: [...comparison.matrix.columns],
    recipe: { id: best.recipe.id, params: { ...best.recipe.params } },
    fitted: fitRecipe(best.recipe, comparison.matrix, fitting).toJSON(),
    spread: fitSpread(comparison.matrix, fitting).toJSON(),
    residuals: packResiduals(best.residuals),
    residualsFrom: {
      kind: 'backtest',
      firstDay: comparison.firstResidualDay,
      lastDay: comparison.test.lastDay,
    },
  }
}

/** `+stationHours` as part of the name of a metric. */
function plainName({ name }: InformedSet): string {
  return name.replace('+', '')
}

/** Names of the sets richer than `daily` that a version holds. */
export function setsOf(version: ModelVersion): readonly string[] {
  const stored = z.object({ richerSets: z.array(z.object({ name: z.string() })) }).safeParse(version.lineage)
  return stored.data?.richerSets.map(({ name }) => name) ?? []
}

const StoredRecipe = z.object({ recipe: z.string(), hyperparameters: z.record(z.string(), z.unknown()) })

/**
 * The recipe of the serving model: one of the candidates where it is the same, else a contender of its own
 * named `champion`. `null` when the version doesn't tell, or tells of a forecaster that no longer exists.
 */
export function championRecipe(
  champion: ModelVersion,
  candidates: ReadonlyMap<string, Recipe>,
): { name: string; recipe: Recipe } | null {
  const stored = StoredRecipe.safeParse(champion.params)
  if (!stored.success) return null
  const recipe: Recipe = { id: stored.data.recipe, params: stored.data.hyperparameters }
  for (const [name, candidate] of candidates) {
    if (isDeepStrictEqual(candidate, recipe)) return { name, recipe: candidate }
  }
  return isForecasterId(recipe.id) ? { name: 'champion', recipe } : null
}

/** The rows of all stations a model over all of them has learnt from; `null` for one that learns from its own. */
function poolOf({ recipe }: Contender, { matrix }: Comparison): Json {
  const series = isGlobal(recipe.id) ? matrix.pool?.series : undefined
  return series?.map((each) => ({ rows: each.outcomes.length, rowsSha256: trainingRowsSha256(each) })) ?? null
}

/** Plain JSON; throws on what JSON can't hold (NaN, functions). */
function toJson(value: unknown): Json {
  return z.json().parse(value)
}
