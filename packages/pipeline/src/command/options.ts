import { InvalidArgumentError } from 'commander'
import { type Decision, DECISIONS, type InformationSet, INFORMATION_SETS } from '../decisions.ts'
import { type ForecasterId, FORECASTERS } from '../forecasters.ts'
import { JOB_OPTIONS, type JobOptions } from './job-options.ts'
import { checkedNumber, checkedTime, type OptionRow } from './option-row.ts'
import { checkedShard, type Shard } from './shard.ts'

/** Every option a command may declare, in one table, and the values stages see. */

const DOWNLOAD_SIDES = ['west', 'east', 'auto'] as const
/** Which side of UTC, or the zone itself where summer time crosses it (Lisbon, London). */
export type DownloadZone = (typeof DOWNLOAD_SIDES)[number] | { readonly timeZone: string }

/** `null` for what is neither a side nor an IANA zone. */
export function downloadZoneOf(text: string): DownloadZone | null {
  const side = DOWNLOAD_SIDES.find((one) => one === text)
  if (side !== undefined) return side
  if (!/^[A-Z][A-Za-z_]+\//.test(text)) return null
  try {
    return { timeZone: new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone }
  } catch {
    return null
  }
}

const DEGRADED_EXITS = ['0', '3'] as const
export const QUARANTINE_ACTIONS = ['list', 'replay'] as const

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** What a stage is given for the options its command declares. */
export interface StageOptions extends JobOptions {
  /** Files as given, in order; empty when there are none. */
  readonly csv: readonly string[]
  /** `undefined`: not given. */
  readonly as: string | undefined
  readonly downloadZone: DownloadZone
  /** `undefined`: not given, so the decisions of the configuration. */
  readonly decision: Decision | undefined
  readonly information: InformationSet
  readonly allowFallback: boolean
  /** As given: a literal or a reference. Ask the context for the secret itself. */
  readonly aqiToken: string | undefined
  readonly aqiTokenFile: string | undefined
  /** As given, likewise; what is not used is not asked for. */
  readonly fsApiKey: string | undefined
  readonly fsApiKeyFile: string | undefined
  readonly fsProjectName: string | undefined
  readonly cometApiKey: string | undefined
  readonly cometApiKeyFile: string | undefined
  readonly cometProjectName: string | undefined
  readonly cometWorkspace: string | undefined
  /** As given, likewise. */
  readonly webhookUrl: string | undefined
  readonly webhookUrlFile: string | undefined
  /** Ids; empty when not given: all stations. The configuration that a stage is given holds only the chosen ones. */
  readonly station: readonly string[]
  /** `undefined`: not given, so all of them. */
  readonly shard: Shard | undefined
  readonly check: boolean
  readonly dryRun: boolean
  /** False: nothing is asked over the network. */
  readonly network: boolean
  readonly degradedExit: 0 | 3
  readonly quarantine: 'list' | 'replay' | undefined
  readonly weatherHistory: boolean
  /** `undefined`: as configured. */
  readonly testDays: number | undefined
  /** Days at the end of the history that are left out. */
  readonly testEnd: number
  /** Empty when not given: the candidates of the configuration. */
  readonly models: readonly ForecasterId[]
  readonly trials: number
  /** Milliseconds; `undefined`: as long as the trials take. */
  readonly budget: number | undefined
  readonly resume: boolean
  /** `undefined`: not given. */
  readonly out: string | undefined
  /** Files as given; empty when there are none. */
  readonly verify: readonly string[]
}

export type OptionName = keyof StageOptions

/** Of every command that works at one station after another. */
export const STATION_OPTIONS = ['station', 'shard'] as const

/** Of every command that opens the feature store, or the model registry. */
export const STORE_OPTIONS = ['fsApiKey', 'fsApiKeyFile', 'fsProjectName'] as const
export const REGISTRY_OPTIONS = [
  'cometApiKey',
  'cometApiKeyFile',
  'cometProjectName',
  'cometWorkspace',
] as const

/** What every command takes. */
export interface CommonOptions {
  readonly state: string
  readonly now: string | undefined
  readonly json: boolean
  readonly logLevel: LogLevel
}

export const STAGE_OPTIONS: Readonly<Record<OptionName, OptionRow>> = {
  csv: {
    flags: '--csv <file...>',
    description: 'aqicn.org history as downloaded; several files may follow, and the flag may be repeated',
  },
  as: { flags: '--as <station>', description: 'the station of the configuration the files belong to' },
  downloadZone: {
    flags: '--download-zone <zone>',
    description:
      'where in the world the file was downloaded, as aqicn labels days by it: west (the Americas, UTC), east, or a zone that is both, such as Europe/Lisbon',
    parse: checkedDownloadZone,
    default: 'auto',
  },
  decision: {
    flags: '--decision <decision>',
    description: 'only this decision of the configuration',
    choices: DECISIONS,
  },
  information: {
    flags: '--information <set>',
    description: 'what the forecasts may look at, as far as the store holds it',
    choices: INFORMATION_SETS,
    default: 'daily',
  },
  allowFallback: {
    flags: '--allow-fallback',
    description: 'without a model, forecast by a plain rule, flagged, and exit 3',
  },
  aqiToken: {
    flags: '--aqi-token <token>',
    description:
      'token of api.waqi.info, or where it is: @env:NAME, @file:PATH, @kv:NAME (a literal is seen by all users of the machine)',
  },
  aqiTokenFile: {
    flags: '--aqi-token-file <path>',
    description: 'file that holds the token; - is standard input',
  },
  fsApiKey: {
    flags: '--fs-api-key <key>',
    description: 'API key of Hopsworks, or where it is: @env:NAME, @file:PATH, @kv:NAME',
  },
  fsApiKeyFile: { flags: '--fs-api-key-file <path>', description: 'file that holds it; - is standard input' },
  fsProjectName: { flags: '--fs-project-name <name>', description: 'project of Hopsworks' },
  cometApiKey: {
    flags: '--comet-api-key <key>',
    description: 'API key of Comet, or where it is: @env:NAME, @file:PATH, @kv:NAME',
  },
  cometApiKeyFile: {
    flags: '--comet-api-key-file <path>',
    description: 'file that holds it; - is standard input',
  },
  cometProjectName: { flags: '--comet-project-name <name>', description: 'project of Comet' },
  cometWorkspace: { flags: '--comet-workspace <name>', description: 'workspace of Comet' },
  webhookUrl: {
    flags: '--webhook-url <url>',
    description: 'where alerts are sent, or where that is told: @env:NAME, @file:PATH, @kv:NAME',
  },
  webhookUrlFile: {
    flags: '--webhook-url-file <path>',
    description: 'file that holds it; - is standard input',
  },
  station: { flags: '--station <id...>', description: 'only these stations of the configuration' },
  shard: {
    flags: '--shard <i/n>',
    description: 'only part i of n of the stations: n runs, one a part, do what one run without it does',
    parse: checkedShard,
  },
  check: {
    flags: '--check',
    description: 'check credentials, connections, permissions and stations; write nothing',
  },
  dryRun: {
    flags: '--dry-run',
    description: 'tell what would be written or submitted; write and submit nothing',
  },
  network: { flags: '--no-network', description: 'look only at what is on this machine' },
  degradedExit: {
    flags: '--degraded-exit <code>',
    description: 'exit code of a run that is done but degraded',
    choices: DEGRADED_EXITS,
    default: '3',
  },
  quarantine: {
    flags: '--quarantine <action>',
    description: 'list the readings held back, or replay: judge them again by the rules of today',
    choices: QUARANTINE_ACTIONS,
  },
  weatherHistory: {
    flags: '--weather-history',
    description: 'fill in the weather of past days as it was forecast then; pulls nothing else',
  },
  testDays: {
    flags: '--test-days <n>',
    description: 'how many of the last days judge, instead of training.testDays: 30 to 3650',
    parse: (text) => checkedNumber(text, 30, 3650),
  },
  testEnd: {
    flags: '--test-end <days>',
    description: 'leave out so many days at the end, so that earlier ones judge',
    parse: (text) => checkedNumber(text, 0, 36_500),
    default: '0',
  },
  models: {
    flags: '--models <ids>',
    description: `only these forecasters, with commas between: ${FORECASTERS.join(', ')}`,
    parse: checkedModels,
  },
  trials: {
    flags: '--trials <n>',
    description: 'at most so many sets of hyper-parameters for each forecaster',
    parse: (text) => checkedNumber(text, 1, 10_000),
    default: '40',
  },
  budget: {
    flags: '--budget <time>',
    description: 'at most so much time for the whole search, e.g. 60s, 10m or 2h',
    parse: checkedTime,
  },
  resume: {
    flags: '--resume',
    description: 'go on where a search that was stopped or killed had come to',
  },
  ...JOB_OPTIONS,
  out: { flags: '--out <dir>', description: 'folder the files are written to' },
  verify: {
    flags: '--verify <file...>',
    description: 'feeds (forecast.json) of earlier days: fail unless the ledger still begins as they say',
  },
}

export const COMMON_OPTIONS: readonly OptionRow[] = [
  {
    flags: '--state <dir>',
    description: 'directory of the embedded store and registry',
    default: '.airq',
  },
  { flags: '--now <iso>', description: 'run as if at this instant, e.g. 2026-01-06T08:00:00+08:00' },
  { flags: '--json', description: 'one JSON line on stdout, logs as JSON lines on stderr' },
  {
    flags: '--log-level <level>',
    description: 'least level that is logged',
    choices: LOG_LEVELS,
    default: 'info',
  },
]

function checkedDownloadZone(text: string): string {
  if (downloadZoneOf(text) !== null) return text
  throw new InvalidArgumentError('Allowed choices are west, east, auto, or a zone such as Europe/Lisbon.')
}

function checkedModels(text: string): string {
  const unknown = text.split(',').find((id) => modelsOf(id).length === 0)
  if (unknown === undefined) return text
  throw new InvalidArgumentError(`There is no forecaster "${unknown}"; known are ${FORECASTERS.join(', ')}.`)
}

/** Ids with commas between them; unknown ones are left out. */
export function modelsOf(text: string): ForecasterId[] {
  return text.split(',').flatMap((id) => FORECASTERS.find((known) => known === id.trim()) ?? [])
}
