import assert from 'node:assert/strict'

import { careCases } from './care-cases.ts'
import type { ContractCase, OpenRunner } from './harness.ts'
import { runCases } from './run-cases.ts'

export { type ContractCase, MARKED_SECRET, type OpenedRunner, type OpenRunner } from './harness.ts'

export interface ContractOptions {
  /** By the name of a case: why it does not apply to the runner. */
  readonly skip?: Readonly<Record<string, string>>
}

/**
 * What every job runner must do, as cases for any test runner. Each opens a runner of its own and runs real jobs,
 * with the shell; what a runner cannot do at all is skipped with a reason.
 */
export function jobRunnerContract(open: OpenRunner, { skip = {} }: ContractOptions = {}): ContractCase[] {
  const tests = Object.entries({ ...runCases, ...careCases })
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
