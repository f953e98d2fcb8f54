import { enableCompileCache } from 'node:module'

enableCompileCache()
const { airqDoctor } = await import('../doctor/main.ts')
process.exitCode = await airqDoctor(process.argv.slice(2))
