import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    'inference-pipeline': 'src/bin/inference-pipeline.ts',
    report: 'src/bin/report.ts',
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
