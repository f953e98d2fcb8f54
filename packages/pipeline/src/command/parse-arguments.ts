import { Command, CommanderError, Option } from 'commander'
import type { OptionValues } from 'commander'
import { DECISIONS, INFORMATION_SETS } from '../decisions.ts'
import { UserError } from '../errors.ts'
import type { CommandDefinition } from './define-command.ts'
import { helpEnd } from './help-text.ts'
import { jobOptions } from './job-options.ts'
import { timeOf } from './option-row.ts'
import {
  COMMON_OPTIONS,
  downloadZoneOf,
  modelsOf,
  LOG_LEVELS,
  QUARANTINE_ACTIONS,
  STAGE_OPTIONS,
} from './options.ts'
import type { CommonOptions, OptionName, StageOptions } from './options.ts'
import { shardOf } from './shard.ts'

const HELP_WIDTH = 80

export interface RunRequest {
  readonly kind: 'run'
  readonly configPath: string
  readonly common: CommonOptions
  readonly options: StageOptions
}

/** `--help` and `--version`: a text and nothing to run. */
export interface TextRequest {
  readonly kind: 'text'
  readonly text: string
}

/**
 * Reads a command line without the program's name.
 * @throws UserError `bad-arguments`
 */
export function parseArguments(
  definition: CommandDefinition<readonly OptionName[]>,
  argv: readonly string[],
): RunRequest | TextRequest {
  let text = ''
  const program = buildProgram(definition, (part) => (text += part))
  try {
    program.parse(withoutSeparator(argv), { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return { kind: 'text', text }
    throw badArguments(error, definition.bin)
  }
  // Every value is narrowed here: commander's own are untyped.
  const values: OptionValues = program.opts()
  return {
    kind: 'run',
    configPath: program.args[0] ?? definition.defaultConfig ?? '',
    common: commonOptions(values),
    options: stageOptions(values),
  }
}

/** For command lines that cannot be parsed: how the caller wants to be answered all the same. */
export function wantsJson(argv: readonly string[]): boolean {
  return argv.includes('--json')
}

/** A package manager may pass on the `--` that ends its own arguments. */
function withoutSeparator(argv: readonly string[]): readonly string[] {
  return argv[0] === '--' ? argv.slice(1) : argv
}

function buildProgram(
  definition: CommandDefinition<readonly OptionName[]>,
  write: (text: string) => void,
): Command {
  const { bin, version, description, options, defaultConfig } = definition
  const program = new Command(bin)
    .usage(defaultConfig === undefined ? '<config.yaml> [options]' : `[${defaultConfig}] [options]`)
    .description(description)
    .version(version, '--version', 'show the version')
    .helpOption('--help', 'show this text')
    .argument(defaultConfig === undefined ? '<config>' : '[config]', 'the configuration, a YAML file')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: () => undefined, getOutHelpWidth: () => HELP_WIDTH })
    .addHelpText('after', helpEnd(definition))
  // A job's specification passes --degraded-exit, whatever the pipeline.
  const names = new Set<OptionName>([...options, 'degradedExit'])
  for (const row of [...Array.from(names, (name) => STAGE_OPTIONS[name]), ...COMMON_OPTIONS]) {
    const option = new Option(row.flags, row.description)
    if (row.choices !== undefined) option.choices(row.choices)
    if (row.default !== undefined) option.default(row.default)
    if (row.parse !== undefined) option.argParser(row.parse)
    program.addOption(option)
  }
  return program
}

function badArguments(error: CommanderError, bin: string): UserError {
  const message = error.message
    .replace(/^error: /, '')
    .replaceAll('\n', ' ')
    .trim()
  const usage = `Usage: ${bin} <config.yaml> [options], the configuration first`
  const hint = error.code === 'commander.missingArgument' ? `${usage}.` : `${usage}; see ${bin} --help.`
  // `option '--test-days <n>' argument 'x' is invalid`
  const [, flag] = /'(--?[\w-]+)/.exec(message) ?? []
  return new UserError('bad-arguments', message, { hint, where: flag })
}

function commonOptions(values: Readonly<Record<string, unknown>>): CommonOptions {
  return {
    state: optionalText(values['state']) ?? '.airq',
    now: optionalText(values['now']),
    json: values['json'] === true,
    logLevel: LOG_LEVELS.find((level) => level === values['logLevel']) ?? 'info',
  }
}

function stageOptions(values: Readonly<Record<string, unknown>>): StageOptions {
  return {
    csv: texts(values['csv']),
    as: optionalText(values['as']),
    downloadZone: downloadZoneOf(optionalText(values['downloadZone']) ?? 'auto') ?? 'auto',
    decision: DECISIONS.find((decision) => decision === values['decision']),
    information: INFORMATION_SETS.find((set) => set === values['information']) ?? 'daily',
    allowFallback: values['allowFallback'] === true,
    aqiToken: optionalText(values['aqiToken']),
    aqiTokenFile: optionalText(values['aqiTokenFile']),
    fsApiKey: optionalText(values['fsApiKey']),
    fsApiKeyFile: optionalText(values['fsApiKeyFile']),
    fsProjectName: optionalText(values['fsProjectName']),
    cometApiKey: optionalText(values['cometApiKey']),
    cometApiKeyFile: optionalText(values['cometApiKeyFile']),
    cometProjectName: optionalText(values['cometProjectName']),
    cometWorkspace: optionalText(values['cometWorkspace']),
    webhookUrl: optionalText(values['webhookUrl']),
    webhookUrlFile: optionalText(values['webhookUrlFile']),
    station: texts(values['station']),
    shard: shardOf(optionalText(values['shard']) ?? '') ?? undefined,
    check: values['check'] === true,
    dryRun: values['dryRun'] === true,
    network: values['network'] !== false,
    degradedExit: values['degradedExit'] === '0' ? 0 : 3,
    quarantine: QUARANTINE_ACTIONS.find((action) => action === values['quarantine']),
    weatherHistory: values['weatherHistory'] === true,
    testDays: optionalNumber(values['testDays']),
    testEnd: optionalNumber(values['testEnd']) ?? 0,
    models: modelsOf(optionalText(values['models']) ?? ''),
    trials: optionalNumber(values['trials']) ?? 40,
    budget: timeOf(optionalText(values['budget']) ?? '') ?? undefined,
    resume: values['resume'] === true,
    ...jobOptions(values),
    out: optionalText(values['out']),
    verify: texts(values['verify']),
  }
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((text) => typeof text === 'string') : []
}

function optionalNumber(value: unknown): number | undefined {
  return typeof value === 'string' ? Number(value) : undefined
}

function optionalText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
