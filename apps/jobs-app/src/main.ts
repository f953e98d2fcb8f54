import { defineCommand, REGISTRY_OPTIONS, runCommand, STORE_OPTIONS } from '@airq/pipeline'
import manifest from '../package.json' with { type: 'json' }
import { vaultCredential } from './vault-credential.ts'

/** Of each command that submits. */
const SUBMIT = ['jobName', 'timeout', 'dryRun', 'check', 'allowInsecureArgv'] as const
const TOKEN = ['aqiToken', 'aqiTokenFile'] as const

const { version } = manifest

const submits = (pipeline: string, what: string) => ({
  bin: `run-${pipeline}`,
  version,
  description: `Submits ${pipeline}, which ${what}, where the configuration says (jobs), waits for it, and ends as it has ended: 3 where it was degraded.`,
  examples: [`run-${pipeline} config.yaml`, `run-${pipeline} config.yaml --dry-run`],
  vaultCredential,
})

const featureCommand = defineCommand({
  ...submits('feature-pipeline', 'pulls the newest readings'),
  pipeline: 'run-feature',
  options: [
    ...TOKEN,
    ...STORE_OPTIONS,
    'station',
    'shards',
    'quarantine',
    'weatherHistory',
    'wait',
    ...SUBMIT,
  ],
  load: async () => (await import('./run-pipeline.ts')).runPipeline('feature'),
})

const batchFeatureCommand = defineCommand({
  ...submits('batch-feature-pipeline', 'imports histories'),
  pipeline: 'run-batch-feature',
  options: ['csv', 'as', 'downloadZone', ...STORE_OPTIONS, 'wait', ...SUBMIT],
  load: async () => (await import('./run-pipeline.ts')).runPipeline('batch-feature'),
})

const hyperparamOptimizationCommand = defineCommand({
  ...submits('hyperparam-optimization-pipeline', 'searches hyper-parameters'),
  pipeline: 'run-hyperparam-optimization',
  options: [
    ...['decision', 'station', 'shards', 'models', 'trials', 'budget', 'resume', 'wait'],
    ...STORE_OPTIONS,
    ...REGISTRY_OPTIONS,
    ...SUBMIT,
  ] as const,
  load: async () => (await import('./run-pipeline.ts')).runPipeline('hyperparam-optimization'),
})

const trainingCommand = defineCommand({
  ...submits('training-pipeline', 'trains models and publishes the best'),
  pipeline: 'run-training',
  options: ['decision', 'station', 'shards', 'wait', ...STORE_OPTIONS, ...REGISTRY_OPTIONS, ...SUBMIT],
  load: async () => (await import('./run-pipeline.ts')).runPipeline('training'),
})

const inferenceCommand = defineCommand({
  ...submits('inference-pipeline', 'forecasts'),
  pipeline: 'run-inference',
  options: [
    ...(['decision', 'station', 'shards', 'allowFallback', 'wait'] as const),
    ...STORE_OPTIONS,
    ...REGISTRY_OPTIONS,
    ...SUBMIT,
  ],
  load: async () => (await import('./run-pipeline.ts')).runPipeline('inference'),
})

const allCommand = defineCommand({
  bin: 'run-all',
  pipeline: 'run-all',
  version,
  description:
    'Submits feature-pipeline, training-pipeline where it is due, and inference-pipeline, one after the other: goes on after a degraded one, stops after a failed one.',
  examples: ['run-all config.yaml', 'run-all config.yaml --train always'],
  options: [
    ...(['train', 'allowFallback'] as const),
    ...TOKEN,
    ...STORE_OPTIONS,
    ...REGISTRY_OPTIONS,
    ...SUBMIT,
  ],
  vaultCredential,
  load: async () => (await import('./run-all.ts')).runAll,
})

const deployEnvironmentCommand = defineCommand({
  bin: 'deploy-environment',
  pipeline: 'deploy-environment',
  version,
  description:
    "Registers an app's image as a version of its environment on Azure ML, once: jobs that take the latest one run it from then on.",
  examples: [
    'deploy-environment config.yaml --app feature-app --check',
    'deploy-environment config.yaml --app feature-app --image "$IMAGE"',
  ],
  options: ['app', 'image', 'check'],
  load: async () => (await import('./deploy-environment.ts')).deployEnvironment,
})

export const runFeature = (argv: readonly string[]) => runCommand(featureCommand, argv)
export const runBatchFeature = (argv: readonly string[]) => runCommand(batchFeatureCommand, argv)
export const runHyperparamOptimization = (argv: readonly string[]) =>
  runCommand(hyperparamOptimizationCommand, argv)
export const runTraining = (argv: readonly string[]) => runCommand(trainingCommand, argv)
export const runInference = (argv: readonly string[]) => runCommand(inferenceCommand, argv)
export const runAll = (argv: readonly string[]) => runCommand(allCommand, argv)
export const deployEnvironment = (argv: readonly string[]) => runCommand(deployEnvironmentCommand, argv)
