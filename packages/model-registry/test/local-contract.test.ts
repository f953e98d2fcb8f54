import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, test } from 'vitest'

import { openLocalRegistry } from '../src/local/index.ts'
import { modelRegistryContract, type OpenedRegistry } from '../src/testing/index.ts'

const clock = { now: () => Date.UTC(2026, 0, 2) }

async function open(): Promise<OpenedRegistry> {
  const path = await mkdtemp(join(tmpdir(), 'model-registry-'))
  let registry = await openLocalRegistry({ path, clock })
  return {
    registry,
    reopen: async () => {
      await registry.close()
      registry = await openLocalRegistry({ path, clock })
      return registry
    },
    dispose: async () => {
      await registry.close()
      await rm(path, { recursive: true })
    },
  }
}

describe('the contract, on a local folder', () => {
  for (const { name, run, skip } of modelRegistryContract(open)) {
    test.skipIf(skip !== undefined)(name, run)
  }
})
