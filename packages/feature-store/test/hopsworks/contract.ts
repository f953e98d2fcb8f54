import { describe, test } from 'vitest'

import type { HopsworksStore, HopsworksStoreOptions } from '../../src/hopsworks/index.ts'
import { featureStoreContract, type FakeHopsworksOptions, type OpenedStore } from '../../src/testing/index.ts'
import { startHopsworks, type Opened } from './opened.ts'

/** The keys of the suite's groups, as this test knows them: what the fake holds offline, and one that is nowhere. */
function knownKeys({ fake }: Opened): NonNullable<HopsworksStoreOptions['keyDomains']> {
  const held = (column: string) => [
    ...new Set(
      [1, 2].flatMap((version) => fake.rows('offline', 'contract_rows', version).map((row) => row[column])),
    ),
  ]
  return {
    station: () => held('station').filter((value) => typeof value === 'string'),
    slot: () => held('slot').filter((value) => typeof value === 'number'),
  }
}

function opener(options: FakeHopsworksOptions, read: 'online' | 'export') {
  return async (): Promise<OpenedStore> => {
    const hopsworks = await startHopsworks(options)
    const openOne = (): Promise<HopsworksStore> => hopsworks.open({ read, keyDomains: knownKeys(hopsworks) })
    let store = await openOne()
    return {
      store,
      reopen: async () => {
        await store.close()
        store = await openOne()
        return store
      },
      dispose: async () => {
        await store.close()
        await hopsworks.fake.close()
      },
    }
  }
}

/** Of a Hopsworks whose jobs take a few looks. */
const timing = { startMs: 4000, runMs: 5000, onlineLagMs: 900 }

/** Every case of the contract suite as a test. */
export function describeContract(
  name: string,
  read: 'online' | 'export',
  behaviours: NonNullable<FakeHopsworksOptions['behaviours']> = {},
): void {
  describe(`the contract, on Hopsworks ${name}`, () => {
    for (const { name: title, run, skip } of featureStoreContract(opener({ timing, behaviours }, read))) {
      test.skipIf(skip !== undefined)(title, run, 60_000)
    }
  })
}
