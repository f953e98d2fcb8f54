import { enableCompileCache } from 'node:module'

enableCompileCache()
const { runTraining } = await import('../main.ts')
process.exitCode = await runTraining(process.argv.slice(2))
