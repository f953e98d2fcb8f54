import { defineConfig } from 'tsup'
// @boundaries-ignore how apps are built is the same for all
import { appConfig } from '../../tsup.app.ts'

export default defineConfig(
  appConfig({
    'inference-pipeline': 'src/bin/inference-pipeline.ts',
    report: 'src/bin/report.ts',
    'airq-watch': 'src/bin/airq-watch.ts',
  }),
)
