import assert from 'node:assert/strict'

import { FeatureStoreError, type FeatureStoreErrorCode } from '../errors.ts'
import type {
  CallOptions,
  Columns,
  FeatureGroupDefinition,
  FeatureStore,
  ReadQuery,
  RowOf,
} from '../types.ts'

export interface OpenedStore {
  /** Empty, and nobody else's. */
  readonly store: FeatureStore
  /** Closes the store and opens what it holds once more. */
  readonly reopen?: () => Promise<FeatureStore>
  /**
   * Lets the store's clock move on and gives the instant (epoch ms) between what was written so far and what
   * is written next. Needed where the store has the capability `asOf`.
   */
  readonly tick?: () => number | Promise<number>
  /** Ends what `open` and `reopen` started and removes what they made. */
  dispose(): Promise<void>
}

export type OpenStore = () => Promise<OpenedStore>

export interface ContractCase {
  readonly name: string
  /** Rejects with an AssertionError where the store breaks the contract. */
  readonly run: () => Promise<void>
  /** Why this case does not apply to the store. */
  readonly skip?: string
}

export type StoreTest = (opened: OpenedStore) => Promise<void>

/** Every row of a read; checks the batches on the way. */
export async function readAll<C extends Columns, K extends keyof C = keyof C>(
  store: FeatureStore,
  group: FeatureGroupDefinition<C>,
  query?: ReadQuery<C, K>,
  options?: CallOptions,
): Promise<Pick<RowOf<C>, K>[]> {
  const rows: Pick<RowOf<C>, K>[] = []
  for await (const batch of store.read(group, query, options)) {
    assert.ok(batch.length > 0 && batch.length <= 5000, `a batch has ${String(batch.length)} rows`)
    for (const row of batch) rows.push(row)
  }
  return rows
}

/** Awaits the store's own error with this code and gives it back. */
export async function failure(
  code: FeatureStoreErrorCode,
  call: Promise<unknown>,
): Promise<FeatureStoreError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!FeatureStoreError.isInstance(error)) assert.fail(`expected ${code}, got ${String(error)}`)
  assert.equal(error.code, code, error.message)
  return error
}
