import { folded } from '../terminal/width.ts'
import type { CommandDefinition, PipelineName } from './define-command.ts'
import type { OptionName } from './options.ts'

type Definition = Pick<CommandDefinition<readonly OptionName[]>, 'pipeline' | 'examples' | 'options'>

/** Where each secret is looked for in the environment; the names at vendors beside it are none. */
const VARIABLES: Partial<Record<OptionName, string>> = {
  aqiToken: 'AQI_TOKEN',
  fsApiKey: 'FS_API_KEY',
  cometApiKey: 'COMET_API_KEY',
  webhookUrl: 'AIRQ_WEBHOOK_URL',
}

/** The page that tells more; of those not named, the runbook. */
const PAGES: Partial<Record<PipelineName, string>> = {
  feature: 'docs/live.md',
  report: 'docs/report.md',
  watch: 'docs/watch.md',
  doctor: 'docs/doctor.md',
  'run-feature': 'docs/jobs.md',
  'run-batch-feature': 'docs/jobs.md',
  'run-hyperparam-optimization': 'docs/jobs.md',
  'run-training': 'docs/jobs.md',
  'run-inference': 'docs/jobs.md',
  'run-all': 'docs/jobs.md',
  'deploy-environment': 'docs/jobs.md',
}

/** What `--help` says after the options. */
export function helpEnd(definition: Definition): string {
  const { pipeline, examples } = definition
  return [
    '\nExamples:',
    ...examples.map((example) => `  $ ${example}`),
    '\nExit codes:',
    '  0 done, 1 failed, 2 wrong input, 3 done but degraded, 130 interrupted',
    '\nSecrets:',
    folded(`  ${secretsText(definition)}`),
    `\nMore: ${PAGES[pipeline] ?? 'docs/runbook.md'}`,
  ].join('\n')
}

function secretsText({ options }: Definition): string {
  const variables = options.flatMap((name) => VARIABLES[name] ?? [])
  if (variables.length === 0) return 'none of its own; jobs in Azure are signed in to as docs/jobs.md says'
  return `only for what the configuration names: ${variables.join(', ')} in the environment or in a .env beside the configuration, or the flags above, best as a file, @env:NAME, @file:PATH or @kv:NAME`
}
