import { defineCommand, REGISTRY_OPTIONS, runCommand, STATION_OPTIONS, STORE_OPTIONS } from '@airq/pipeline'
import manifest from '../package.json' with { type: 'json' }

const inferenceCommand = defineCommand({
  bin: 'inference-pipeline',
  pipeline: 'inference',
  version: manifest.version,
  description:
    'Forecasts the daily AQI of each station at its last decisions with the serving models and writes it to the ledger in the feature store. Running again with the same information changes nothing.',
  examples: [
    'inference-pipeline config.yaml',
    'inference-pipeline config.yaml --now 2026-01-06T00:00:00+08:00',
  ],
  options: [
    'decision',
    ...STATION_OPTIONS,
    'allowFallback',
    'degradedExit',
    'check',
    ...STORE_OPTIONS,
    ...REGISTRY_OPTIONS,
  ],
  load: async () => (await import('./inference.ts')).inference,
})

const reportCommand = defineCommand({
  bin: 'report',
  pipeline: 'report',
  version: manifest.version,
  description:
    'Writes the page and the feed of all stations as files: forecasts as issued, their track record, reasons, data quality and models. Store and registry are only read.',
  examples: [
    'report config.yaml --out site',
    'report config.yaml --out site --verify kept/forecast-2026-01-05.json',
  ],
  options: ['out', 'verify', 'degradedExit', ...STORE_OPTIONS, ...REGISTRY_OPTIONS],
  load: async () => (await import('./report.ts')).reportStage,
})

export const report = (argv: readonly string[]) => runCommand(reportCommand, argv)
export const inference = (argv: readonly string[]) => runCommand(inferenceCommand, argv)
