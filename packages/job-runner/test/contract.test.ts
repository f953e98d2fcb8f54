import { describe, test } from 'vitest'

import { jobRunnerContract } from '../src/testing/index.ts'
import { openAzure, openDocker, openProcess } from './support/runners.ts'

describe.each([
  { name: 'processes', open: openProcess },
  { name: 'docker (a stand-in for the command: there is no engine in these tests)', open: openDocker },
  { name: 'Azure ML (the fake, which runs jobs as processes)', open: () => openAzure() },
])('the contract, with $name', ({ open }) => {
  for (const { name, run, skip } of jobRunnerContract(open)) {
    test.skipIf(skip !== undefined).concurrent(name, run)
  }
})
