import { defineConfig } from 'tsup'

const BINS = [
  'run-feature-pipeline',
  'run-batch-feature-pipeline',
  'run-training-pipeline',
  'run-hyperparam-optimization-pipeline',
  'run-inference-pipeline',
  'run-all',
  'deploy-environment',
]

export default defineConfig({
  entry: Object.fromEntries(BINS.map((bin) => [bin, `src/bin/${bin}.ts`])),
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
