/** The port: where trained models are kept, versioned, promoted and fetched. */

import type { Backtest, ModelPackage } from './package-types.ts'

export type * from './package-types.ts'

export type Stage = 'production' | 'candidate'

export interface ModelRef {
  readonly name: string
  /** Semantic version, `MAJOR.MINOR.PATCH`. */
  readonly version: string
}

export interface ModelVersion extends ModelRef, Pick<ModelPackage, 'metrics' | 'params' | 'lineage'> {
  /** SHA-256 (hex) of model and schema in canonical JSON. */
  readonly contentSha256: string
  readonly createdAt: string
  readonly stages: readonly Stage[]
  /** Set once it was retired: it is neither `latest` nor promoted again. It can still be fetched. */
  readonly retired: Retirement | null
  /** Set by a cached registry only, where the registry could not be reached: what it last said. */
  readonly cached?: CachedState
}

export interface CachedState {
  /** ISO instant of the last answer of the registry. */
  readonly since: string
  /** Why the registry was not asked: the message of its error. */
  readonly because: string
}

export interface Retirement {
  readonly at: string
  readonly by: string | null
  readonly reason: string
}

export type Selector = { readonly version: string } | { readonly stage: Stage } | 'latest'

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

export interface PublishOptions extends CallOptions {
  readonly name: string
  /** Default: the minor version after the highest; `1.0.0` for the first. */
  readonly version?: string
  /** Shown by registries that draw: metrics by step, charts of forecast against outcome. */
  readonly backtest?: Backtest
  readonly run?: RunFacts
}

/** The training run, for registries that keep runs. */
export interface RunFacts {
  /** Epoch ms. */
  readonly startedAt?: number
  /** Epoch ms. Default: when it is published. */
  readonly endedAt?: number
  readonly tags?: readonly string[]
  readonly git?: { readonly branch?: string; readonly origin?: string; readonly user?: string }
}

export interface PublishResult {
  readonly version: ModelVersion
  /** False where the latest version or the version asked for has the same content already: nothing was written. */
  readonly created: boolean
}

export interface Promotion {
  readonly name: string
  readonly stage: Stage
  readonly from: string | null
  readonly to: string
  readonly reason: string
  readonly at: string
  /** Who promoted; `null` where nobody said. */
  readonly by: string | null
  /** What spoke for `to`. */
  readonly scores: Readonly<Record<string, number>>
  readonly kind: 'promotion' | 'rollback'
}

/** What is said of a change and kept in the history. */
export interface ChangeOptions extends CallOptions {
  /** 1 to 1,000 characters. */
  readonly reason: string
  /** Default: what the registry was opened with. */
  readonly by?: string
}

export interface StageChangeOptions extends ChangeOptions {
  /** Refused with `stage-conflict` when another version (or, with `null`, any version) holds the stage. */
  readonly expectedCurrent?: string | null
  /** At most 32. Default: the metrics of the version. */
  readonly scores?: Readonly<Record<string, number>>
}

export type PromoteOptions = StageChangeOptions

export type RollbackOptions = StageChangeOptions

export interface RegistryCapabilities {
  /**
   * Promotion is compare-and-set: of two at once with the same `expectedCurrent`, one is refused. Where it is
   * false, two at once may both be accepted; the later one holds the stage in the end.
   */
  readonly atomicPromotion: boolean
}

export interface ModelRegistry {
  readonly kind: string
  readonly capabilities: RegistryCapabilities
  publish(pkg: ModelPackage, options: PublishOptions): Promise<PublishResult>
  /** The names under which there are versions, sorted. */
  names(options?: CallOptions): Promise<string[]>
  /** All versions of a name in semantic order, oldest first; empty for an unknown name. */
  list(name: string, options?: CallOptions): Promise<ModelVersion[]>
  /** `null` where there is none. `latest` is the highest version that is not retired. */
  resolve(name: string, selector: Selector, options?: CallOptions): Promise<ModelVersion | null>
  /** Size and digest are checked before anything is parsed; `package-damaged` otherwise. */
  fetch(ref: ModelRef, options?: CallOptions): Promise<ModelPackage>
  promote(ref: ModelRef, stage: Stage, options: PromoteOptions): Promise<Promotion>
  /**
   * Gives the stage back to the version that held it before, passing over retired ones; again, to the one before
   * that. `not-found` where there is none.
   */
  rollback(name: string, stage: Stage, options: RollbackOptions): Promise<Promotion>
  /** Takes a version out of use, for good. `stage-conflict` while it holds a stage; twice is once. */
  retire(ref: ModelRef, options: ChangeOptions): Promise<ModelVersion>
  /** Every promotion and rollback of a name, oldest first. */
  history(name: string, options?: CallOptions): Promise<Promotion[]>
  close(): Promise<void>
}
