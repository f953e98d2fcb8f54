import { enableCompileCache } from 'node:module'

enableCompileCache()
const { hyperparamOptimization } = await import('../main.ts')
process.exitCode = await hyperparamOptimization(process.argv.slice(2))
