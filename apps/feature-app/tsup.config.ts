import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    'feature-pipeline': 'src/bin/feature-pipeline.ts',
    'batch-feature-pipeline': 'src/bin/batch-feature-pipeline.ts',
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
