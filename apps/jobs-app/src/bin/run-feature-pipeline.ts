import { enableCompileCache } from 'node:module'

enableCompileCache()
const { runFeature } = await import('../main.ts')
process.exitCode = await runFeature(process.argv.slice(2))
