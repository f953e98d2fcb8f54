import { groupLabel, validateDefinition } from '../definition.ts'
import { FeatureStoreError, throwIfAborted } from '../errors.ts'
import { validateRows, type Row } from '../row-schema.ts'
import type {
  AnyFeatureGroup,
  CallOptions,
  Columns,
  FeatureGroupDefinition,
  GroupDescription,
  Lease,
  LeaseOptions,
  ReadQuery,
  RowOf,
} from '../types.ts'
import { ensureGroup, requireGroup, type GroupContext } from './groups.ts'
import { ingest } from './ingest.ts'
import type { Reader } from './reader.ts'
import { checkQuery, eventOf, keyText, overlaid, selectRows, type RowQuery } from './rows.ts'
import { checkTexts } from './text-limits.ts'
import type { FlushReport, HopsworksStore, HopsworksUpsertReport } from './types.ts'
import type { GroupDto } from './wire.ts'

const BATCH_ROWS = 5000
const HOUR_MS = 3_600_000

interface Staged {
  readonly group: AnyFeatureGroup
  readonly stored: GroupDto
  /** By key. */
  readonly rows: Map<string, Row>
}

/** The store over a connection that stands. Writes go one after the other. */
export class RemoteStore implements HopsworksStore {
  readonly kind = 'hopsworks'
  readonly capabilities = {
    atomic: false,
    asOf: false,
    countsUnchanged: false,
    leases: false,
    appendOnly: false,
  } as const
  readonly #context: GroupContext
  readonly #reader: Reader
  readonly #stored = new WeakMap<AnyFeatureGroup, GroupDto>()
  /** By the group's label. */
  readonly #staged = new Map<string, Staged>()
  #queue: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(context: GroupContext, reader: Reader) {
    this.#context = context
    this.#reader = reader
  }

  async ensure<C extends Columns>(
    group: FeatureGroupDefinition<C>,
    { signal }: CallOptions = {},
  ): Promise<void> {
    validateDefinition(group)
    await this.#inTurn(signal, async () => {
      this.#stored.set(group, await ensureGroup(this.#context, group, signal))
    })
  }

  async upsert<C extends Columns>(
    group: FeatureGroupDefinition<C>,
    rows: readonly RowOf<C>[],
    { signal }: CallOptions = {},
  ): Promise<HopsworksUpsertReport> {
    const valid = validateRows(group, rows)
    const byKey = new Map(valid.map((row) => [keyText(group, row), row]))
    return this.#inTurn(signal, async () => {
      const stored = await this.#requireStored(group, signal)
      checkTexts(group, stored, valid)
      if (this.#context.settings.staged) {
        this.#stage(group, stored, byKey)
        return { written: 0, unchanged: null, staged: byKey.size }
      }
      await this.#write({ group, stored, rows: byKey }, signal)
      return { written: byKey.size, unchanged: null }
    })
  }

  async flush({ signal }: CallOptions = {}): Promise<FlushReport> {
    return this.#inTurn(signal, async () => {
      const groups: { group: string; written: number }[] = []
      for (const [label, staged] of [...this.#staged]) {
        await this.#write(staged, signal)
        this.#staged.delete(label)
        groups.push({ group: label, written: staged.rows.size })
      }
      return { groups }
    })
  }

  async *read<C extends Columns, K extends keyof C = keyof C>(
    group: FeatureGroupDefinition<C>,
    query: ReadQuery<C, K> = {},
    { signal }: CallOptions = {},
  ): AsyncGenerator<Pick<RowOf<C>, K>[], void, undefined> {
    validateDefinition(group)
    const checked = checkQuery(group, query)
    const rows = await this.#rows(group, checked, signal)
    const project = (row: Row): Pick<RowOf<C>, K> =>
      Object.fromEntries(checked.columns.map((name) => [name, row[name]])) as Pick<RowOf<C>, K>
    for (let at = 0; at < rows.length; at += BATCH_ROWS) {
      throwIfAborted(signal)
      this.#throwIfClosed()
      yield rows.slice(at, at + BATCH_ROWS).map(project)
    }
  }

  async describe<C extends Columns>(
    group: FeatureGroupDefinition<C>,
    { signal }: CallOptions = {},
  ): Promise<GroupDescription> {
    validateDefinition(group)
    const rows = await this.#rows(group, checkQuery(group, {}), signal)
    const events = rows.map((row) => eventOf(group, row))
    return {
      rows: rows.length,
      firstEvent: events.length === 0 ? null : events.reduce((a, b) => Math.min(a, b)),
      lastEvent: events.length === 0 ? null : events.reduce((a, b) => Math.max(a, b)),
    }
  }

  /** Granted always: see the capability. */
  acquireLease(name: string, { ttlMs = HOUR_MS }: LeaseOptions = {}): Promise<Lease | null> {
    const until = this.#context.settings.clock.now() + ttlMs
    return Promise.resolve({ name, until, release: () => Promise.resolve() })
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#queue
    const lost = [...this.#staged].map(([label, { rows }]) => `${String(rows.size)} of ${label}`)
    if (lost.length === 0) return
    throw new FeatureStoreError(
      'unflushed',
      `Staged rows were not written to Hopsworks: ${lost.join(', ')}.`,
      {
        where: 'hopsworks',
        hint: 'Call flush() before close().',
      },
    )
  }

  async #rows(
    group: AnyFeatureGroup,
    query: RowQuery,
    signal: AbortSignal | undefined,
  ): Promise<readonly Row[]> {
    return this.#inTurn(signal, async () => {
      const stored = await this.#requireStored(group, signal)
      const { from = -Infinity, to = Infinity } = query
      if (from > to) return []
      const rows = await this.#reader.rows(group, stored, query, signal)
      const staged = this.#staged.get(groupLabel(group))
      return selectRows(group, staged === undefined ? rows : overlaid(group, rows, staged.rows), query)
    })
  }

  async #write({ group, stored, rows }: Staged, signal: AbortSignal | undefined): Promise<void> {
    if (rows.size === 0) return
    const written = [...rows.values()]
    await ingest({ ...this.#context, group, signal }, stored, written)
    await this.#reader.settle(group, stored, written, signal)
  }

  /** Later rows replace earlier ones of their key. */
  #stage(group: AnyFeatureGroup, stored: GroupDto, rows: ReadonlyMap<string, Row>): void {
    if (rows.size === 0) return
    const label = groupLabel(group)
    const before = this.#staged.get(label)?.rows ?? new Map<string, Row>()
    this.#staged.set(label, { group, stored, rows: new Map([...before, ...rows]) })
  }

  async #requireStored(group: AnyFeatureGroup, signal: AbortSignal | undefined): Promise<GroupDto> {
    const known = this.#stored.get(group)
    if (known !== undefined) return known
    const stored = await requireGroup(this.#context, group, signal)
    this.#stored.set(group, stored)
    return stored
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
    throw new FeatureStoreError('closed', 'The feature store is closed.', { where: 'hopsworks' })
  }
}
