import { defineConfig } from 'tsup'
// @boundaries-ignore how apps are built is the same for all
import { appConfig } from '../../tsup.app.ts'

export default defineConfig(
  appConfig({
    'feature-pipeline': 'src/bin/feature-pipeline.ts',
    'batch-feature-pipeline': 'src/bin/batch-feature-pipeline.ts',
  }),
)
