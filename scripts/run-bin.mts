import { spawn } from 'node:child_process'
import { binPath, buildApps, isBin } from './built-apps.mts'

// Runs one of the commands by its name, built first when it has to be: node scripts/run-bin.mts NAME ARGS…
const [name = '', ...args] = process.argv.slice(2)
if (!isBin(name)) throw new Error(`there is no command ${name}`)
buildApps()
const child = spawn(process.execPath, [binPath(name), ...args], { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
child.on('close', (code) => {
  process.exitCode = code ?? 130
})
