import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, test } from 'vitest'

import { openSqliteStore } from '../src/sqlite/index.ts'
import { featureStoreContract, type OpenedStore } from '../src/testing/index.ts'
import { handClock } from './clocks.ts'

async function open(): Promise<OpenedStore> {
  const clock = handClock()
  const folder = await mkdtemp(join(tmpdir(), 'feature-store-'))
  const path = join(folder, 'features.db')
  let store = await openSqliteStore({ path, clock })
  return {
    store,
    tick: () => clock.tick(),
    reopen: async () => {
      await store.close()
      store = await openSqliteStore({ path, clock })
      return store
    },
    dispose: async () => {
      await store.close()
      await rm(folder, { recursive: true })
    },
  }
}

describe('the contract, on SQLite', () => {
  for (const { name, run, skip } of featureStoreContract(open)) {
    test.skipIf(skip !== undefined)(name, run)
  }
})
