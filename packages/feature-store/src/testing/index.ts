import assert from 'node:assert/strict'

import { capabilityCases } from './capability-cases.ts'
import { groupCases } from './group-cases.ts'
import type { ContractCase, OpenStore } from './harness.ts'
import { rowCases } from './row-cases.ts'

export * from './hopsworks/index.ts'
export type { ContractCase, OpenedStore, OpenStore } from './harness.ts'

export interface ContractOptions {
  /** By the name of a case: why it does not apply to the store. */
  readonly skip?: Readonly<Record<string, string>>
}

/**
 * What every feature store must do, as cases for any test runner. Each opens a store of its own. Where a
 * capability is false, a case asks for less; what a store cannot do at all is skipped with a reason.
 */
export function featureStoreContract(open: OpenStore, { skip = {} }: ContractOptions = {}): ContractCase[] {
  const tests = Object.entries({ ...groupCases, ...rowCases, ...capabilityCases })
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
