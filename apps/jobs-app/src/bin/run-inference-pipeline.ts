import { enableCompileCache } from 'node:module'

enableCompileCache()
const { runInference } = await import('../main.ts')
process.exitCode = await runInference(process.argv.slice(2))
