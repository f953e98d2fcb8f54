import type { ModelRegistry } from '../types.ts'
import { createApi } from './api.ts'
import { CometRegistry } from './comet-registry.ts'
import { settingsOf, type CometRegistryOptions } from './settings.ts'

export type { CometProgress, CometRegistryOptions } from './settings.ts'

/**
 * The model registry of a Comet workspace, over its REST API with an API key. Nothing is asked before the first
 * call.
 * @throws ModelRegistryError `bad-arguments`
 */
export function openCometRegistry(options: CometRegistryOptions): Promise<ModelRegistry> {
  const open = (): ModelRegistry => {
    const settings = settingsOf(options)
    return new CometRegistry(createApi(settings, options.http), settings)
  }
  return Promise.resolve().then(open)
}
