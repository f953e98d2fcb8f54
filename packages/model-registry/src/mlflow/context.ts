import type { Api } from './api.ts'
import type { Settings } from './settings.ts'

/** What every part of the adapter works with during one call. */
export interface Context {
  readonly api: Api
  readonly settings: Settings
  readonly signal: AbortSignal | undefined
}

export const apiRoot = '/api/2.0/mlflow'

/** An ISO instant of the registry's clock. */
export function instant({ settings }: Context): string {
  return new Date(settings.clock.now()).toISOString()
}
