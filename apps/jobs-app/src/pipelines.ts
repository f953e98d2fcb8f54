import type { Config, OptionName } from '@airq/pipeline'
import type { JobApp, RemoteName, SecretName } from '@airq/pipeline/jobs'

/** The pipelines that run as jobs, and what each needs. */

export type PipelineId = 'feature' | 'batch-feature' | 'hyperparam-optimization' | 'training' | 'inference'

export interface PipelineJob {
  readonly id: PipelineId
  /** Its command, in the image of its app. */
  readonly bin: string
  readonly app: JobApp
  /** How long it may take unless told otherwise, ms. */
  readonly timeoutMs: number
  /** Of its options, those that are passed on. */
  readonly options: readonly OptionName[]
}

const MINUTE = 60_000

export const PIPELINES: Readonly<Record<PipelineId, PipelineJob>> = {
  feature: {
    id: 'feature',
    bin: 'feature-pipeline',
    app: 'feature-app',
    timeoutMs: 60 * MINUTE,
    options: ['station', 'quarantine', 'weatherHistory'],
  },
  'batch-feature': {
    id: 'batch-feature',
    bin: 'batch-feature-pipeline',
    app: 'feature-app',
    timeoutMs: 120 * MINUTE,
    options: ['csv', 'as', 'downloadZone'],
  },
  'hyperparam-optimization': {
    id: 'hyperparam-optimization',
    bin: 'hyperparam-optimization-pipeline',
    app: 'training-app',
    timeoutMs: 12 * 60 * MINUTE,
    options: ['decision', 'station', 'models', 'trials', 'budget', 'resume'],
  },
  training: {
    id: 'training',
    bin: 'training-pipeline',
    app: 'training-app',
    timeoutMs: 6 * 60 * MINUTE,
    options: ['decision', 'station'],
  },
  inference: {
    id: 'inference',
    bin: 'inference-pipeline',
    app: 'inference-app',
    timeoutMs: 60 * MINUTE,
    options: ['decision', 'station', 'allowFallback'],
  },
}

export interface Needs {
  readonly secrets: readonly SecretName[]
  /** Used where they are given. */
  readonly optionalSecrets: readonly SecretName[]
  readonly names: readonly RemoteName[]
}

/** What a pipeline asks for under a configuration. */
export function needsOf({ id }: PipelineJob, { stations, featureStore, modelRegistry }: Config): Needs {
  const pulls = id === 'feature' && stations.some(({ source }) => source.kind === 'waqi')
  const stores = featureStore.kind === 'hopsworks'
  const registry = usesRegistry(id) ? modelRegistry.kind : 'none'
  return {
    secrets: [
      ...(pulls ? (['aqi-token'] as const) : []),
      ...(stores ? (['fs-api-key'] as const) : []),
      ...(registry === 'comet' ? (['comet-api-key'] as const) : []),
    ],
    optionalSecrets: registry === 'mlflow' ? ['mlflow-token', 'mlflow-password'] : [],
    names: [
      ...(stores ? (['fs-project-name'] as const) : []),
      ...(registry === 'comet' ? (['comet-project-name', 'comet-workspace'] as const) : []),
      ...(registry === 'mlflow' ? (['mlflow-username'] as const) : []),
    ],
  }
}

export function usesRegistry(id: PipelineId): boolean {
  return id !== 'feature' && id !== 'batch-feature'
}
