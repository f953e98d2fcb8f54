import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    config: 'src/config/index.ts',
    input: 'src/input/index.ts',
    jobs: 'src/jobs/index.ts',
    inspect: 'src/inspect/index.ts',
  },
  format: ['esm'],
  dts: true,
  sourcemap: true,
  clean: true,
  target: 'node22',
  treeshake: true,
  removeNodeProtocol: false,
})
