import { enableCompileCache } from 'node:module'

enableCompileCache()
const { training } = await import('../main.ts')
process.exitCode = await training(process.argv.slice(2))
