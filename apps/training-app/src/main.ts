import { defineCommand, REGISTRY_OPTIONS, runCommand, STATION_OPTIONS, STORE_OPTIONS } from '@airq/pipeline'
import manifest from '../package.json' with { type: 'json' }

const trainingCommand = defineCommand({
  bin: 'training-pipeline',
  pipeline: 'training',
  version: manifest.version,
  description:
    'Trains the candidates of the configuration on the days in the feature store, compares them on the last year day by day, and publishes the best to the model registry.',
  examples: ['training-pipeline config.yaml', 'training-pipeline config.yaml --decision end-of-day --json'],
  options: ['decision', ...STATION_OPTIONS, 'check', ...STORE_OPTIONS, ...REGISTRY_OPTIONS],
  load: async () => (await import('./training.ts')).training,
})

const hyperparamOptimizationCommand = defineCommand({
  bin: 'hyperparam-optimization-pipeline',
  pipeline: 'hyperparam-optimization',
  version: manifest.version,
  description:
    'Searches hyper-parameters for the candidates of the configuration on the days before the last year, which it does not read, and publishes them to the model registry, where training takes them if training.hyperparameters.from is registry.',
  examples: [
    'hyperparam-optimization-pipeline config.yaml --trials 100',
    'hyperparam-optimization-pipeline config.yaml --budget 10m --resume',
  ],
  options: [
    'decision',
    ...STATION_OPTIONS,
    'models',
    'trials',
    'budget',
    'resume',
    'check',
    ...STORE_OPTIONS,
    ...REGISTRY_OPTIONS,
  ],
  load: async () => (await import('./hyperparam-optimization.ts')).hyperparamOptimization,
})

const checkLeaksCommand = defineCommand({
  bin: 'check-leaks',
  pipeline: 'check-leaks',
  version: manifest.version,
  description:
    'Looks into the feature store for anything that was known too late: values said to be known before they can have been, and columns of training rows that see what became known after the decision; writes nothing.',
  examples: ['check-leaks config.yaml', 'check-leaks config.yaml --station beijing --decision evening'],
  options: ['decision', ...STATION_OPTIONS, ...STORE_OPTIONS],
  load: async () => (await import('./check-leaks.ts')).checkLeaksStage,
})

const backtestCommand = defineCommand({
  bin: 'backtest',
  pipeline: 'backtest',
  version: manifest.version,
  description:
    'Scores the candidates of the configuration on the last year of a history, day by day, each forecast made by a model that knew only the past; writes nothing.',
  examples: [
    'backtest config.yaml',
    'backtest config.yaml --csv beijing.csv shanghai.csv',
    'backtest config.yaml --models ridge,blend --test-end 365',
  ],
  options: [
    'csv',
    'downloadZone',
    'decision',
    ...STATION_OPTIONS,
    'information',
    'testDays',
    'testEnd',
    'models',
    'check',
    ...STORE_OPTIONS,
  ],
  load: async () => (await import('./backtest.ts')).backtestStage,
})

export const training = (argv: readonly string[]) => runCommand(trainingCommand, argv)
export const hyperparamOptimization = (argv: readonly string[]) =>
  runCommand(hyperparamOptimizationCommand, argv)
export const checkLeaks = (argv: readonly string[]) => runCommand(checkLeaksCommand, argv)
export const backtest = (argv: readonly string[]) => runCommand(backtestCommand, argv)
