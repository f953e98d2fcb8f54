import { isDeepStrictEqual } from 'node:util'
import { classBounds, type DailyReading } from '@airq/aqi-client'
import { aqiDaily, trainingRowsSha256 } from '@airq/feature-groups'
import {
  fitRecipe,
  fitSpread,
  isForecasterId,
  type ModelDocument,
  modelDocumentSchema,
  packResiduals,
  type Recipe,
} from '@airq/model'
import type { Json, ModelPackage, ModelVersion } from '@airq/model-registry'
import type { Decision, RunContext, StationConfig } from '@airq/pipeline'
import { z } from 'zod'
import manifest from '../package.json' with { type: 'json' }
import type { Comparison, Contender } from './compare.ts'
import type { ContenderScores } from './contender-scores.ts'

const DAILY_VALUE =
  "mean of the local day's hourly sub-indices, rounded half up; the AQI is the largest of the pollutants'"

export interface PackageParts {
  readonly station: StationConfig
  readonly decision: Decision
  readonly days: readonly DailyReading[]
  readonly comparison: Comparison
  readonly winner: Contender
  readonly simulated: boolean
}

/** The name under which a station's model for a decision is registered. */
export function modelName(station: string, decision: Decision): string {
  return `${station}-${decision}`
}

/** Fits the winner on all rows and packs it with its test residuals, scores and lineage. */
export function packageOf(context: RunContext, parts: PackageParts): ModelPackage {
  const { comparison, winner } = parts
  const params = toJson(winner.recipe.params)
  return {
    model: toJson(documentOf(context, parts)),
    schema: toJson(modelDocumentSchema()),
    params: { recipe: winner.recipe.id, hyperparameters: params },
    metrics: Object.fromEntries(
      [{ ...winner, name: 'airq' }, ...comparison.contenders].flatMap(({ name, scores }) =>
        flatScores(scores).map(([metric, value]) => [`${name}_${metric}`, value]),
      ),
    ),
    lineage: {
      gitCommit: context.gitCommit(),
      trainingRowsSha256: trainingRowsSha256(comparison.matrix),
      featureGroups: { [aqiDaily.name]: aqiDaily.version },
      seed: context.config.training.seed,
      station: parts.station.id,
      decision: parts.decision,
      lead: comparison.lead,
      informationSet: 'daily',
      trainingRows: comparison.matrix.outcomes.length,
      firstDay: parts.days[0]?.day ?? null,
      lastDay: parts.days.at(-1)?.day ?? null,
      testDays: { ...comparison.test },
      simulated: parts.simulated,
      tools: { [manifest.name]: manifest.version },
    },
  }
}

/** Scores as metrics: `brier` of days above 100 becomes `brier_100`. One that could not be told is left out. */
function flatScores(scores: ContenderScores): [string, number][] {
  return Object.entries(scores).flatMap(
    ([metric, value]: [string, number | Record<string, number | null>]) => {
      if (typeof value === 'number') return [[metric, value] as [string, number]]
      return Object.entries(value).flatMap(([key, one]) =>
        one === null ? [] : [[`${metric}_${key}`, one] as [string, number]],
      )
    },
  )
}

function documentOf(context: RunContext, parts: PackageParts): ModelDocument {
  const { station, decision, comparison, winner, simulated } = parts
  const { seed } = context.config.training
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
    lead: comparison.lead,
    coverage: context.config.forecast.coverage,
    simulated,
    informationSets: {
      daily: {
        columns: [...comparison.matrix.columns],
        recipe: { id: winner.recipe.id, params: { ...winner.recipe.params } },
        fitted: fitRecipe(winner.recipe, comparison.matrix, { seed }).toJSON(),
        spread: fitSpread(comparison.matrix, { seed }).toJSON(),
        residuals: packResiduals(winner.residuals),
        residualsFrom: {
          kind: 'backtest',
          firstDay: comparison.firstResidualDay,
          lastDay: comparison.test.lastDay,
        },
      },
    },
  }
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

/** Plain JSON; throws on what JSON can't hold (NaN, functions). */
function toJson(value: unknown): Json {
  return z.json().parse(value)
}
