import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { SKIPPED } from './support/outcome.mts'

// The vendors' own clients against our fakes. Each check is a process: 0 passed, 77 skipped, anything else failed.

const counts = { passed: 0, skipped: 0, failed: 0 }
const checks = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.mts') && name !== 'run.mts')
for (const check of checks.sort()) {
  process.stdout.write(`${check}\n`)
  const { status } = spawnSync(
    process.execPath,
    ['--conditions=@airq/source', join(import.meta.dirname, check)],
    { stdio: 'inherit' },
  )
  counts[status === 0 ? 'passed' : status === SKIPPED ? 'skipped' : 'failed'] += 1
}
const { passed, skipped, failed } = counts
process.stdout.write(`${String(passed)} passed, ${String(skipped)} skipped, ${String(failed)} failed\n`)
process.exitCode = failed === 0 ? 0 : 1
