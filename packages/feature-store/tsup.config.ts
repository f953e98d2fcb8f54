import { defineConfig, type Options } from 'tsup'

const common: Options = { sourcemap: true, target: 'node22', treeshake: true, removeNodeProtocol: false }

export default defineConfig([
  {
    ...common,
    entry: {
      index: 'src/index.ts',
      'row-schema': 'src/row-schema.ts',
      sqlite: 'src/sqlite/index.ts',
      hopsworks: 'src/hopsworks/index.ts',
      testing: 'src/testing/index.ts',
    },
    format: ['esm', 'cjs'],
    // For CommonJS too: what is imported when it is needed is not loaded before.
    splitting: true,
    dts: true,
    // The build beside it cleans its own folder.
    clean: ['!bin/**'],
  },
  {
    ...common,
    entry: {
      'airq-store': 'src/bin/airq-store.ts',
      'airq-fake-hopsworks': 'src/testing/bin/airq-fake-hopsworks.ts',
    },
    outDir: 'dist/bin',
    format: ['esm'],
    clean: true,
  },
])
