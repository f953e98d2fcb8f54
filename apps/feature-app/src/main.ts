import { defineCommand, runCommand } from '@airq/pipeline'
import manifest from '../package.json' with { type: 'json' }

const batchFeatureCommand = defineCommand({
  bin: 'batch-feature-pipeline',
  pipeline: 'batch-feature',
  version: manifest.version,
  description:
    'Imports the history of a station into the feature store: aqicn.org CSV downloads, each column moved to its true local day, or the history of a simulated station.',
  examples: [
    'batch-feature-pipeline config.yaml --csv beijing-air-quality.csv',
    'batch-feature-pipeline config.yaml --csv download.csv --as beijing',
  ],
  options: ['csv', 'as', 'downloadZone'],
  load: async () => (await import('./batch-feature.ts')).batchFeature,
})

export const batchFeature = (argv: readonly string[]) => runCommand(batchFeatureCommand, argv)
