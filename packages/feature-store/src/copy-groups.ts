import type { AnyFeatureGroup, CallOptions, FeatureStore } from './types.ts'

export interface CopiedGroup {
  readonly group: AnyFeatureGroup
  readonly rows: number
  /** Rows the target lacked or held otherwise. */
  readonly written: number
}

/**
 * Copies the current rows of these groups into another store, batch by batch. A copy that was cut off is
 * resumed by calling it again. Revisions stay behind: the target stamps rows by its own clock.
 * @throws FeatureStoreError `schema-mismatch` before a single row is written, where the target holds a group
 * otherwise.
 */
export async function copyGroups(
  from: FeatureStore,
  to: FeatureStore,
  groups: readonly AnyFeatureGroup[],
  options: CallOptions & { readonly onBatch?: (group: AnyFeatureGroup, rows: number) => void } = {},
): Promise<CopiedGroup[]> {
  for (const group of groups) await to.ensure(group, options)
  const copied: CopiedGroup[] = []
  for (const group of groups) {
    let rows = 0
    let written = 0
    for await (const batch of from.read(group, {}, options)) {
      written += (await to.upsert(group, batch, options)).written
      rows += batch.length
      options.onBatch?.(group, batch.length)
    }
    copied.push({ group, rows, written })
  }
  return copied
}
