import { open, rename, rm } from 'node:fs/promises'

import { storeFailure, unwritable } from '../sqlite/failures.ts'
import { refuseExisting } from '../sqlite/file-copy.ts'

/**
 * Writes a file that appears, mode 0600, when it is whole. One that is there already is not touched.
 * @throws FeatureStoreError `target-exists`, `state-unwritable`, `disk-full`
 */
export async function writeWhole<T>(target: string, write: (partial: string) => Promise<T>): Promise<T> {
  refuseExisting(target)
  const partial = `${target}.${String(process.pid)}.partial`
  try {
    await (await open(partial, 'w', 0o600)).close()
  } catch (error) {
    throw unwritable(target, error instanceof Error ? error.message : String(error), error)
  }
  try {
    const result = await write(partial)
    await rename(partial, target)
    return result
  } catch (error) {
    await rm(partial, { force: true })
    throw storeFailure(error, target)
  }
}
