import { enableCompileCache } from 'node:module'

enableCompileCache()
const { report } = await import('../main.ts')
process.exitCode = await report(process.argv.slice(2))
