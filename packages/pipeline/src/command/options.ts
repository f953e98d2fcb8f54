/** Every option a command may declare, in one table, and the values stages see. */

export const DOWNLOAD_ZONES = ['west', 'east', 'auto'] as const
export type DownloadZone = (typeof DOWNLOAD_ZONES)[number]

export const DECISIONS = ['end-of-day'] as const
export type Decision = (typeof DECISIONS)[number]

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
}

export const STAGE_OPTIONS: Readonly<Record<OptionName, OptionRow>> = {
  csv: {
    flags: '--csv <file...>',
    description: 'aqicn.org history as downloaded; several files may follow, and the flag may be repeated',
  },
  as: { flags: '--as <station>', description: 'the station of the configuration the files belong to' },
  downloadZone: {
    flags: '--download-zone <zone>',
    description: 'where in the world the file was downloaded: aqicn labels days by it',
    choices: DOWNLOAD_ZONES,
    default: 'auto',
  },
  decision: {
    flags: '--decision <decision>',
    description: 'only this decision of the configuration',
    choices: DECISIONS,
  },
  allowFallback: {
    flags: '--allow-fallback',
    description: 'without a model, forecast by persistence and exit 3',
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
