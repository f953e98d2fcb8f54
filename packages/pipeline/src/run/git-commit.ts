import { execFileSync } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import type { CommandIo } from '../command/command-io.ts'

/**
 * The commit of the running code: what the build says (`AIRQ_GIT_COMMIT`), what the workflow says
 * (`GITHUB_SHA`), or the checkout the script lies in; `null` outside of one.
 */
export function findGitCommit({ env, scriptPath }: Pick<CommandIo, 'env' | 'scriptPath'>): string | null {
  for (const name of ['AIRQ_GIT_COMMIT', 'GITHUB_SHA']) {
    const value = env[name]?.trim() ?? ''
    if (value !== '') return value
  }
  if (scriptPath === undefined) return null
  try {
    const commit = execFileSync('git', ['rev-parse', 'HEAD'], {
      // A bin is a link: the checkout is where it points to.
      cwd: dirname(realpathSync(scriptPath)),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 5_000,
    }).trim()
    return /^[0-9a-f]{40,64}$/.test(commit) ? commit : null
  } catch {
    return null
  }
}
