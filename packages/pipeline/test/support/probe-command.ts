/** A command whose stage does what the environment tells it, run by tests as a process of its own. */

import { defineCommand, REGISTRY_OPTIONS, runCommand, STORE_OPTIONS } from '@airq/pipeline'
import { runProbe } from './probe-stage.ts'

const command = defineCommand({
  bin: 'probe-pipeline',
  pipeline: 'inference',
  version: '1.2.3',
  description: 'Does what a test wants done.',
  examples: ['probe-pipeline config.yaml --csv a.csv b.csv'],
  options: [
    'csv',
    'as',
    'downloadZone',
    'decision',
    'allowFallback',
    'aqiToken',
    'aqiTokenFile',
    'station',
    'shard',
    'check',
    'dryRun',
    'network',
    'degradedExit',
    'quarantine',
    'weatherHistory',
    'testDays',
    'testEnd',
    'models',
    'information',
    'trials',
    'budget',
    'resume',
    'wait',
    'shards',
    'jobName',
    'timeout',
    'allowInsecureArgv',
    'train',
    'app',
    'image',
    'out',
    'verify',
    'webhookUrl',
    'webhookUrlFile',
    ...STORE_OPTIONS,
    ...REGISTRY_OPTIONS,
  ],
  load: () => Promise.resolve(runProbe),
})

process.exitCode = await runCommand(command, process.argv.slice(2))
