import { defineConfig } from 'tsup'

export default defineConfig({
  entry: { index: 'src/index.ts', node: 'src/node/index.ts', 'model-worker': 'src/node/model-worker.ts' },
  format: ['esm', 'cjs'],
  dts: { entry: { index: 'src/index.ts', node: 'src/node/index.ts' } },
  sourcemap: true,
  clean: true,
  target: 'node22',
  treeshake: true,
  // `import.meta.url`, by which threads find their file, in CommonJS too.
  shims: true,
  removeNodeProtocol: false,
})
