import type { Scale } from '@airq/aqi-client'
import { FeatureGroupsError, trainingSet } from '@airq/feature-groups'
import type { FeatureStore } from '@airq/feature-store'
import { isGlobal, type Recipe, type TrainingMatrix } from '@airq/model'
import type { Decision, RunContext, StationConfig } from '@airq/pipeline'
import { decisionRule } from './compare.ts'
import { knownDays } from './known-days.ts'

/** Rows of more stations would cost time and memory, and teach little more. */
const MOST_SERIES = 16

/** The rows of several stations, for the candidates that learn from all of them. */
export interface SeriesPools {
  /** A matrix with the pool it belongs to, where there is one. */
  readonly join: (matrix: TrainingMatrix, scale: Scale) => TrainingMatrix
  /** Of these candidates those worth trying: without a pool, those that would learn from one are left out. */
  readonly worthTrying: <Id extends string>(candidates: readonly Id[], scale: Scale) => readonly Id[]
}

/** What learns from a station's own rows; everything, where nothing does. */
export function alone<Id extends string>(candidates: readonly Id[]): readonly Id[] {
  const left = candidates.filter((id) => !isGlobal(id))
  return left.length > 0 ? left : candidates
}

/** The recipes for rows that have no pool, such as those of a richer set of information. */
export function recipesAlone(recipes: ReadonlyMap<string, Recipe>): ReadonlyMap<string, Recipe> {
  const left = [...recipes].filter(([, { id }]) => !isGlobal(id))
  return left.length > 0 ? new Map(left) : recipes
}

export const NO_POOLS: SeriesPools = { join: (matrix) => matrix, worthTrying: alone }

/**
 * Reads the rows of the first 16 stations of the configuration that have days, whichever of them the run is for: the
 * set `daily`, and a pool for each scale. Nothing is read where no candidate asks for it.
 */
export async function readPools(
  context: RunContext,
  store: FeatureStore,
  decision: Decision,
  candidates: readonly string[],
): Promise<SeriesPools> {
  if (!candidates.some(isGlobal) || context.allStations.length < 2) return NO_POOLS
  const byScale = new Map<Scale, TrainingMatrix[]>()
  for (const station of context.allStations.slice(0, MOST_SERIES)) {
    const matrix = await rowsOf(context, store, station, decision)
    if (matrix === null) continue
    byScale.set(station.scale, [...(byScale.get(station.scale) ?? []), matrix])
  }
  return poolsOf(byScale)
}

/** Pools of series at hand: what stands on one scale learns together, one series alone has none. */
export function poolsOf(byScale: ReadonlyMap<Scale, readonly TrainingMatrix[]>): SeriesPools {
  const poolFor = (scale: Scale) => {
    const series = byScale.get(scale) ?? []
    return series.length < 2 ? null : { series, knownAt: Number.POSITIVE_INFINITY }
  }
  return {
    join(matrix, scale) {
      const pool = poolFor(scale)
      return pool === null ? matrix : { ...matrix, pool }
    },
    worthTrying: (candidates, scale) => (poolFor(scale) === null ? alone(candidates) : candidates),
  }
}

async function rowsOf(
  context: RunContext,
  store: FeatureStore,
  station: StationConfig,
  decision: Decision,
): Promise<TrainingMatrix | null> {
  try {
    const matrix = trainingSet(await knownDays(context, store, station), decisionRule(context, decision))
    return matrix.outcomes.length === 0 ? null : matrix
  } catch (error) {
    if (FeatureGroupsError.isInstance(error) && error.code === 'no-data') return null
    throw error
  }
}
