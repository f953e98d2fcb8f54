import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open } from 'node:fs/promises'
import { join } from 'node:path'

import type { ExecuteJob } from './types.ts'

export interface ExecuteLocallyOptions {
  /** Beside the job's own variables. Default: none but PATH. */
  readonly env?: Readonly<Record<string, string>>
  readonly directory?: string
  /** A folder for what jobs write, `NAME.log` each. Default: it is dropped. */
  readonly logs?: string
  /** What `@kv:NAME` in a variable of the job is replaced by, as an app would with a Key Vault. */
  readonly vault?: Readonly<Record<string, string>>
}

/** For `execute`: the job becomes a process of this machine, through `/bin/sh -c`. */
export function executeLocally(options: ExecuteLocallyOptions = {}): ExecuteJob {
  const { env = { PATH: process.env['PATH'] ?? '' }, directory, logs, vault = {} } = options
  return async ({ name, command, environmentVariables }, signal) => {
    const own = Object.entries(environmentVariables).map(([variable, value]) => [
      variable,
      value.startsWith('@kv:') ? (vault[value.slice('@kv:'.length)] ?? value) : value,
    ])
    const log = logs === undefined ? undefined : await open(join(logs, `${name}.log`), 'a')
    const output = log?.fd ?? 'ignore'
    const child = spawn('/bin/sh', ['-c', command], {
      cwd: directory,
      env: { ...env, ...(Object.fromEntries(own) as Record<string, string>) },
      detached: true,
      stdio: ['ignore', output, output],
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
      await log?.close()
    }
  }
}
