/** The port: what every feature store can do, and by which name it says what it cannot. */

export type ColumnType = 'string' | 'boolean' | 'int' | 'bigint' | 'double'

/** `int` is 32 bit, `bigint` 64 bit (a JS safe integer here), `double` a finite number. */
export interface Column {
  readonly type: ColumnType
  readonly nullable?: boolean
  readonly description: string
}

export type Columns = Readonly<Record<string, Column>>

type Plain<T extends ColumnType> = T extends 'string' ? string : T extends 'boolean' ? boolean : number

/** The row of a group with these columns. A nullable column holds `null`, never `undefined`. */
export type RowOf<C extends Columns> = {
  [K in keyof C]: C[K]['nullable'] extends true ? Plain<C[K]['type']> | null : Plain<C[K]['type']>
}

/**
 * A versioned table of rows. Every group has the column `known_at` (bigint, epoch ms): the instant from
 * which the row counts as known. Names are lower-case snake, at most 63 characters.
 */
export interface FeatureGroupDefinition<C extends Columns = Columns> {
  readonly name: string
  readonly version: number
  readonly description: string
  readonly primaryKey: readonly (keyof C & string)[]
  /** A bigint column, epoch ms: when what the row tells of happened. */
  readonly eventTime: keyof C & string
  readonly columns: C
  /** A ledger: an upsert that would change a row that is there is refused (`append-only`). Default: false. */
  readonly appendOnly?: boolean
}

/** Any group, whatever its columns: for code that handles groups alike. */
export interface AnyFeatureGroup {
  readonly name: string
  readonly version: number
  readonly description: string
  readonly primaryKey: readonly string[]
  readonly eventTime: string
  readonly columns: Columns
  readonly appendOnly?: boolean
}

export interface Capabilities {
  /** An upsert is all or nothing. */
  readonly atomic: boolean
  /** `read({ asOf })` answers what the store held then. */
  readonly asOf: boolean
  /** `upsert` can count the rows that were there already, unchanged. */
  readonly countsUnchanged: boolean
  /** `acquireLease` keeps two runs apart, also in two processes or on two machines. */
  readonly leases: boolean
  /** The rows of an `appendOnly` group cannot be changed. Default: false. */
  readonly appendOnly?: boolean
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

export interface ReadQuery<C extends Columns = Columns, K extends keyof C = keyof C> {
  /** Only these columns. Default: all. */
  readonly columns?: readonly K[]
  /** Epoch ms, by the store's own clock: what it held then. Needs the capability `asOf`. */
  readonly asOf?: number
  /** Equality on key columns, e.g. `{ station: 'beijing' }`. */
  readonly keys?: Readonly<Partial<Record<keyof C & string, string | number>>>
  /** Event time, epoch ms, inclusive. */
  readonly from?: number
  /** Event time, epoch ms, inclusive. */
  readonly to?: number
}

export interface UpsertReport {
  /** Rows inserted or changed. */
  readonly written: number
  /** Rows that were there with the same values; `null` where the store cannot tell. */
  readonly unchanged: number | null
}

export interface GroupDescription {
  readonly rows: number
  /** Event time, epoch ms; `null` in an empty group. */
  readonly firstEvent: number | null
  readonly lastEvent: number | null
}

export interface FeatureStore {
  readonly kind: string
  readonly capabilities: Capabilities
  /** Creates the group or verifies it; a `schema-mismatch` error names every differing column. */
  ensure<C extends Columns>(group: FeatureGroupDefinition<C>, options?: CallOptions): Promise<void>
  /** Inserts or replaces by primary key. Rows are validated first: one bad row, nothing written. */
  upsert<C extends Columns>(
    group: FeatureGroupDefinition<C>,
    rows: readonly RowOf<C>[],
    options?: CallOptions,
  ): Promise<UpsertReport>
  /** Batches of at most 5,000 rows, in the order of the primary key. */
  read<C extends Columns, K extends keyof C = keyof C>(
    group: FeatureGroupDefinition<C>,
    query?: ReadQuery<C, K>,
    options?: CallOptions,
  ): AsyncIterable<Pick<RowOf<C>, K>[]>
  describe<C extends Columns>(
    group: FeatureGroupDefinition<C>,
    options?: CallOptions,
  ): Promise<GroupDescription>
  /**
   * A lease on a name, e.g. `training beijing`; `null` while another run holds it. Stale ones are taken over.
   * Needs the capability `leases`; without it every call is granted.
   */
  acquireLease(name: string, options?: LeaseOptions): Promise<Lease | null>
  close(): Promise<void>
}

export interface LeaseOptions extends CallOptions {
  /** A lease not released by then counts as left behind. Default: an hour. */
  readonly ttlMs?: number
}

export interface Lease {
  readonly name: string
  /** Epoch ms at which it becomes stale. */
  readonly until: number
  release(): Promise<void>
}
