import { enableCompileCache } from 'node:module'

enableCompileCache()
const { runAll } = await import('../main.ts')
process.exitCode = await runAll(process.argv.slice(2))
