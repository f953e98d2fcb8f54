import { describe, test, vi } from 'vitest'

import { modelRegistryContract, type OpenedRegistry } from '../../src/testing/index.ts'
import type { FakeMlflowOptions } from '../../src/testing/mlflow/index.ts'
import { startMlflow } from './opened.ts'

vi.setConfig({ testTimeout: 30_000 })

function opener(options: FakeMlflowOptions) {
  return async (): Promise<OpenedRegistry> => {
    const mlflow = await startMlflow(options)
    let registry = await mlflow.open()
    return {
      registry,
      reopen: async () => {
        await registry.close()
        registry = await mlflow.open()
        return registry
      },
      dispose: async () => {
        await registry.close()
        await mlflow.fake.close()
      },
    }
  }
}

describe.each([
  { name: 'as it is', options: {} },
  { name: 'as an old one, slow to get versions ready', options: { int64: 'text', readyAfterReads: 3 } },
] as const)('the contract, on MLflow $name', ({ options }) => {
  for (const { name, run, skip } of modelRegistryContract(opener(options))) {
    test.skipIf(skip !== undefined)(name, run)
  }
})
