import { enableCompileCache } from 'node:module'

enableCompileCache()
const { feature } = await import('../main.ts')
process.exitCode = await feature(process.argv.slice(2))
