import { dayFromNumber } from '@airq/aqi-client'
import { aqiDaily } from '@airq/feature-groups'
import {
  type HyperparametersDocument,
  hyperparametersDocumentSchema,
  type SearchResult,
  type Trial,
} from '@airq/model'
import type { Json, ModelPackage } from '@airq/model-registry'
import { type Decision, modelName, type RunContext, type StationConfig } from '@airq/pipeline'
import { z } from 'zod'
import manifest from '../package.json' with { type: 'json' }

/** The name under which the hyper-parameters of a station's model for a decision are registered. */
export function hyperparametersName(station: string, decision: Decision): string {
  return `${modelName(station, decision)}-hyperparameters`
}

export interface FoundParts {
  readonly station: StationConfig
  readonly decision: Decision
  readonly simulated: boolean
  readonly result: SearchResult
  /** Of the rows the search has read. */
  readonly rowsSha256: string
}

/** Packs what a search has found: the hyper-parameters with every trial, as JSON; scores and counts beside them. */
export function hyperparametersPackage(context: RunContext, parts: FoundParts): ModelPackage {
  const { seed, testDays } = context.config.training
  const { station, decision, result } = parts
  const document = documentOf(parts, seed)
  const { judged } = document
  return {
    model: toJson(document),
    schema: toJson(hyperparametersDocumentSchema()),
    metrics: Object.fromEntries(
      result.tuned.flatMap(({ id, best, defaults, trials }) => [
        [`${id}_relMae`, best.relMae],
        [`${id}_defaultRelMae`, defaults.relMae],
        [`${id}_trials`, trials.length],
      ]),
    ),
    params: {
      testDays,
      hyperparameters: toJson(Object.fromEntries(result.tuned.map(({ id, best }) => [id, best.params]))),
      // For registries that show parameters: each trial's number, blocks and relMae. The model has them in full.
      trials: toJson(Object.fromEntries(result.tuned.map(({ id, trials }) => [id, trials.map(shortTrial)]))),
    },
    lineage: {
      gitCommit: context.gitCommit(),
      trainingRowsSha256: parts.rowsSha256,
      featureGroups: { [aqiDaily.name]: aqiDaily.version },
      seed,
      station: station.id,
      decision,
      informationSet: 'daily',
      judgedDays: { ...judged },
      simulated: parts.simulated,
      tools: { [manifest.name]: manifest.version },
    },
    description: {
      title: `${station.name}: hyper-parameters, ${decision}`,
      purpose: `Hyper-parameters for the forecasters of ${station.name} at each ${decision}; training takes them where training.hyperparameters.from is registry. Not a model: it forecasts nothing.`,
      data: `Judged on ${String(judged.rows)} days, ${judged.firstDay} to ${judged.lastDay}, by rolling folds; the ${String(testDays)} test days after them were not read.`,
    },
  }
}

function documentOf(
  { station, decision, simulated, result }: FoundParts,
  seed: number,
): HyperparametersDocument {
  const { rows, firstDay, lastDay } = result.judged
  return {
    format: 'airq-hyperparameters',
    formatVersion: 1,
    station: station.id,
    decision,
    informationSet: 'daily',
    simulated,
    seed,
    judged: { rows, firstDay: dayFromNumber(firstDay), lastDay: dayFromNumber(lastDay) },
    recipes: result.tuned.map(({ id, best, defaults, trials }) => ({
      id,
      params: { ...best.params },
      relMae: best.relMae,
      defaultRelMae: defaults.relMae,
      trials: trials.map((trial) => ({ ...trial, params: { ...trial.params } })),
    })),
  }
}

function shortTrial({ number, blocks, relMae }: Trial): [number, number, number] {
  return [number, blocks, Number(relMae.toFixed(4))]
}

function toJson(value: unknown): Json {
  return z.json().parse(value)
}
