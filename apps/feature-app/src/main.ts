import { defineCommand, runCommand, STATION_OPTIONS, STORE_OPTIONS } from '@airq/pipeline'
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
  options: ['csv', 'as', 'downloadZone', 'check', ...STORE_OPTIONS],
  load: async () => (await import('./batch-feature.ts')).batchFeature,
})

const featureCommand = defineCommand({
  bin: 'feature-pipeline',
  pipeline: 'feature',
  version: manifest.version,
  description:
    'Pulls the newest reading of every live station into the feature store, archives the forecasts that come with it, and makes days of hours once they are over; to be run every hour or every three.',
  examples: [
    'feature-pipeline config.yaml',
    'feature-pipeline config.yaml --aqi-token-file token.txt',
    'feature-pipeline config.yaml --check',
  ],
  options: [
    'aqiToken',
    'aqiTokenFile',
    ...STORE_OPTIONS,
    ...STATION_OPTIONS,
    'check',
    'dryRun',
    'degradedExit',
    'quarantine',
    'weatherHistory',
  ],
  load: async () => (await import('./feature.ts')).feature,
})

export const feature = (argv: readonly string[]) => runCommand(featureCommand, argv)
export const batchFeature = (argv: readonly string[]) => runCommand(batchFeatureCommand, argv)
