import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    simulator: 'src/sources/simulator/index.ts',
    waqi: 'src/sources/waqi/index.ts',
    'open-meteo': 'src/sources/open-meteo/index.ts',
    testing: 'src/testing/index.ts',
    'airq-fake-sources': 'src/testing/bin/airq-fake-sources.ts',
  },
  format: ['esm', 'cjs'],
  dts: true,
  sourcemap: true,
  clean: true,
  target: 'node22',
  treeshake: true,
  removeNodeProtocol: false,
})
