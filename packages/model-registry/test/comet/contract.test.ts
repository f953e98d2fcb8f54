import { describe, test } from 'vitest'

import type { FakeCometOptions, OpenedRegistry } from '../../src/testing/index.ts'
import { modelRegistryContract } from '../../src/testing/index.ts'
import { startComet } from './opened.ts'

const skip = {
  'every name of the allowed form can be used': 'Comet changes names with dots, underscores or double dashes',
}
const unsent = 'refused before anything is sent, whatever the server'
const skipTwice = {
  ...skip,
  'a package that is none is refused, and nothing is written': unsent,
  'a package beyond the limits is refused': unsent,
  'names and versions that are none are refused': unsent,
}

function opener(options: FakeCometOptions) {
  return async (): Promise<OpenedRegistry> => {
    const comet = await startComet(options)
    let registry = await comet.open()
    return {
      registry,
      reopen: async () => {
        await registry.close()
        registry = await comet.open()
        return registry
      },
      dispose: async () => {
        await registry.close()
        await comet.fake.close()
      },
    }
  }
}

describe.each([
  { name: 'as its documentation tells', options: {}, skip },
  {
    name: 'with the other unconfirmed behaviours',
    options: { hiddenReads: 3, duplicates: 'accepted', innerName: 'experimentModelName', badKeyStatus: 403 },
    skip: skipTwice,
  },
] as const)('the contract, on Comet $name', ({ options, skip: left }) => {
  for (const { name, run, skip: reason } of modelRegistryContract(opener(options), { skip: left })) {
    test.skipIf(reason !== undefined)(name, run, 20_000)
  }
})
