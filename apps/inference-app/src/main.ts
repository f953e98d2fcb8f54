import {
  defineCommand,
  REGISTRY_OPTIONS,
  runCommand,
  STATION_OPTIONS,
  STORE_OPTIONS,
  type VaultCredential,
} from '@airq/pipeline'
import manifest from '../package.json' with { type: 'json' }

const inferenceCommand = defineCommand({
  bin: 'inference-pipeline',
  pipeline: 'inference',
  version: manifest.version,
  description:
    'Forecasts the daily AQI of each station at its last decisions with the serving models and writes it to the ledger in the feature store, once for the same information.',
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

/** A workflow of GitHub's reads the vault as who it signs in as; elsewhere, whoever is signed in does. */
async function vaultCredential(env: Readonly<Record<string, string | undefined>>): Promise<VaultCredential> {
  return (await import('@airq/job-runner/credential')).credentialOf(env)
}

const reportCommand = defineCommand({
  bin: 'report',
  pipeline: 'report',
  version: manifest.version,
  description:
    'Writes the page and the feed of all stations as files: forecasts as issued, their track record, reasons, data quality and models; store and registry are only read.',
  examples: [
    'report config.yaml --out site',
    'report config.yaml --out site --verify kept/forecast-2026-01-05.json',
  ],
  options: ['out', 'verify', 'degradedExit', ...STORE_OPTIONS, ...REGISTRY_OPTIONS],
  vaultCredential,
  load: async () => (await import('./report.ts')).reportStage,
})

const watchCommand = defineCommand({
  bin: 'airq-watch',
  pipeline: 'watch',
  version: manifest.version,
  description:
    'Watches data, runs and forecasts of all stations: opens an alert for each cause, closes it when it is over, and tells a webhook of both, once; exits 3 while an alert is open.',
  examples: ['airq-watch config.yaml', 'airq-watch config.yaml --out watch --json'],
  options: ['webhookUrl', 'webhookUrlFile', 'station', 'out', 'degradedExit', 'check', ...STORE_OPTIONS],
  vaultCredential,
  load: async () => (await import('./watch.ts')).watchStage,
})

export const watch = (argv: readonly string[]) => runCommand(watchCommand, argv)
export const report = (argv: readonly string[]) => runCommand(reportCommand, argv)
export const inference = (argv: readonly string[]) => runCommand(inferenceCommand, argv)
