import { defineConfig, type Options } from 'tsup'

const common: Options = {
  sourcemap: true,
  target: 'node22',
  treeshake: true,
  removeNodeProtocol: false,
  format: ['esm'],
}

export default defineConfig([
  {
    ...common,
    entry: {
      index: 'src/index.ts',
      'azure-ml': 'src/azure-ml/index.ts',
      credential: 'src/credential/index.ts',
      testing: 'src/testing/index.ts',
    },
    dts: true,
    // The build beside it cleans its own folder.
    clean: ['!bin/**'],
  },
  {
    ...common,
    entry: { 'airq-fake-azure': 'src/testing/bin/airq-fake-azure.ts' },
    outDir: 'dist/bin',
    clean: true,
  },
])
