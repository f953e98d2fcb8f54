import { enableCompileCache } from 'node:module'

enableCompileCache()
const { deployEnvironment } = await import('../main.ts')
process.exitCode = await deployEnvironment(process.argv.slice(2))
