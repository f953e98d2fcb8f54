import { InvalidArgumentError } from 'commander'
import { type ForecasterId, FORECASTERS } from '../forecasters.ts'

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

export const DECISIONS = ['end-of-day'] as const
export type Decision = (typeof DECISIONS)[number]

const DEGRADED_EXITS = ['0', '3'] as const
export const QUARANTINE_ACTIONS = ['list', 'replay'] as const

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** What a stage is given for the options its command declares. */
export interface StageOptions {
  /** Files as given, in order; empty when there are none. */
  readonly csv: readonly string[]
  /** `undefined`: not given. */
  readonly as: string | undefined
  readonly downloadZone: DownloadZone
  /** `undefined`: not given, so the decisions of the configuration. */
  readonly decision: Decision | undefined
  readonly allowFallback: boolean
  /** As given: a literal or a reference. Ask the context for the secret itself. */
  readonly aqiToken: string | undefined
  readonly aqiTokenFile: string | undefined
  /** Ids; empty when not given: all stations. */
  readonly station: readonly string[]
  readonly check: boolean
  readonly dryRun: boolean
  readonly degradedExit: 0 | 3
  readonly quarantine: 'list' | 'replay' | undefined
  /** `undefined`: as configured. */
  readonly testDays: number | undefined
  /** Days at the end of the history that are left out. */
  readonly testEnd: number
  /** Empty when not given: the candidates of the configuration. */
  readonly models: readonly ForecasterId[]
}

export type OptionName = keyof StageOptions

/** What every command takes. */
export interface CommonOptions {
  readonly state: string
  readonly now: string | undefined
  readonly json: boolean
  readonly logLevel: LogLevel
}

interface OptionRow {
  readonly flags: string
  readonly description: string
  readonly choices?: readonly string[]
  readonly default?: string
  /** Checks a value; its message is told to the user. */
  readonly parse?: (text: string) => string
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
  allowFallback: {
    flags: '--allow-fallback',
    description: 'without a model, forecast by a plain rule, flagged, and exit 3',
  },
  aqiToken: {
    flags: '--aqi-token <token>',
    description:
      'token of api.waqi.info, or where it is: @env:NAME, @file:PATH (a literal is seen by all users of the machine)',
  },
  aqiTokenFile: {
    flags: '--aqi-token-file <path>',
    description: 'file that holds the token; - is standard input',
  },
  station: { flags: '--station <id...>', description: 'only these stations of the configuration' },
  check: {
    flags: '--check',
    description: 'check credentials, connections and station identity; write nothing',
  },
  dryRun: { flags: '--dry-run', description: 'pull and tell what would be written; write nothing' },
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

function checkedNumber(text: string, least: number, most: number): string {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= least && value <= most) return text
  throw new InvalidArgumentError(`It is a whole number from ${String(least)} to ${String(most)}.`)
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
