import { enableCompileCache } from 'node:module'

enableCompileCache()
const { batchFeature } = await import('../main.ts')
process.exitCode = await batchFeature(process.argv.slice(2))
