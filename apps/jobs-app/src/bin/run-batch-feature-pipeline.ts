import { enableCompileCache } from 'node:module'

enableCompileCache()
const { runBatchFeature } = await import('../main.ts')
process.exitCode = await runBatchFeature(process.argv.slice(2))
