import { spawnSync } from 'node:child_process'
import { ROOT } from './built-apps.mts'

/** Builds the packages (nothing to do when they are built already). Ends the process when that fails. */
export function buildPackages(): void {
  const built = spawnSync('turbo', ['run', 'build', '--filter=./packages/*', '--output-logs=errors-only'], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' },
    shell: process.platform === 'win32',
  })
  if (built.status === 0) return
  process.stderr.write(`${built.stdout}${built.stderr}${built.error?.message ?? ''}\n`)
  process.stderr.write('The packages could not be built.\n')
  process.exit(1)
}
