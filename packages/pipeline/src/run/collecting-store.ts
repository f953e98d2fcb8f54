import type {
  CallOptions,
  Capabilities,
  Columns,
  FeatureGroupDefinition,
  FeatureStore,
  GroupDescription,
  Lease,
  LeaseOptions,
  ReadQuery,
  RowOf,
  UpsertReport,
} from '@airq/feature-store'
import type { HopsworksStore } from '@airq/feature-store/hopsworks'
import { describeError } from '../describe-error.ts'
import type { Logger } from '../types.ts'
import { ReadRows } from './read-rows.ts'

const BATCH_ROWS = 5_000

/**
 * A remote store for the time of one run. A job costs minutes: rows are collected until `flush`, rows that are there
 * already with the same values are left out, and what was read once is not read again.
 */
export class CollectingStore implements FeatureStore {
  readonly kind: string
  readonly capabilities: Capabilities
  readonly #store: HopsworksStore
  readonly #logger: Logger
  readonly #read = new ReadRows()

  constructor(store: HopsworksStore, logger: Logger) {
    this.#store = store
    this.#logger = logger
    this.kind = store.kind
    this.capabilities = { ...store.capabilities, countsUnchanged: true }
  }

  ensure<C extends Columns>(group: FeatureGroupDefinition<C>, options?: CallOptions): Promise<void> {
    return this.#store.ensure(group, options)
  }

  async upsert<C extends Columns>(
    group: FeatureGroupDefinition<C>,
    rows: readonly RowOf<C>[],
    options: CallOptions = {},
  ): Promise<UpsertReport> {
    if (rows.length === 0) return { written: 0, unchanged: 0 }
    const there = await this.#rows(group, queryFor(group, rows), options)
    const before = new Map(there.map((row) => [this.#read.keyOf(group, row), row]))
    const wanted = new Map(rows.map((row) => [this.#read.keyOf(group, row), row]))
    const changed = [...wanted].flatMap(([key, row]) => (isSame(group, row, before.get(key)) ? [] : [row]))
    if (changed.length > 0) {
      await this.#store.upsert(group, changed, options)
      this.#read.put(group, changed)
    }
    return { written: changed.length, unchanged: rows.length - changed.length }
  }

  async *read<C extends Columns, K extends keyof C = keyof C>(
    group: FeatureGroupDefinition<C>,
    query: ReadQuery<C, K> = {},
    options: CallOptions = {},
  ): AsyncGenerator<Pick<RowOf<C>, K>[], void, undefined> {
    if (query.columns !== undefined || query.asOf !== undefined) {
      yield* this.#store.read(group, query, options)
      return
    }
    const rows = await this.#rows(group, query, options)
    for (let at = 0; at < rows.length; at += BATCH_ROWS) yield rows.slice(at, at + BATCH_ROWS)
  }

  describe<C extends Columns>(
    group: FeatureGroupDefinition<C>,
    options?: CallOptions,
  ): Promise<GroupDescription> {
    return this.#store.describe(group, options)
  }

  acquireLease(name: string, options?: LeaseOptions): Promise<Lease | null> {
    return this.#store.acquireLease(name, options)
  }

  /** Writes what was collected: one job a group. */
  async flush(options: CallOptions): Promise<void> {
    const { groups } = await this.#store.flush(options)
    for (const { group, written } of groups) this.#logger.info('hopsworks: written', { group, rows: written })
  }

  /** What is collected still belongs to a run that failed or was interrupted: it is dropped, and that is said. */
  async close(): Promise<void> {
    await this.#store.close().catch((error: unknown) => {
      const { code, message } = describeError(error).report
      if (code !== 'unflushed') throw error
      this.#logger.info(message)
    })
  }

  async #rows<C extends Columns, K extends keyof C>(
    group: FeatureGroupDefinition<C>,
    query: Pick<ReadQuery<C, K>, 'keys' | 'from' | 'to'>,
    options: CallOptions,
  ): Promise<RowOf<C>[]> {
    const known = this.#read.find(group, query)
    if (known !== undefined) return known
    const rows: RowOf<C>[] = []
    for await (const batch of this.#store.read(group, query, options)) rows.push(...batch)
    this.#read.keep(group, query, rows)
    return rows
  }
}

/** The query that finds the rows of these keys: what they have in common, and the time they span. */
function queryFor<C extends Columns>(group: FeatureGroupDefinition<C>, rows: readonly RowOf<C>[]) {
  const keys: Partial<Record<keyof C & string, string | number>> = {}
  for (const name of group.primaryKey) {
    const value: unknown = rows[0]?.[name]
    if (typeof value !== 'string' && typeof value !== 'number') continue
    if (rows.every((row) => row[name] === value)) keys[name] = value
  }
  const events = rows.map((row) => Number(row[group.eventTime]))
  return {
    keys,
    from: events.reduce((least, event) => Math.min(least, event)),
    to: events.reduce((most, event) => Math.max(most, event)),
  }
}

function isSame<C extends Columns>(
  { columns }: FeatureGroupDefinition<C>,
  row: RowOf<C>,
  before: RowOf<C> | undefined,
): boolean {
  return before !== undefined && Object.keys(columns).every((name) => row[name] === before[name])
}
