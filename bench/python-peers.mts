import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** The Python of a fresh environment with packages; undefined, with a line why, where that cannot be had. */
export function pythonWith(
  packages: readonly string[],
  folder: string,
  whatIsSkipped: string,
): string | undefined {
  const python = join(folder, 'venv', 'bin', 'python')
  const steps: readonly (readonly [string, readonly string[]])[] = [
    ['python3', ['-m', 'venv', join(folder, 'venv')]],
    [python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]],
  ]
  for (const [command, args] of steps) {
    const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
    if (status === 0) continue
    const why = (error?.message ?? stderr).trim().split('\n').at(-1) ?? ''
    console.log(`\n${whatIsSkipped}: skipped, ${packages.join(' and ')} cannot be installed (${why}).`)
    return undefined
  }
  return python
}
