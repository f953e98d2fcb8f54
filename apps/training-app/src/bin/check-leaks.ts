import { enableCompileCache } from 'node:module'

enableCompileCache()
const { checkLeaks } = await import('../main.ts')
process.exitCode = await checkLeaks(process.argv.slice(2))
