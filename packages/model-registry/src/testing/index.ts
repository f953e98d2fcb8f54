import assert from 'node:assert/strict'

import type { ContractCase, OpenRegistry } from './harness.ts'
import { careCases } from './care-cases.ts'
import { packageCases } from './package-cases.ts'
import { stageCases } from './stage-cases.ts'

export * from './comet/index.ts'
export type { ContractCase, OpenedRegistry, OpenRegistry } from './harness.ts'
export * from './mlflow/index.ts'
export { samplePackage } from './sample-package.ts'

export interface ContractOptions {
  /** By the name of a case: why it does not apply to the registry. */
  readonly skip?: Readonly<Record<string, string>>
}

/**
 * What every model registry must do, as cases for any test runner. Each opens a registry of its own. Where a
 * capability is false, a case asks for less; what a registry cannot do at all is skipped with a reason.
 */
export function modelRegistryContract(
  open: OpenRegistry,
  { skip = {} }: ContractOptions = {},
): ContractCase[] {
  const tests = Object.entries({ ...packageCases, ...stageCases, ...careCases })
  const names = tests.map(([name]) => name)
  for (const name of Object.keys(skip)) assert.ok(names.includes(name), `there is no case "${name}" to skip`)
  return tests.map(([name, test]) => {
    const reason = skip[name]
    const run = async (): Promise<void> => {
      const opened = await open()
      try {
        await test(opened)
      } finally {
        await opened.dispose()
      }
    }
    return { name, run, ...(reason === undefined ? {} : { skip: reason }) }
  })
}
