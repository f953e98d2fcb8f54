/** What a stage of a pipeline is given, and what it gives back. */

import type { FeatureStore } from '@airq/feature-store'
import type { ModelRegistry } from '@airq/model-registry'
import type { Config } from './config/schema.ts'
import type { SecretName } from './run/secrets.ts'

export interface Clock {
  /** Epoch ms. */
  now(): number
}

/** Fields are JSON: they appear as such with `--json` and as `key=value` without. */
export type LogFields = Readonly<Record<string, unknown>>

export interface Logger {
  readonly trace: (message: string, fields?: LogFields) => void
  readonly debug: (message: string, fields?: LogFields) => void
  readonly info: (message: string, fields?: LogFields) => void
  readonly warn: (message: string, fields?: LogFields) => void
  readonly error: (message: string, fields?: LogFields) => void
}

/** Something the reader should know: `code` is stable, `message` is for people. */
export interface RunWarning {
  readonly code: string
  readonly message: string
}

/** Overrides the base URL of a remote, e.g. by that of a proxy or a fake. */
type BaseUrlVariable = 'WAQI_BASE_URL' | 'OPEN_METEO_BASE_URL'

export interface RunContext {
  readonly config: Config
  /** As given on the command line. */
  readonly configPath: string
  /** Absolute; made by `openStore` and `openRegistry` when missing. */
  readonly stateDir: string
  /** The instant the run is for: `--now`, or the system's time. */
  readonly clock: Clock
  /** The system's time, for audits and durations. */
  readonly systemClock: Clock
  readonly logger: Logger
  /** Goes to the log and into `warnings` of the summary. */
  readonly warn: (code: string, message: string) => void
  /** Aborted by SIGINT and SIGTERM; its reason is an error that makes the command exit 130. */
  readonly signal: AbortSignal
  /** A UUID. */
  readonly runId: string
  /**
   * The feature store of the configuration; closed when the run ends.
   * @throws `state-unwritable`, or `no-store` where `readOnly` finds none.
   */
  readonly openStore: (options?: { readonly readOnly?: boolean }) => Promise<FeatureStore>
  /**
   * The model registry of the configuration; closed when the run ends.
   * @throws `state-unwritable`
   */
  readonly openRegistry: () => Promise<ModelRegistry>
  /**
   * A secret from its flag, file, the environment or a `.env` beside the configuration; redacted from then on.
   * @throws UserError `no-secret`, `bad-secret`
   */
  secret(name: SecretName): Promise<string>
  /** Where a remote is: the real environment's variable first, then what the configuration says. */
  baseUrl(variable: BaseUrlVariable, configured: string | undefined): string | undefined
  /** The commit of the running code, for lineage; `null` where nothing tells. */
  readonly gitCommit: () => string | null
}

export interface StageResult {
  /** The stage's own fields of the summary (its JSON Schema is in `schemas/`). */
  readonly summary: Readonly<Record<string, unknown>>
  /** Done, but less well than wanted: the command exits 3. */
  readonly degraded?: boolean
  /** What a person reads on stdout without `--json`. */
  readonly text: string
}

/** One pipeline as a function: read, compute, write, summarise. */
export type Stage<Options> = (context: RunContext, options: Options) => Promise<StageResult>
