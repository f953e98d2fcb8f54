/** What is published: a model as JSON and the facts about it. No executable content. */

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

export interface ModelPackage {
  /** The model, portable JSON. With `schema` it makes the content that `contentSha256` covers. */
  readonly model: Json
  /** JSON Schema (draft 2020-12) of `model`. */
  readonly schema: Json
  /** A name of the form `<model>_<metric>` stands in the model card in the row of that model: `persistence_mae`. */
  readonly metrics: Readonly<Record<string, number>>
  readonly params: Readonly<Record<string, Json>>
  readonly lineage: Lineage
  /** What goes in and comes out, in the order of the feature vector. */
  readonly signature?: Signature
  /** What the model card says beside scores and lineage. */
  readonly description?: ModelDescription
}

export interface Signature {
  readonly inputs: readonly SignatureColumn[]
  readonly outputs: readonly SignatureColumn[]
}

/** Types as MLflow names them. */
export interface SignatureColumn {
  readonly name: string
  readonly type: 'double' | 'long' | 'string' | 'boolean'
  /** Default true. */
  readonly required?: boolean
}

/** Text for people. */
export interface ModelDescription {
  readonly title?: string
  /** What it is for, and what not. */
  readonly purpose?: string
  /** What it was trained on. */
  readonly data?: string
  /** Where it fails or was never tried. */
  readonly limits?: readonly string[]
}

/** Forecasts for past days as they would have been issued, beside what came: one entry a day, same length all. */
export interface Backtest {
  /** `YYYY-MM-DD`, ascending. */
  readonly days: readonly string[]
  readonly actual: readonly number[]
  readonly forecast: readonly number[]
  /** Interval, where there is one: both or neither. */
  readonly lower?: readonly number[]
  readonly upper?: readonly number[]
}
