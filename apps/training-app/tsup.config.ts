import { defineConfig } from 'tsup'
// @boundaries-ignore how apps are built is the same for all
import { appConfig } from '../../tsup.app.ts'

export default defineConfig(
  appConfig({
    'training-pipeline': 'src/bin/training-pipeline.ts',
    'hyperparam-optimization-pipeline': 'src/bin/hyperparam-optimization-pipeline.ts',
    backtest: 'src/bin/backtest.ts',
    'check-leaks': 'src/bin/check-leaks.ts',
    // What the worker threads of @airq/model/node run: they look for it beside the code that starts them.
    'model-worker': '../../packages/model/src/node/model-worker.ts',
  }),
)
