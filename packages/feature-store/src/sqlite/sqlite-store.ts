import { groupLabel, validateDefinition } from '../definition.ts'
import { FeatureStoreError, throwIfAborted } from '../errors.ts'
import type {
  AnyFeatureGroup,
  CallOptions,
  Capabilities,
  Columns,
  FeatureGroupDefinition,
  GroupDescription,
  Lease,
  LeaseOptions,
  ReadQuery,
  RowOf,
  UpsertReport,
} from '../types.ts'
import { compactGroup, type CompactOptions, type CompactReport } from './compact.ts'
import type { Connections } from './connections.ts'
import type { SqliteDatabase } from './engine.ts'
import { openReadOnly } from './failures.ts'
import { copyDatabase, refuseExisting } from './file-copy.ts'
import { formatVersion } from './format.ts'
import { applyGroup, compareGroup, groupMissing } from './groups.ts'
import { giveBackLease, takeLease } from './leases.ts'
import { readBatches } from './read-rows.ts'
import { keepStamp, nextStamp } from './stamp.ts'
import { describeRows } from './statements.ts'
import { storedGroups, type StoredGroup } from './stored-definition.ts'
import { toDescription } from './values.ts'
import { verifyStore, type Verification } from './verify.ts'
import { preparedRows, writeRows } from './write-rows.ts'

const hourMs = 3_600_000

export interface StoreOptions {
  /** Absolute. */
  readonly path: string
  readonly now: () => number
  readonly readOnly: boolean
}

/** The port on a SQLite file, and the care of that file. */
export class SqliteStore {
  readonly kind = 'sqlite'
  readonly capabilities: Capabilities
  readonly #connections: Connections
  readonly #options: StoreOptions
  readonly #verified = new WeakSet<AnyFeatureGroup>()

  constructor(connections: Connections, options: StoreOptions) {
    this.#connections = connections
    this.#options = options
    const asOf = connections.file.format === formatVersion
    this.capabilities = { atomic: true, asOf, countsUnchanged: true, leases: true, appendOnly: true }
  }

