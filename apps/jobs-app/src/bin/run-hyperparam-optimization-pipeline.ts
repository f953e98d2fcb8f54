import { enableCompileCache } from 'node:module'

enableCompileCache()
const { runHyperparamOptimization } = await import('../main.ts')
process.exitCode = await runHyperparamOptimization(process.argv.slice(2))
