import { defineCommand, runCommand } from '@airq/pipeline'
import manifest from '../package.json' with { type: 'json' }

const inferenceCommand = defineCommand({
  bin: 'inference-pipeline',
  pipeline: 'inference',
  version: manifest.version,
  description:
    "Forecasts the next day's AQI of each station with the serving model and writes it to the ledger in the feature store. Running again with the same information changes nothing.",
  examples: [
    'inference-pipeline config.yaml',
    'inference-pipeline config.yaml --now 2026-01-06T00:00:00+08:00',
  ],
  options: ['decision', 'allowFallback'],
  load: async () => (await import('./inference.ts')).inference,
})

export const inference = (argv: readonly string[]) => runCommand(inferenceCommand, argv)