  async ensure<C extends Columns>(
    group: FeatureGroupDefinition<C>,
    { signal }: CallOptions = {},
  ): Promise<void> {
    validateDefinition(group)
    const { db } = this.#connections
    const { path, readOnly } = this.#options
    await this.#connections.inTurn(signal, async () => {
      const { state, appended } = await this.#compare(group, signal)
      if (state !== 'same') {
        if (!readOnly) {
          await this.#connections.transaction(signal, () => {
            applyGroup(db, group, Math.floor(this.#options.now()), path)
          })
        } else if (state === 'missing') {
          throw groupMissing(group, path)
        } else if (state === 'appended') {
          throw openReadOnly(`it lacks ${appended.map(([name]) => `"${name}"`).join(', ')}`, path)
        }
      }
      this.#verified.add(group)
    })
  }

  async upsert<C extends Columns>(
    group: FeatureGroupDefinition<C>,
    rows: readonly RowOf<C>[],
    { signal }: CallOptions = {},
  ): Promise<UpsertReport> {
    this.#requireWritable('it takes no rows')
    this.#connections.throwIfClosed()
    const prepared = await preparedRows(group, rows)
    return this.#connections.inTurn(signal, async () => {
      await this.#verify(group, signal)
      return this.#connections.transaction(signal, async () => {
        const { db } = this.#connections
        const createdAt = nextStamp(db, this.#options.now())
        const written = await writeRows(db, group, prepared, { createdAt, signal })
        if (written > 0) keepStamp(db, createdAt)
        return { written, unchanged: prepared.length - written }
      })
    })
  }

  async *read<C extends Columns, K extends keyof C = keyof C>(
    group: FeatureGroupDefinition<C>,
    query: ReadQuery<C, K> = {},
    { signal }: CallOptions = {},
  ): AsyncGenerator<Pick<RowOf<C>, K>[], void, undefined> {
    validateDefinition(group)
    await this.#connections.inTurn(signal, () => this.#verify(group, signal))
    yield* readBatches(this.#connections, group, query, signal)
  }

  async describe<C extends Columns>(
    group: FeatureGroupDefinition<C>,
    { signal }: CallOptions = {},
  ): Promise<GroupDescription> {
    validateDefinition(group)
    const { db } = this.#connections
    return this.#connections.inTurn(signal, async () => {
      await this.#verify(group, signal)
      return this.#connections.retry(signal, () => toDescription(db.prepare(describeRows(group)).get()))
    })
  }

  async acquireLease(name: string, { ttlMs = hourMs, signal }: LeaseOptions = {}): Promise<Lease | null> {
    this.#requireWritable('it grants no lease')
    if (!Number.isFinite(ttlMs) || ttlMs <= 0) {
      throw new FeatureStoreError('bad-query', `A lease of ${String(ttlMs)} ms cannot be granted.`, {
        fault: 'input',
        where: name,
        hint: 'Give ttlMs as a positive number of milliseconds.',
      })
    }
    const { db } = this.#connections
    const granted = await this.#inTransaction(signal, () => takeLease(db, name, this.#options.now(), ttlMs))
    if (granted === undefined) return null
    const release = (): Promise<void> =>
      this.#inTransaction(undefined, () => {
        giveBackLease(db, name, granted)
      })
    return { name, until: granted.until, release }
  }

  async groups({ signal }: CallOptions = {}): Promise<StoredGroup[]> {
    const { db } = this.#connections
    return this.#connections.inTurn(signal, () =>
      this.#connections.retry(signal, () => storedGroups(db, this.#options.path)),
    )
  }

  async compact(group: AnyFeatureGroup, options: CompactOptions): Promise<CompactReport> {
    this.#requireWritable('it cannot be compacted')
    validateDefinition(group)
    await this.#connections.inTurn(options.signal, () => this.#verify(group, options.signal))
    return compactGroup(this.#connections, group, options)
  }

  async vacuum({ signal }: CallOptions = {}): Promise<void> {
    this.#requireWritable('it cannot be compacted')
    await this.#connections.inTurn(signal, () =>
      this.#connections.retry(signal, () => this.#connections.db.exec('VACUUM')),
    )
  }

  async backup(target: string, { signal }: CallOptions = {}): Promise<void> {
    refuseExisting(target)
    await this.#reading(signal, (reader) => {
      throwIfAborted(signal)
      // Two backups at once must not write into one file.
      copyDatabase(reader, target, `${target}.${String(process.pid)}.partial`)
    })
  }

  verify({ signal }: CallOptions = {}): Promise<Verification> {
    return this.#reading(signal, (reader) =>
      verifyStore(reader, this.#options.path, {
        format: this.#connections.file.format,
        checkAbort: () => {
          throwIfAborted(signal)
        },
      }),
    )
  }

  close(): Promise<void> {
    return this.#connections.close()
  }

  async #verify(group: AnyFeatureGroup, signal: AbortSignal | undefined): Promise<void> {
    if (this.#verified.has(group)) return
    const { state, appended } = await this.#compare(group, signal)
    if (state === 'missing') throw groupMissing(group, this.#options.path)
    if (state === 'appended') {
      throw new FeatureStoreError(
        'schema-mismatch',
        `Group ${groupLabel(group)} has new columns the store lacks: ${appended.map(([name]) => name).join(', ')}.`,
        { fault: 'input', where: this.#options.path, hint: 'Call ensure(group) first: it appends them.' },
      )
    }
    this.#verified.add(group)
  }

  #compare(
    group: AnyFeatureGroup,
    signal: AbortSignal | undefined,
  ): Promise<ReturnType<typeof compareGroup>> {
    const { db } = this.#connections
    return this.#connections.retry(signal, () => compareGroup(db, group, this.#options.path))
  }

  #inTransaction<T>(signal: AbortSignal | undefined, work: () => T): Promise<T> {
    return this.#connections.inTurn(signal, () => this.#connections.transaction(signal, work))
  }

  #reading<T>(signal: AbortSignal | undefined, work: (reader: SqliteDatabase) => T | Promise<T>): Promise<T> {
    return this.#connections.retry(signal, () => this.#connections.withReader(work))
  }

  #requireWritable(why: string): void {
    if (this.#options.readOnly) throw openReadOnly(why, this.#options.path)
  }
}
