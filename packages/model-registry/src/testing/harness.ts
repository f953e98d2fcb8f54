import assert from 'node:assert/strict'

import { ModelRegistryError, type ModelRegistryErrorCode } from '../errors.ts'
import type { ModelRegistry } from '../types.ts'

export interface OpenedRegistry {
  /** Empty, and nobody else's. */
  readonly registry: ModelRegistry
  /** Closes the registry and opens what it holds once more. */
  readonly reopen?: () => Promise<ModelRegistry>
  /** Ends what `open` and `reopen` started and removes what they made. */
  dispose(): Promise<void>
}

export type OpenRegistry = () => Promise<OpenedRegistry>

export interface ContractCase {
  readonly name: string
  /** Rejects with an AssertionError where the registry breaks the contract. */
  readonly run: () => Promise<void>
  /** Why this case does not apply to the registry. */
  readonly skip?: string
}

export type RegistryTest = (opened: OpenedRegistry) => Promise<void>

/** Awaits the registry's own error with this code and gives it back. */
export async function failure(
  code: ModelRegistryErrorCode,
  call: Promise<unknown>,
): Promise<ModelRegistryError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!ModelRegistryError.isInstance(error)) assert.fail(`expected ${code}, got ${String(error)}`)
  assert.equal(error.code, code, error.message)
  return error
}

export async function versionsOf(registry: ModelRegistry, name: string): Promise<string[]> {
  return (await registry.list(name)).map(({ version }) => version)
}
