import { defineConfig, type Options } from 'tsup'

const common: Options = { sourcemap: true, target: 'node22', treeshake: true, removeNodeProtocol: false }

export default defineConfig([
  {
    ...common,
    entry: {
      index: 'src/index.ts',
      local: 'src/local/index.ts',
      cached: 'src/cache/index.ts',
      comet: 'src/comet/index.ts',
      mlflow: 'src/mlflow/index.ts',
      testing: 'src/testing/index.ts',
    },
    format: ['esm', 'cjs'],
    dts: true,
    // The build beside it cleans its own folder.
    clean: ['!bin/**'],
  },
  {
    ...common,
    entry: {
      'airq-registry': 'src/bin/airq-registry.ts',
      'airq-fake-comet': 'src/testing/bin/airq-fake-comet.ts',
      'airq-fake-mlflow': 'src/testing/bin/airq-fake-mlflow.ts',
    },
    outDir: 'dist/bin',
    format: ['esm'],
    clean: true,
  },
])
