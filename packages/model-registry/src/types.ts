/** The port: where trained models are kept, versioned, promoted and fetched. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Where a model comes from, enough to make it again. */
export interface Lineage {
  readonly gitCommit: string | null
  /** SHA-256 (hex) of the training rows in canonical form. */
  readonly trainingRowsSha256: string
  /** Feature groups read, with their versions: `{ aqi_daily: 1 }`. */
  readonly featureGroups: Readonly<Record<string, number>>
  readonly seed: number
  readonly [key: string]: Json
}

/** What is published: the model as JSON and the facts about it. No executable content. */
export interface ModelPackage {
  /** The model, portable JSON. With `schema` it makes the content that `contentSha256` covers. */
  readonly model: Json
  /** JSON Schema (draft 2020-12) of `model`. */
  readonly schema: Json
  readonly metrics: Readonly<Record<string, number>>
  readonly params: Readonly<Record<string, Json>>
  readonly lineage: Lineage
}

export type Stage = 'production' | 'candidate'

export interface ModelRef {
  readonly name: string
  /** Semantic version, `MAJOR.MINOR.PATCH`. */
  readonly version: string
}

export interface ModelVersion extends ModelRef {
  /** SHA-256 (hex) of model and schema in canonical JSON. */
  readonly contentSha256: string
  readonly createdAt: string
  readonly stages: readonly Stage[]
  readonly metrics: Readonly<Record<string, number>>
  readonly params: Readonly<Record<string, Json>>
  readonly lineage: Lineage
}

export type Selector = { readonly version: string } | { readonly stage: Stage } | 'latest'

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

export interface PublishOptions extends CallOptions {
  readonly name: string
  /** Default: the minor version after the latest; `1.0.0` for the first. */
  readonly version?: string
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
}

export interface PromoteOptions extends CallOptions {
  /** Refused with `stage-conflict` when another version (or, with `null`, any version) holds the stage. */
  readonly expectedCurrent?: string | null
  readonly reason: string
}

export interface RegistryCapabilities {
  /** Promotion is compare-and-set: of two at once with the same `expectedCurrent`, one is refused. */
  readonly atomicPromotion: boolean
}

export interface ModelRegistry {
  readonly kind: string
  readonly capabilities: RegistryCapabilities
  publish(pkg: ModelPackage, options: PublishOptions): Promise<PublishResult>
  /** All versions of a name in semantic order, oldest first; empty for an unknown name. */
  list(name: string, options?: CallOptions): Promise<ModelVersion[]>
  /** `null` where there is none. */
  resolve(name: string, selector: Selector, options?: CallOptions): Promise<ModelVersion | null>
  /** Size and digest are checked before anything is parsed; `package-damaged` otherwise. */
  fetch(ref: ModelRef, options?: CallOptions): Promise<ModelPackage>
  promote(ref: ModelRef, stage: Stage, options: PromoteOptions): Promise<Promotion>
  history(name: string, options?: CallOptions): Promise<Promotion[]>
  close(): Promise<void>
}
