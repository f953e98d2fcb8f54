import { enableCompileCache } from 'node:module'

enableCompileCache()
const { backtest } = await import('../main.ts')
process.exitCode = await backtest(process.argv.slice(2))
