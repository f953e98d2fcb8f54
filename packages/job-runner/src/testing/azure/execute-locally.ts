import { spawn } from 'node:child_process'
import { once } from 'node:events'

import type { ExecuteJob } from './types.ts'

export interface ExecuteLocallyOptions {
  /** Beside the job's own variables. Default: none but PATH. */
  readonly env?: Readonly<Record<string, string>>
  readonly directory?: string
  /** What `@kv:NAME` in a variable of the job is replaced by, as an app would with a Key Vault. */
  readonly vault?: Readonly<Record<string, string>>
}

/** For `execute`: the job becomes a process of this machine, through `/bin/sh -c`. */
export function executeLocally(options: ExecuteLocallyOptions = {}): ExecuteJob {
  const { env = { PATH: process.env['PATH'] ?? '' }, directory, vault = {} } = options
  return async ({ command, environmentVariables }, signal) => {
    const own = Object.entries(environmentVariables).map(([name, value]) => [
      name,
      value.startsWith('@kv:') ? (vault[value.slice('@kv:'.length)] ?? value) : value,
    ])
    const child = spawn('/bin/sh', ['-c', command], {
      cwd: directory,
      env: { ...env, ...(Object.fromEntries(own) as Record<string, string>) },
      detached: true,
      stdio: 'ignore',
    })
    const stop = (): void => {
      if (child.pid === undefined) return
      try {
        process.kill(-child.pid, 'SIGKILL')
      } catch {
        // It has ended.
      }
    }
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    try {
      const [code] = (await once(child, 'exit')) as [number | null]
      return code ?? -1
    } finally {
      signal.removeEventListener('abort', stop)
      stop()
    }
  }
}
