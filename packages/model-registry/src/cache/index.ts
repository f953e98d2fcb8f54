import { chmod } from 'node:fs/promises'
import { resolve } from 'node:path'

import { unwritable } from '../local/file-failures.ts'
import { makeFolder } from '../local/folders.ts'
import type { ModelRegistry } from '../types.ts'
import { CachedRegistry } from './cached-registry.ts'
import { ChampionFolder } from './champion-folder.ts'

export interface CachedRegistryOptions {
  /** A folder for this alone. It is created, and made readable for its owner only (0700). */
  readonly path: string
  /** Dates the answers of the registry. */
  readonly clock: { now(): number }
  /** Told where the cache itself could not be written: the registry answered all the same. */
  readonly onWarning?: (message: string) => void
}

/**
 * A registry that remembers what served last. Where the one beneath cannot be asked, `resolve` and `fetch` give
 * the version and package it gave last, checked against their digests at each read, and the version says so:
 * `cached: { since, because }`. Everything else is passed on.
 * @throws ModelRegistryError `registry-unwritable`
 */
export async function cachedRegistry(
  registry: ModelRegistry,
  options: CachedRegistryOptions,
): Promise<ModelRegistry> {
  const path = resolve(options.path)
  try {
    await makeFolder(path)
    if (process.platform !== 'win32') await chmod(path, 0o700)
  } catch (error) {
    throw unwritable(error, path)
  }
  const { clock, onWarning = () => undefined } = options
  return new CachedRegistry(registry, new ChampionFolder(path), () => clock.now(), onWarning)
}
