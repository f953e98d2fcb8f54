import { enableCompileCache } from 'node:module'

enableCompileCache()
const { inference } = await import('../main.ts')
process.exitCode = await inference(process.argv.slice(2))
