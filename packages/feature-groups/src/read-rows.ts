import { FeatureStoreError } from '@airq/feature-store'

/** All rows of a read; none of a group that nobody wrote to yet. */
export async function readRows<T>(batches: AsyncIterable<readonly T[]>): Promise<T[]> {
  const rows: T[] = []
  try {
    for await (const batch of batches) for (const row of batch) rows.push(row)
  } catch (error) {
    if (FeatureStoreError.isInstance(error) && error.code === 'group-missing') return []
    throw error
  }
  return rows
}
