/** What a stage of a pipeline is given, and what it gives back. */

import type { FeatureStore } from '@airq/feature-store'
import type { KeyDomains } from '@airq/feature-store/hopsworks'
import type { ModelRegistry } from '@airq/model-registry'
import type { Config, StationConfig } from './config/schema.ts'
import type { RemoteName, SecretName } from './run/secret-table.ts'
import type { GivenAs } from './run/secrets.ts'
import type { StartProgress } from './terminal/progress.ts'
import type { Terminal } from './terminal/terminal.ts'

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

/** As those of Azure's identity package. */
export interface VaultCredential {
  getToken(
    scope: string,
    options?: { readonly abortSignal?: AbortSignal },
  ): Promise<{ readonly token: string } | null>
}

/** Overrides the base URL of a remote, e.g. by that of a proxy or a fake. */
export type BaseUrlVariable =
  | 'WAQI_BASE_URL'
  | 'OPEN_METEO_BASE_URL'
  | 'HOPSWORKS_BASE_URL'
  | 'COMET_URL_OVERRIDE'
  | 'MLFLOW_TRACKING_URI'
  | 'AZURE_RESOURCE_MANAGER_URL'

export interface OpenStoreOptions {
  /** Default false. Nothing is made or written. */
  readonly readOnly?: boolean
  /** An embedded store must be there already. Default: as `readOnly`. */
  readonly existing?: boolean
  /** The values that keys can have, for stores that must name the keys they look up. */
  readonly keyDomains?: KeyDomains
  /** Bytes a text column takes, by its name, for stores that bound them; for new groups. */
  readonly textLengths?: Readonly<Record<string, number>>
}

export interface OpenRegistryOptions {
  /** Default false. Nothing is made or written. */
  readonly readOnly?: boolean
  /**
   * Default false. What a remote registry said last is kept in the state directory, and given, flagged as `cached`,
   * while it cannot be asked.
   */
  readonly cached?: boolean
}

/** A right to work on one station, given back when disposed of, at the latest when the run ends. */
export type RunLease = AsyncDisposable

export interface RunContext {
  /** Its stations are those chosen by `--station` and `--shard`, perhaps none. */
  readonly config: Config
  /** Every station of the configuration, chosen or not: what one learns from all must not depend on the choice. */
  readonly allStations: readonly StationConfig[]
  /** As given on the command line. */
  readonly configPath: string
  /** The configuration as it is written. */
  readonly configText: string
  /** Absolute; made by `openStore` and `openRegistry` when missing. */
  readonly stateDir: string
  /** The instant the run is for: `--now`, or the system's time. */
  readonly clock: Clock
  /** The system's time, for audits and durations. */
  readonly systemClock: Clock
  readonly logger: Logger
  /** Tells of a work that takes its time, to whoever looks on. */
  readonly progress: StartProgress
  /** What the reader of the stage's text can see. */
  readonly terminal: Terminal
  /** Goes to the log and into `warnings` of the summary. */
  readonly warn: (code: string, message: string) => void
  /** Aborted by SIGINT and SIGTERM; its reason is an error that makes the command exit 130. */
  readonly signal: AbortSignal
  /** A UUID. */
  readonly runId: string
  /**
   * The feature store of the configuration; closed when the run ends. What a remote one is given is collected until
   * `flush`.
   * @throws UserError `no-secret`, `no-name`, `no-address`; `state-unwritable`, or `no-store` where there must be one;
   * FeatureStoreError
   */
  readonly openStore: (options?: OpenStoreOptions) => Promise<FeatureStore>
  /** Writes what the opened stores have collected: nothing for an embedded one, one job a group for a remote one. */
  readonly flush: () => Promise<void>
  /**
   * The model registry of the configuration; closed when the run ends.
   * @throws UserError `no-secret`, `no-name`, `no-address`; `state-unwritable`; ModelRegistryError
   */
  readonly openRegistry: (options?: OpenRegistryOptions) => Promise<ModelRegistry>
  /**
   * Keeps two runs of this pipeline off one station. `null`: another run holds it, which is warned of
   * (`lease-held`). Granted always where the store has no leases.
   */
  readonly lease: (store: FeatureStore, station: string) => Promise<RunLease | null>
  /** The environment of the process, for those who start others. */
  readonly env: Readonly<Record<string, string | undefined>>
  /**
   * A secret from its flag, file, the environment, a `.env` beside the configuration or the Key Vault; redacted from
   * then on.
   * @throws UserError `no-secret`, `bad-secret`
   */
  secret(name: SecretName): Promise<string>
  /** The same where the run can do without: `undefined` where it is nowhere. @throws UserError `bad-secret` */
  optionalSecret(name: SecretName): Promise<string | undefined>
  /** How a secret is given; nothing is looked up. `undefined`: it is not. */
  secretGivenAs(name: SecretName): Promise<GivenAs | undefined>
  /** A name at a vendor, from its flag, the environment or a `.env`. @throws UserError `bad-secret` */
  nameIfGiven(name: RemoteName): Promise<string | undefined>
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
