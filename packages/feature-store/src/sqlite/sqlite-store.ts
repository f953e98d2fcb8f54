import { setImmediate as nextTurn } from 'node:timers/promises'

import { groupLabel, validateDefinition } from '../definition.ts'
import { FeatureStoreError, throwIfAborted } from '../errors.ts'
import { validateRows } from '../row-schema.ts'
import type {
  AnyFeatureGroup,
  CallOptions,
  Columns,
  FeatureGroupDefinition,
  FeatureStore,
  GroupDescription,
  ReadQuery,
  RowOf,
  UpsertReport,
} from '../types.ts'
import type { SqliteDatabase } from './engine.ts'
import { retryWhileBusy, storeFailure } from './failures.ts'
import { openReader, type FileOptions } from './file.ts'
import { applyGroup, compareGroup, groupMissing } from './groups.ts'
import { describeRows, selectRows, upsertRow } from './statements.ts'
import { fromSql, lastByKey, toDescription, toSql } from './values.ts'

const batchRows = 5000
/** After so many rows an upsert lets the event loop run, so that an abort is heard. */
const chunkRows = 1000

export interface StoreOptions extends FileOptions {
  readonly now: () => number
}

export class SqliteStore implements FeatureStore {
  readonly kind = 'sqlite'
  readonly capabilities = { atomic: true, asOf: false, countsUnchanged: true } as const
  readonly #db: SqliteDatabase
  readonly #options: StoreOptions
  readonly #readers = new Set<SqliteDatabase>()
  readonly #verified = new WeakSet<AnyFeatureGroup>()
  /** One call at a time on the writing connection: nothing may slip into an open transaction. */
  #queue: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(db: SqliteDatabase, options: StoreOptions) {
    this.#db = db
    this.#options = options
  }

  async ensure<C extends Columns>(
    group: FeatureGroupDefinition<C>,
    options: CallOptions = {},
  ): Promise<void> {
    validateDefinition(group)
    await this.#inTurn(options.signal, async () => {
      const { state, appended } = await this.#retry(options.signal, () => compareGroup(this.#db, group))
      if (state !== 'same') {
        if (!this.#options.readOnly) {
          await this.#transaction(options.signal, () => {
            applyGroup(this.#db, group, this.#options.now())
          })
        } else if (state === 'missing') {
          throw groupMissing(group, this.#options.path)
        } else if (state === 'appended') {
          throw readOnly(`it lacks ${appended.map(([name]) => `"${name}"`).join(', ')}`, this.#options.path)
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
    if (this.#options.readOnly) throw readOnly('it takes no rows', this.#options.path)
    const valid = lastByKey(group, validateRows(group, rows))
    return this.#inTurn(signal, async () => {
      await this.#verify(group, signal)
      return this.#transaction(signal, async () => {
        const statement = this.#db.prepare(upsertRow(group))
        const columns = Object.keys(group.columns)
        const createdAt = this.#options.now()
        let written = 0
        for (const [index, row] of valid.entries()) {
          if (index % chunkRows === chunkRows - 1) await nextTurn()
          throwIfAborted(signal)
          written += Number(statement.run(...toSql(columns, row), createdAt).changes)
        }
        return { written, unchanged: valid.length - written }
      })
    })
  }

  /** One statement on a connection of its own: the whole read sees the store as it was when it began. */
  async *read<C extends Columns>(
    group: FeatureGroupDefinition<C>,
    query: ReadQuery<C> = {},
    { signal }: CallOptions = {},
  ): AsyncGenerator<RowOf<C>[], void, undefined> {
    validateDefinition(group)
    const { sql, values } = selectRows(group, query)
    await this.#inTurn(signal, () => this.#verify(group, signal))
    const reader = await openReader(this.#options)
    this.#readers.add(reader)
    try {
      this.#throwIfClosed()
      const toRow = fromSql(group)
      let records: IterableIterator<unknown> = [].values()
      let batch = await this.#retry(signal, () => {
        records = reader.prepare(sql).iterate(...values)
        return take(records, batchRows).map(toRow)
      })
      while (batch.length > 0) {
        yield batch
        throwIfAborted(signal)
        this.#throwIfClosed()
        batch = await this.#retry(signal, () => take(records, batchRows).map(toRow))
      }
    } finally {
      if (this.#readers.delete(reader)) reader.close()
    }
  }

  async describe<C extends Columns>(
    group: FeatureGroupDefinition<C>,
    { signal }: CallOptions = {},
  ): Promise<GroupDescription> {
    validateDefinition(group)
    return this.#inTurn(signal, async () => {
      await this.#verify(group, signal)
      return this.#retry(signal, () => toDescription(this.#db.prepare(describeRows(group)).get()))
    })
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#queue
    for (const reader of this.#readers) reader.close()
    this.#readers.clear()
    this.#db.close()
  }

  async #verify(group: AnyFeatureGroup, signal: AbortSignal | undefined): Promise<void> {
    if (this.#verified.has(group)) return
    const { state, appended } = await this.#retry(signal, () => compareGroup(this.#db, group))
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

  async #transaction<T>(signal: AbortSignal | undefined, work: () => T | Promise<T>): Promise<T> {
    await this.#retry(signal, () => this.#db.exec('BEGIN IMMEDIATE'))
    try {
      const result = await work()
      this.#db.exec('COMMIT')
      return result
    } catch (error) {
      this.#rollback()
      throw storeFailure(error, this.#options.path)
    }
  }

  #rollback(): void {
    try {
      this.#db.exec('ROLLBACK')
    } catch {
      // After a full disk and the like SQLite has rolled back by itself; the first error is the one to tell.
    }
  }

  #retry<T>(signal: AbortSignal | undefined, attempt: () => T): Promise<T> {
    return retryWhileBusy(this.#options.path, this.#options.busyTimeoutMs, signal, attempt)
  }

  async #inTurn<T>(signal: AbortSignal | undefined, call: () => Promise<T>): Promise<T> {
    this.#throwIfClosed()
    const result = this.#queue.then(async () => {
      throwIfAborted(signal)
      return call()
    })
    this.#queue = result.catch(() => undefined)
    return result
  }

  #throwIfClosed(): void {
    if (!this.#closed) return
    throw new FeatureStoreError('closed', 'The feature store is closed.', { where: this.#options.path })
  }
}

/** Not `Iterator.take`, which would end the statement after the first batch. */
function take(records: Iterator<unknown>, count: number): unknown[] {
  const taken: unknown[] = []
  while (taken.length < count) {
    const next: IteratorResult<unknown, unknown> = records.next()
    if (next.done === true) break
    taken.push(next.value)
  }
  return taken
}

function readOnly(why: string, path: string): FeatureStoreError {
  return new FeatureStoreError(
    'state-unwritable',
    `The feature store ${path} is open for reading only: ${why}.`,
    {
      fault: 'input',
      where: path,
      hint: 'Open it without readOnly.',
    },
  )
}
