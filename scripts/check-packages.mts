import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from './built-apps.mts'

// Are the built libraries what their package.json promises, for ESM, CommonJS and TypeScript alike?
const LIBRARIES = ['http', 'aqi-client', 'feature-store', 'model-registry', 'model']
const CHECKS = [
  ['publint', '--strict'],
  ['attw', '--pack', '.', '--profile', 'node16'],
] as const

let failed = false
for (const library of LIBRARIES) {
  for (const [command, ...args] of CHECKS) {
    const { status, stdout, stderr, error } = spawnSync(command, args, {
      cwd: join(ROOT, 'packages', library),
      encoding: 'utf8',
    })
    const ok = status === 0
    process.stdout.write(`${ok ? 'ok    ' : 'FAILED'} ${library}: ${command}\n`)
    if (!ok) process.stdout.write(`${stdout}${stderr}${error?.message ?? ''}\n`)
    failed ||= !ok
  }
}
process.exitCode = failed ? 1 : 0
