import { defineConfig } from 'tsup'
// @boundaries-ignore how apps are built is the same for all
import { appConfig } from '../../tsup.app.ts'

const BINS = [
  'run-feature-pipeline',
  'run-batch-feature-pipeline',
  'run-training-pipeline',
  'run-hyperparam-optimization-pipeline',
  'run-inference-pipeline',
  'run-all',
  'deploy-environment',
  'airq-doctor',
]

export default defineConfig(appConfig(Object.fromEntries(BINS.map((bin) => [bin, `src/bin/${bin}.ts`]))))
