import { spawnSync } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { skip } from './outcome.mts'

const PYTHONS = ['python3.12', 'python3.11', 'python3.10', 'python3']
const INSTALL_MS = 10 * 60_000

/**
 * The Python of a virtual environment below the system's temporary folder that holds these packages. Made once, found
 * by later runs. Where there is no Python, or no way to the packages, the check is skipped.
 * @param name of the environment: change it with the requirements
 */
export function pythonWith(name: string, requirements: readonly string[]): string {
  const base = PYTHONS.find((python) => spawnSync(python, ['-c', 'import venv']).status === 0)
  if (base === undefined) skip(`no Python here (looked for ${PYTHONS.join(', ')})`)
  const folder = join(tmpdir(), 'airq-conformance', name)
  const python = join(folder, 'bin', 'python')
  const ready = join(folder, 'ready')
  if (existsSync(ready)) return python
  rmSync(folder, { recursive: true, force: true })
  process.stdout.write(`  installing ${requirements.join(', ')}\n`)
  const pip = [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...requirements]
  for (const [command = '', ...args] of [[base, '-m', 'venv', folder], pip]) {
    const { status, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: INSTALL_MS })
    if (status !== 0)
      skip(`cannot install ${requirements.join(', ')}: ${stderr.trim().split('\n').at(-1) ?? ''}`)
  }
  writeFileSync(ready, '')
  return python
}
