import type { ModelRegistry } from '../types.ts'
import { createApi } from './api.ts'
import { MlflowRegistry } from './mlflow-registry.ts'
import { settingsOf, type MlflowRegistryOptions } from './settings.ts'

export type { MlflowRegistryOptions } from './settings.ts'

/**
 * The model registry of an MLflow tracking server, over its REST API 2.0. Nothing is asked before the first call.
 * @throws ModelRegistryError `bad-arguments`
 */
export function openMlflowRegistry(options: MlflowRegistryOptions): Promise<ModelRegistry> {
  const open = (): ModelRegistry => {
    const settings = settingsOf(options)
    return new MlflowRegistry(createApi(settings, options.http), settings)
  }
  return Promise.resolve().then(open)
}
