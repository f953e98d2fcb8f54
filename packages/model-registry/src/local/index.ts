import { access, constants } from 'node:fs/promises'
import { resolve } from 'node:path'

import type { ModelRegistry } from '../types.ts'
import { unwritable } from './file-failures.ts'
import { makeFolder } from './folders.ts'
import { LocalRegistry } from './local-registry.ts'

export interface LocalRegistryOptions {
  /** The folder. It is created with mode 0700. */
  readonly path: string
  /** Dates versions and promotions. */
  readonly clock: { now(): number }
  /** Default false. A read-only registry creates nothing; where there is no folder it is empty. */
  readonly readOnly?: boolean
  /** Who promotes and retires, where a call does not say. */
  readonly by?: string
}

/**
 * A registry in a folder that a person can browse and several processes may use at once.
 * @throws ModelRegistryError `registry-unwritable`
 */
export async function openLocalRegistry(options: LocalRegistryOptions): Promise<ModelRegistry> {
  const path = resolve(options.path)
  const { clock, readOnly = false, by } = options
  if (!readOnly) {
    try {
      await makeFolder(path)
      await access(path, constants.W_OK)
    } catch (error) {
      throw unwritable(error, path)
    }
  }
  return new LocalRegistry({ path, readOnly, by, now: () => clock.now() })
}
