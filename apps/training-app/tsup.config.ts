import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    'training-pipeline': 'src/bin/training-pipeline.ts',
    'hyperparam-optimization-pipeline': 'src/bin/hyperparam-optimization-pipeline.ts',
    backtest: 'src/bin/backtest.ts',
    'check-leaks': 'src/bin/check-leaks.ts',
    // What the worker threads of @airq/model/node run: they look for it beside the code that starts them.
    'model-worker': '../../packages/model/src/node/model-worker.ts',
  },
  format: ['esm'],
  platform: 'node',
  target: 'node24',
  splitting: true,
  clean: true,
  removeNodeProtocol: false,
  noExternal: [/.*/],
  external: [/^node:/],
  esbuildOptions: (options) => {
    options.conditions = ['@airq/source', 'import', 'module']
  },
  // Bundled CommonJS packages call require().
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);",
  },
})
