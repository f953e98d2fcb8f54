import { enableCompileCache } from 'node:module'

enableCompileCache()
const { watch } = await import('../main.ts')
process.exitCode = await watch(process.argv.slice(2))
