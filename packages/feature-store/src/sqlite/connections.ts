import { FeatureStoreError, throwIfAborted } from '../errors.ts'
import { rollback, type SqliteDatabase } from './engine.ts'
import { replaced, retryWhileBusy, storeFailure } from './failures.ts'
import { fileIdentity, openReader, type FileOptions, type OpenFile } from './file.ts'

/** Kept open for the next read; more than that are closed. */
const idleReaders = 2

/** The connections of one store: one that writes, call by call, and one for each read under way. */
export class Connections {
  readonly file: OpenFile
  readonly #options: FileOptions
  readonly #readers = new Set<SqliteDatabase>()
  readonly #idle: SqliteDatabase[] = []
  /** One call at a time on the writing connection: nothing may slip into an open transaction. */
  #queue: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(file: OpenFile, options: FileOptions) {
    this.file = file
    this.#options = options
  }

  get db(): SqliteDatabase {
    return this.file.db
  }

  async inTurn<T>(signal: AbortSignal | undefined, call: () => T | Promise<T>): Promise<T> {
    this.throwIfClosed()
    const result = this.#queue.then(async () => {
      throwIfAborted(signal)
      return call()
    })
    this.#queue = result.catch(() => undefined)
    return result
  }

  /** Within a turn. All of it or nothing. */
  async transaction<T>(signal: AbortSignal | undefined, work: () => T | Promise<T>): Promise<T> {
    this.#requireSameFile()
    await this.retry(signal, () => this.db.exec('BEGIN IMMEDIATE'))
    try {
      const result = await work()
      this.db.exec('COMMIT')
      return result
    } catch (error) {
      rollback(this.db)
      throw this.failure(error)
    }
  }

  retry<T>(signal: AbortSignal | undefined, attempt: () => T | Promise<T>): Promise<T> {
    return retryWhileBusy(this.#options.path, this.#options.busyTimeoutMs, signal, attempt)
  }

  async takeReader(): Promise<SqliteDatabase> {
    this.#requireSameFile()
    const reader = this.#idle.pop() ?? (await openReader(this.#options, this.file))
    if (this.#closed) reader.close()
    else this.#readers.add(reader)
    this.throwIfClosed()
    return reader
  }

  giveBackReader(reader: SqliteDatabase): void {
    if (!this.#readers.delete(reader)) return
    rollback(reader)
    // An immutable connection keeps what it has read and would not see the file change.
    if (!this.file.immutable && this.#idle.length < idleReaders) this.#idle.push(reader)
    else reader.close()
  }

  /** Work on a connection that sees the store as it is when its statement starts. */
  async withReader<T>(work: (reader: SqliteDatabase) => T | Promise<T>): Promise<T> {
    this.throwIfClosed()
    const reader = await this.takeReader()
    try {
      return await work(reader)
    } catch (error) {
      throw this.failure(error)
    } finally {
      this.giveBackReader(reader)
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#queue
    for (const reader of [...this.#readers, ...this.#idle]) reader.close()
    this.#readers.clear()
    this.#idle.length = 0
    this.db.close()
  }

  failure(error: unknown): FeatureStoreError {
    return storeFailure(error, this.#options.path)
  }

  throwIfClosed(): void {
    if (!this.#closed) return
    throw new FeatureStoreError('closed', 'The feature store is closed.', { where: this.#options.path })
  }

  #requireSameFile(): void {
    if (fileIdentity(this.#options.path) !== this.file.identity) throw replaced(this.#options.path)
  }
}
